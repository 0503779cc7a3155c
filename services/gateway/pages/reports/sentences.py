"""What happened to reports, by the type of the message: the sentence for one, and for several in a row.

The overview says what a sentence may ask for.
"""

from collections.abc import Mapping

from services.gateway.pages.speech.language import Marked, marked, marked_plural

NEWS: Mapping[str, Marked] = {
    "report.submitted": marked_plural("new report of {what} {where}", "{n} new reports of {what} {where}"),
    "report.corrected": marked_plural(
        "a report of {what} {where} was corrected", "{n} reports of {what} {where} were corrected"
    ),
    "report.corrected.moved": marked_plural(
        "a report was moved, as the areas were changed", "{n} reports were moved, as the areas were changed"
    ),
    "report.withdrawn": marked_plural("a report was withdrawn", "{n} reports were withdrawn"),
    "report.amended": marked_plural("a report lies {where} now", "{n} reports lie {where} now"),
    "report.removed": marked_plural("a report {where} no longer counts", "{n} reports {where} no longer count"),
    "report.returned": marked_plural(
        "a report of {what} {where} counts now", "{n} reports of {what} {where} count now"
    ),
    "report.reviewed": marked_plural("a report {where} was reviewed", "{n} reports {where} were reviewed"),
    "report.reviewed.accepted": marked_plural("a report {where} was accepted", "{n} reports {where} were accepted"),
    "report.reviewed.question": marked_plural(
        "a question was asked about a report {where}", "questions were asked about {n} reports {where}"
    ),
    "report.reviewed.duplicate": marked_plural(
        "a report {where} was joined with another", "{n} reports {where} were joined"
    ),
    "report.reviewed.rejected": marked_plural("a report {where} was rejected", "{n} reports {where} were rejected"),
    "publication.closed": marked("counts of reports up to {through} were published"),
}
