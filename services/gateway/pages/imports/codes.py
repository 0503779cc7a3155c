"""What codes of files are called on the pages: how far one is, what is counted of it, what is wrong with a row."""

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
# What is counted of a file, in the order of the page; of the files sent before, without the last two.
COUNTS = {
    "read": marked_in("rows", "Read"),
    "new": marked_in("rows", "New"),
    "changed": marked_in("rows", "Changed"),
    "unchanged": marked_in("rows", "Unchanged"),
    "failed": marked_in("rows", "Wrong"),
    "unplaced": marked_in("rows", "No place"),
    "masked": marked_in("rows", "With personal data, struck out"),
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
        "repeated_reference": marked("An earlier row has the same reference and says something else."),
        "not_corrected_any_more": marked(
            "The report was withdrawn, rejected or a duplicate, and is not corrected any more."
        ),
        "other": marked("The row cannot be read ({code})."),
    }
)
# Why a file is not read.
GONE = marked("The file is no longer here. Choose it again.")
UNREADABLE = marked("The file could not be read as a table with headings and rows.")
UNFIT = marked("The file does not fit the reading: a column is missing, or there are no rows.")
