"""What happened, by the type of a message: the sentence for one, and for several in a row.

A sentence may ask for {n}, {what}, {where}, {name}, {planned_on}, {due_on}, {when}.
"""

from services.gateway.pages.speech.language import Both

SV: dict[str, tuple[str, ...]] = {
    "report.submitted": ("ny rapport om {what} {where}", "{n} nya rapporter om {what} {where}"),
    "report.corrected": ("en rapport om {what} {where} rättades", "{n} rapporter om {what} {where} rättades"),
    "report.withdrawn": ("en rapport drogs tillbaka", "{n} rapporter drogs tillbaka"),
    "report.reviewed": ("en rapport {where} granskades", "{n} rapporter {where} granskades"),
    "report.reviewed.accepted": ("en rapport {where} godtogs", "{n} rapporter {where} godtogs"),
    "report.reviewed.question": ("en fråga ställdes om en rapport {where}", "frågor ställdes om {n} rapporter {where}"),
    "report.reviewed.duplicate": ("en rapport {where} slogs ihop med en annan", "{n} rapporter {where} slogs ihop"),
    "report.reviewed.rejected": ("en rapport {where} avvisades", "{n} rapporter {where} avvisades"),
    "walk.planned": ("trygghetsvandring planerad {where} {planned_on}",),
    "walk.walked": ("trygghetsvandring genomförd {where}",),
    "walk.closed": ("trygghetsvandring avslutad {where}",),
    "finding.raised": ("ny brist {where}, ska vara åtgärdad senast {due_on}",),
    "finding.raised.noted": ("något bra noterades på en trygghetsvandring {where}",),
    "finding.answered": ("svar på en brist {where}",),
    "finding.answered.planned": ("en brist {where} har fått en planerad åtgärd",),
    "finding.answered.done": ("en brist {where} är åtgärdad",),
    "finding.answered.declined": ("en brist {where} åtgärdas inte, med skäl angivet",),
    "gathering.registered": ("nytt evenemang {where} {when}",),
    "gathering.changed": ("ändrat evenemang {where} {when}",),
    "gathering.cancelled": ("ett evenemang ställdes in",),
    "subscription.disabled": ("en mottagare av webhookar svarar inte längre",),
    "organisation.changed": ("{name} är med bland organisationerna",),
    "area.changed": ("ett område lades in eller ändrades", "{n} områden lades in eller ändrades"),
}
EN: dict[str, tuple[str, ...]] = {
    "report.submitted": ("new report of {what} {where}", "{n} new reports of {what} {where}"),
    "report.corrected": ("a report of {what} {where} was corrected", "{n} reports of {what} {where} were corrected"),
    "report.withdrawn": ("a report was withdrawn", "{n} reports were withdrawn"),
    "report.reviewed": ("a report {where} was reviewed", "{n} reports {where} were reviewed"),
    "report.reviewed.accepted": ("a report {where} was accepted", "{n} reports {where} were accepted"),
    "report.reviewed.question": (
        "a question was asked about a report {where}",
        "questions were asked about {n} reports {where}",
    ),
    "report.reviewed.duplicate": ("a report {where} was joined with another", "{n} reports {where} were joined"),
    "report.reviewed.rejected": ("a report {where} was rejected", "{n} reports {where} were rejected"),
    "walk.planned": ("safety walk planned {where} {planned_on}",),
    "walk.walked": ("safety walk carried out {where}",),
    "walk.closed": ("safety walk closed {where}",),
    "finding.raised": ("new finding {where}, to be mended by {due_on}",),
    "finding.raised.noted": ("something good was noted on a safety walk {where}",),
    "finding.answered": ("answer to a finding {where}",),
    "finding.answered.planned": ("a finding {where} is planned to be mended",),
    "finding.answered.done": ("a finding {where} is mended",),
    "finding.answered.declined": ("a finding {where} will not be mended, with a reason given",),
    "gathering.registered": ("new gathering {where} {when}",),
    "gathering.changed": ("changed gathering {where} {when}",),
    "gathering.cancelled": ("a gathering was cancelled",),
    "subscription.disabled": ("a receiver of webhooks no longer answers",),
    "organisation.changed": ("{name} is among the organisations",),
    "area.changed": ("an area was read in or changed", "{n} areas were read in or changed"),
}
TEXT = Both(SV, EN)
# What no sentence stands for yet, and where something was.
PARTS = Both(
    {"other": "något hände som den här sidan inte har ord för", "in": "i {area}", "nowhere": "utan känd plats"},
    {"other": "something happened that this page has no words for", "in": "in {area}", "nowhere": "in no known place"},
)
