"""What a suggestion could not tell: a code for programs, a sentence for the person who looks at it. Pure."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from services.reports.files.domain.references import HOW_TO_MEND
from services.reports.intake.domain import EARLIEST

DoubtCode = Literal[
    "no_date", "dates_unread", "day_month_order", "clock_unused", "no_category", "words_unknown",
    "severity_direction", "no_reference", "reference_repeats", "system_unknown", "system_unsure", "outside_areas",
    "field_unsure", "column_unused", "no_headings", "no_day", "when_reported", "zone_named",
    "offset_odd", "zone_unsure", "midnight_often", "same_clock",
    "reference_counts", "damaged_text", "sheets_alike", "fillers", "letters_mended", "dates_missing",
    "reference_rounded", "reference_dated",
    "one_column", "encoding_unsure",
]  # fmt: skip
_NAMED = 8
# What a field is called in a sentence.
FIELDS = {
    "external_reference": "your reference",
    "category": "the category",
    "subcategory": "the sub-category",
    "occurred_from": "when it began",
    "occurred_to": "when it ended",
    "x": "the coordinate east",
    "y": "the coordinate north",
    "point": "the point",
    "place_code": "the area",
    "location_kind": "the kind of place",
    "severity": "the severity",
    "text": "the text",
}


class Doubt(NamedTuple):
    """What could not be told. column: the one it is about; field: what it leaves open; None for none or several.

    column: several that are read together stand with a plus between them. lines: of the file, the first of those that
    it is about; empty where it is about all rows.
    """

    code: DoubtCode
    detail: str
    column: str | None = None
    field: str | None = None
    lines: tuple[int, ...] = ()


def at_lines(lines: Sequence[int]) -> str:
    """Where in a file something stands, for a sentence: ", lines 3, 5 and more"; empty where that is not known."""
    named = ", ".join(map(str, lines[:_NAMED])) + (" and more" if len(lines) > _NAMED else "")
    return f", line{'s' if len(lines) > 1 else ''} {named}" if named else ""


def named_lines(lines: Sequence[int]) -> tuple[int, ...]:
    """As many of these lines as a doubt names, and one more where there are more."""
    return tuple(lines[: _NAMED + 1])


def lines_of(rows: Sequence[int], lines: Sequence[int]) -> list[int]:
    """Where in the file these rows, from 0, stand, as far as that is known."""
    return [lines[row] for row in rows if row < len(lines)]


def dates_unread(column: str, lines: Sequence[int], *, field: str) -> Doubt:
    """Dates that none of the suggested forms reads."""
    detail = f"Not all dates in {column!r} could be read{at_lines(lines)}: look at datetime_format."
    return Doubt("dates_unread", detail, column, field, named_lines(lines))


def dates_beyond(column: str, lines: Sequence[int], *, field: str) -> Doubt:
    """Dates that are read, and as days on which nothing of this can have happened."""
    detail = (
        f"Some dates in {column!r} lie before {EARLIEST} or in the future{at_lines(lines)}: look at datetime_format."
    )
    return Doubt("dates_unread", detail, column, field, named_lines(lines))


def dates_missing(column: str, lines: Sequence[int]) -> Doubt:
    """Rows without a day, which no report can be made of."""
    detail = f"There is no date in {column!r}{at_lines(lines)}: such rows are errors until they have one."
    return Doubt("dates_missing", detail, column, "occurred_from", named_lines(lines))


def field_unsure(field: str, column: str, *, why: str) -> Doubt:
    """A column was taken for a field by less than its heading and its cells together."""
    return Doubt("field_unsure", f"Column {column!r} was taken for {FIELDS[field]}: {why}", column, field)


def column_unused(column: str, *, filled: int, rows: int) -> Doubt:
    """A column that nothing is made of."""
    detail = f"Column {column!r} is not used. It says something in {filled} of {rows} rows."
    return Doubt("column_unused", detail, column)


def system_unknown(column: str, lines: Sequence[int]) -> Doubt:
    """Points that lie nowhere here, whatever their system."""
    detail = (
        f"The points in {column!r} fall into no area in any system tried{at_lines(lines)}: the municipality's own and"
        " its kin (all zones of SWEREF 99), degrees, web Mercator, UTM here and next door, others in use here. Set crs."
    )
    return Doubt("system_unknown", detail, column, "x", named_lines(lines))


def outside_areas(column: str, lines: Sequence[int], *, count: int, of: int) -> Doubt:
    """Some points lie elsewhere than the others."""
    detail = f"{count} of {of} points in {column!r} fall outside all areas{at_lines(lines)}."
    return Doubt("outside_areas", detail, column, "x", named_lines(lines))


def offset_odd(column: str) -> Doubt:
    """What looks like an offset from UTC, and is nobody's here."""
    detail = (
        f"What stands behind the clock in {column!r} would be a time zone that is far from here. If it is from and to,"
        " write the two into columns of their own."
    )
    return Doubt("offset_odd", detail, column, "occurred_from")


def days_turned(column: str, lines: Sequence[int]) -> Doubt:
    """Days that a spreadsheet may have turned. lines: where they stand, as far as that is known."""
    detail = (
        f"Day and month may be turned in {column!r}{at_lines(lines)}: none of the days with the"
        " year first is after the 12th, and others are, as where a spreadsheet took texts for dates. Compare one with"
        " what you know; %Y-%d-%m in datetime_format turns them back."
    )
    return Doubt("day_month_order", detail, column, "occurred_from", named_lines(lines))


def zone_named(column: str, zone: str) -> Doubt:
    """A clock that is taken from a heading."""
    detail = f"Times are read on the clock of {zone}, as the heading of {column!r} says: time_zone is set to it."
    return Doubt("zone_named", detail, column, "occurred_from")


def zone_unsure(column: str) -> Doubt:
    """Zones that are named, and not plainly: UTC in some headings, CET beside days of the summer."""
    detail = (
        f"{column!r} or its heading names a time zone that its times may not all have, as CET in summer. Clocks without"
        " a zone are read on the municipality's, others as they say: compare one with a time that you know, and look"
        " at time_zone."
    )
    return Doubt("zone_unsure", detail, column, "occurred_from")


def midnight_often(column: str, midnights: int, *, of: int) -> Doubt:
    """Rows at 00:00 of which nobody knows the time."""
    detail = (
        f"{midnights} of {of} rows in {column!r} are at 00:00. Suggested is that nobody knows their time (midnight:"
        " unknown); set it to known if it did happen then."
    )
    return Doubt("midnight_often", detail, column, "occurred_from")


def same_clock(column: str) -> Doubt:
    """All rows at one time of day."""
    detail = (
        f"All rows in {column!r} have the same time of day. If nobody knows the time, choose a form of the date without"
        " a clock."
    )
    return Doubt("same_clock", detail, column, "occurred_from")


def one_column(sign: str | None) -> Doubt:
    """A text that is cut into one column. sign: what may part its columns, and is not read as that."""
    told = f" {sign!r} stands equally often in nearly all rows: if it parts the columns, put ; there." if sign else ""
    detail = "The file has one column only: is the delimiter another sign? Read as one are , ; tab | ^ and ~."
    return Doubt("one_column", f"{detail}{told}", sign)


def damaged_text(line: int | None) -> Doubt:
    """Signs that cannot be read. line: the first with some, None for the headings."""
    where = "The headings hold" if line is None else f"Line {line} holds"
    detail = f"{where} signs that cannot be read: the text is damaged, or in another encoding. They show as \ufffd."
    return Doubt("damaged_text", detail, lines=() if line is None else (line,))


def encoding_unsure() -> Doubt:
    """Letters beyond a to z that are words in several encodings, or in none that is known."""
    detail = (
        "The letters beyond a to z can be read in several ways, or in none: look how they show in the rows. Save the"
        " file as CSV in UTF-8, or name its encoding in the mapping; without that it is not read in."
    )
    return Doubt("encoding_unsure", detail)


def letters_mended(line: int, column: str) -> Doubt:
    """Cells that were read in a wrong encoding before. line: the first with some."""
    detail = (
        f"Line {line} has letters in {column!r} that were written in UTF-8 and read in another encoding before the file"
        " was saved (Ã¶ for ö). Suggested is to take such cells back to what they were (mend_letters)."
    )
    return Doubt("letters_mended", detail, column, lines=(line,))


def sheets_alike(sheet: str, others: Sequence[str]) -> Doubt:
    """Sheets with the headings of the one that is read."""
    named = ", ".join(map(repr, others[:_NAMED])) + (" and more" if len(others) > _NAMED else "")
    detail = (
        f"Only sheet {sheet!r} is read. These have the same headings: {named}. Send the file once more for each, with"
        " its name as sheet of the mapping."
    )
    return Doubt("sheets_alike", detail)


def reference_counts(column: str) -> Doubt:
    """A reference that is the number of the row."""
    detail = (
        f"{column!r} counts the rows from 1. If the next file counts from 1 again, its rows take the place of these:"
        " leave external_reference out then."
    )
    return Doubt("reference_counts", detail, column, "external_reference")


def reference_rounded(column: str, lines: Sequence[int], *, count: int) -> Doubt:
    """Numbers that have lost their last digits, so that several incidents have one."""
    detail = (
        f"{count} references in {column!r} are numbers that a spreadsheet has rounded{at_lines(lines)}: several"
        f" incidents may have the same one, and such rows are errors. {HOW_TO_MEND} If you cannot, leave"
        " external_reference out: rows are then told apart by what stands in them."
    )
    return Doubt("reference_rounded", detail, column, "external_reference", named_lines(lines))


def reference_dated(column: str, lines: Sequence[int], *, count: int) -> Doubt:
    """Days among references, which a spreadsheet makes of 3-12."""
    detail = (
        f"{count} references in {column!r} are days{at_lines(lines)}: a spreadsheet may have made them of other texts,"
        f" as 3-12. {HOW_TO_MEND}"
    )
    return Doubt("reference_dated", detail, column, "external_reference", named_lines(lines))


def fillers(column: str, text: str, lines: Sequence[int], *, count: int) -> Doubt:
    """Cells of a reference that say that there is none."""
    detail = (
        f"{count} rows have no reference in {column!r} but a sign or a word for none, as {text!r}{at_lines(lines)}:"
        " they are told apart by what stands in them."
    )
    return Doubt("fillers", detail, column, "external_reference", named_lines(lines))


def words_unknown(field: str, column: str, words: Sequence[tuple[str, int]], *, of: int, becomes: str) -> Doubt:
    """Words of a column that no code is known for, with how often each is there."""
    named = ", ".join(f"{word!r} ({count})" for word, count in words[:_NAMED])
    rest = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    detail = (
        f"{len(words)} of {of} words in {column!r} are not known: {named}{rest}. They become {becomes} until you say"
        f" what they mean in values.{field}."
    )
    return Doubt("words_unknown", detail, column, field)


def severity_direction(column: str, *, falling: bool) -> Doubt:
    """Levels in numbers, which some count up and others down."""
    suggested = "most" if falling else "least"
    detail = (
        f"Is 1 the most or the least severe in {column!r}? Suggested is that it is the {suggested} severe: turn"
        " values.severity round if it is not."
    )
    return Doubt("severity_direction", detail, column, "severity")
