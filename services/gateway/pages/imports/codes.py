"""What codes of files are called on the pages: how far one is, what is counted of it, what is wrong with a row."""

from collections.abc import Sequence

from services.gateway.pages.speech.language import Texts, marked, marked_in

STATES = Texts(
    {
        "receiving": marked("coming in"),
        "received": marked("waiting"),
        "running": marked("being read"),
        "done": marked("done"),
        "failed": marked("stopped"),
    }
)
# What is counted of a file, in the order of the page; of the files sent before only the first five.
COUNTS = {
    "read": marked_in("rows", "Read"),
    "new": marked_in("rows", "New"),
    "changed": marked_in("rows", "Changed"),
    "unchanged": marked_in("rows", "Unchanged"),
    "failed": marked_in("rows", "Wrong"),
    "unplaced": marked_in("rows", "In none of the areas"),
    "masked": marked_in("rows", "With personal data, struck out"),
    "passed_over": marked_in("rows", "Totals and repeated headings, passed over"),
    "by_default": marked_in("rows", "With words that the reading does not know"),
}
ERRORS = Texts(
    {
        "unknown_word": marked("The word is not in the reading."),
        "missing": marked("It is missing."),
        "unknown_category": marked("There is no such category."),
        "unknown_subcategory": marked("The sub-category does not belong to the category."),
        "unknown_location_kind": marked("There is no such kind of place."),
        "not_a_severity": marked("Severity is 1, 2 or 3."),
        "not_a_date": marked("The date is written in another way than the reading says."),
        "no_day": marked("A day is needed: a month or a year alone is not enough."),
        "no_such_day": marked("There is no such day in the calendar."),
        "not_a_coordinate": marked("The coordinate is no number that can be read."),
        "not_a_point": marked("It is written in another way than points are: as 63.17, 14.63."),
        "half_a_point": marked("One of the two coordinates is missing."),
        "other_system": marked("The point is in another coordinate system than the reading says."),
        "impossible_time": marked("The time lies before the year 1990 or in the future."),
        "reserved": marked("References of this form are given to rows without one."),
        "skipped_time": marked("There is no such time on that day: the clocks go forward over it."),
        "before_start": marked("The end lies before the beginning."),
        "unknown_area": marked("There is no such area."),
        "too_long": marked("The text is too long."),
        "columns": marked("The row has more or fewer columns than the heading."),
        "quotation_marks": marked("The quotation marks do not match."),
        "control_character": marked("The row holds characters that no key types."),
        "broken_cell": marked("The workbook holds a cell that cannot be read."),
        "encoding": marked("The row has signs that cannot be read."),
        "adds_up": marked("The row says that it adds up other rows."),
        "repeated_reference": marked("An earlier row has the same reference and says something else."),
        "reference_rounded": marked("A spreadsheet rounded the reference: its last digits are gone."),
        "reference_dated": marked("The reference is a day. A spreadsheet may have made it of another text."),
        "other_mapping": marked("The row says something else than the report of another reading with its reference."),
        "was_withdrawn": marked("The report was withdrawn, and stays as it is."),
        "was_rejected": marked("The report was rejected, and stays as it is."),
        "is_duplicate": marked("The report is a duplicate of another, and stays as it is."),
        "correction_replaced": marked("Somebody had corrected the report. The row says something new, and stands now."),
        "point_rounded": marked("A spreadsheet rounded the point. It is left out."),
        "point_turned": marked("The two numbers of the point stand in each other's place. It is left out."),
        "point_outside": marked("The point lies far away, and is left out."),
        "point_in_no_area": marked("The point lies in no area."),
        "masked": marked("It holds personal data, which was struck out and is not kept."),
        "by_default": marked("The reading does not know the word, and takes what it says for such."),
        "other": marked("The row cannot be read ({code})."),
    }
)
# Why a whole file is not read in, beside the row and the column where the service names them.
FAILURES = Texts(
    {
        "picture": marked("This is a picture, and no table. Ask for the list as .xlsx or CSV."),
        "document": marked("This is a document, and no table. Save the table in it as .xlsx or CSV, and send that."),
        "packed": marked("This is a packed file. Unpack it, and send the table in it as .xlsx or CSV."),
        "data_file": marked("This is a database or a map, and no table. Write its table as CSV, and send that."),
        "old_workbook": marked("This is an Excel workbook of an old kind. Open it, save it as .xlsx, and send that."),
        "binary_workbook": marked("This is a binary Excel workbook (.xlsb). Open it, save it as .xlsx, and send that."),
        "locked_workbook": marked("The workbook is protected by a password. Save it without one, and send that."),
        "open_document": marked("This is an OpenDocument table (.ods). Save it as .xlsx or CSV, and send that."),
        "web_page": marked(
            "This is a web page, and no table. Fetch the file again, and look into it before you send it."
        ),
        "markup": marked("This is XML, and no table. Write the list as .xlsx or CSV."),
        "json": marked("This is JSON, and no table. Write the list as .xlsx or CSV."),
        "wide_text": marked("This is a text in UTF-32. Save it as CSV in UTF-8."),
        "no_text": marked("This is no table that is read here. Save the table as .xlsx or CSV."),
        "empty": marked("The file is empty. Choose one with headings and rows."),
        "no_rows": marked("The file has headings and no rows below them."),
        "damaged_workbook": marked("The workbook is damaged. Open it in Excel, save it, and send it again."),
        "damaged": marked("The file is damaged, or takes too much to read. Save the table as CSV, and send that."),
        "not_in_time": marked(
            "The file was not read in time, because the machine is busy just now. Send it again in a while."
        ),
        "takes_too_long": marked("The file takes too long to read. Save the table as CSV, and send that."),
        "takes_too_much": marked("The file takes too much memory to read. Save the table as CSV, and send that."),
        "workbook_too_large": marked(
            "The workbook is larger than what is read. Remove what stands outside the table, or save the table as CSV."
        ),
        "row_too_long": marked("A row holds more than 1 MB of text. A quotation mark may be missing before it."),
        "heading_too_long": marked("A heading is too long. Look whether they are the headings of the table."),
        "too_many_columns": marked("The table has more than 1,000 columns. Send those that matter."),
        "quotation_mark_open": marked("A quotation mark is opened and never closed."),
        "encoding_ends": marked("From here on there are signs that cannot be read. Save the file as CSV in UTF-8."),
        "encoding_unsure": marked(
            "The letters beyond a to z can be read in several ways. Choose how the file is written, or save it as CSV"
            " in UTF-8."
        ),
        "encoding_contradicts": marked(
            "The letters of the file are written in another way than the reading says. Begin from a suggestion for this"
            " file, or save it as CSV in UTF-8."
        ),
        "formulas": marked(
            "The column holds formulas without their results. Open the workbook in Excel, save it, and send it again."
        ),
        "no_table": marked("No sheet of the workbook holds a table with headings and rows."),
        "no_such_sheet": marked(
            "The workbook does not have the sheet that the reading asks for. Choose another sheet."
        ),
        "no_headings_there": marked("The row where the reading has the headings is empty. Choose another row."),
        "column_missing": marked("A column that the reading asks for is not in the file. Choose another one for it."),
        "no_row_usable": marked("None of the first rows can be used. This is wrong with most of them, here first:"),
        "points_elsewhere": marked(
            "None of the first points lies anywhere near the municipality. Look at the coordinate system, and whether"
            " east and north are swapped."
        ),
        "points_outside": marked(
            "None of the first points lies in the municipality's areas. Look at the coordinate system."
        ),
        "sender_ended": marked(
            "Whoever sent the file was shut out before all of it was read. Send it again with an account in use."
        ),
        "unexpected": marked("Something went wrong here. Name the address of this page when you report it."),
        "other": marked("The file cannot be read in like this."),
    }
)
# What becomes of reports that are no longer in a file that is all its sender has.
SNAPSHOTS = Texts(
    {
        "": marked("The file is a part: what is not in it stays"),
        "report": marked("The file holds everything: tell me what is no longer in it"),
        "withdraw": marked("The file holds everything: withdraw what is no longer in it"),
    }
)
SNAPSHOTS_OF = Texts(
    {
        "period": marked("everything from its first day to its last"),
        "all": marked("everything there is, of all times"),
    }
)
WITHHELD = Texts(
    {
        "failed_rows": marked("More than one row in a hundred is wrong, so nothing was withdrawn."),
        "more_than_half": marked("More than half of the reports would go, so nothing was withdrawn."),
    }
)
# Why a file is not read.
TOO_LARGE = marked("The workbook has more than 50 MB. Save the table as CSV, and send that.")
GONE = marked("The file is no longer here. Choose it again.")


def why_failed(codes: Sequence[str | None], detail: str) -> tuple[str, str]:
    """Why a file is not read in, by the first of the service's codes that is known; else with the service's words."""
    known = next((code for code in codes if code in FAILURES), None)
    return (FAILURES[known], "") if known else (FAILURES["other"], detail)
