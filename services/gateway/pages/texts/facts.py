"""What happened, by the type of a message: the sentence for one, and for several in a row.

A sentence may ask for {n}, {what}, {where}, {name}, {planned_on}, {due_on}, {when}.
"""

SV = {
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
OTHER = ("något hände som den här sidan inte har ord för",)
