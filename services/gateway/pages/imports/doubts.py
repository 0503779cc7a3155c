"""What a suggestion could not tell, in words of the page: at its field, or above them all."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from services.gateway.pages.speech.language import Texts, marked
from services.gateway.pages.speech.language import gettext as _

# By the code of what the service could not tell; a code that is not known here is said as `other`.
DOUBTS = Texts(
    {
        "no_date": marked("No column looks like a date. Choose it."),
        "dates_unread": marked(
            "Not all dates in “%(column)s” could be read: row %(lines)s. Look at the form of the date."
        ),
        "dates_missing": marked("There is no date in “%(column)s”: row %(lines)s. Such rows are not read in."),
        "day_month_order": marked(
            "Day, month and year cannot be told apart in “%(column)s”. Look at the form of the date."
        ),
        "clock_unused": marked(
            "Clock times in “%(column)s” are not used. If they matter, choose the column beside its date."
        ),
        "no_category": marked("No column looks like a category. All rows become “other” until you choose."),
        "no_reference": marked("No column looks like a reference. Rows are told apart by what they say."),
        "reference_repeats": marked("“%(column)s” says the same in several rows, so it cannot tell them apart."),
        "words_unknown": marked("Some words in “%(column)s” are unknown. See “What the words mean”."),
        "places_unknown": marked(
            "Some texts in “%(column)s” are neither the code nor the only name of an area in use. A row of them has an"
            " area only by its point."
        ),
        "severity_direction": marked(
            "Is 1 the most or the least severe in “%(column)s”? Look at what the levels mean."
        ),
        "system_unknown": marked(
            "The points in “%(column)s” lie in no area: row %(lines)s. Tried are the municipality's coordinate system"
            " and its zones (all of SWEREF 99), latitude and longitude, web maps, UTM and others in use here. Look at"
            " the columns of coordinates, and name the coordinate system."
        ),
        "system_unsure": marked("The coordinates fit several systems. Compare with a place that you know."),
        "outside_areas": marked(
            "Some points in “%(column)s” lie in no area: row %(lines)s. Look at these rows, the columns of coordinates"
            " and the coordinate system."
        ),
        "field_unsure": marked("“%(column)s” was chosen, but its heading and its cells do not both say so."),
        "no_headings": marked("The first row looks like data. The columns are numbered."),
        "column_unused": marked("“%(column)s” is not used."),
        "offset_odd": marked(
            "What stands behind the clock in “%(column)s” is no time zone of here. If it is from and to, write the two"
            " into columns of their own."
        ),
        "no_day": marked("“%(column)s” tells months or years alone. A report needs a day, or the week of a year."),
        "when_reported": marked("“%(column)s” tells when it was reported, which may be later than it happened."),
        "zone_named": marked("The heading of “%(column)s” says UTC, and its times are read so."),
        "zone_unsure": marked(
            "“%(column)s” or its heading names a time zone that its times may not all have. Compare one with a time"
            " that you know."
        ),
        "midnight_often": marked(
            "Many rows in “%(column)s” are at 00:00. They are read as days on which nobody knows the time."
        ),
        "same_clock": marked(
            "All rows in “%(column)s” have the same time of day. If nobody knows the time, choose a form of the date"
            " without a clock."
        ),
        "reference_counts": marked(
            "“%(column)s” counts the rows from 1. If the next file begins with 1 again, its rows take the place of"
            " these: choose no reference then."
        ),
        "reference_rounded": marked(
            "“%(column)s” holds numbers that a spreadsheet has rounded: row %(lines)s. Such rows are not read in."
            " Format the column as text and write the list again, or choose no reference."
        ),
        "reference_dated": marked(
            "“%(column)s” holds days: row %(lines)s. A spreadsheet may have made them of other texts, as 3-12. Format"
            " the column as text and write the list again."
        ),
        "fillers": marked(
            "In “%(column)s” some rows have a sign or a word for none: row %(lines)s. They are told apart by what they"
            " say."
        ),
        "letters_mended": marked(
            "In “%(column)s” letters were exchanged before the file was saved (Ã¶ for ö): row %(lines)s. They are put"
            " right."
        ),
        "one_column": marked(
            "The file has one column only: another sign may part its columns (%(column)s). Save it with ; between them."
        ),
        "encoding_unsure": marked(
            "The letters beyond a to z can be read in several ways, or in none. Choose how the file is written, or save"
            " it as CSV in UTF-8."
        ),
        "damaged_text": marked("Some signs of the file cannot be read. They show as �."),
        "sheets_alike": marked("Several sheets have the same headings. Only the one that is chosen is read."),
        "other": marked("Something could not be told for certain. Compare the suggestion with the rows."),
    }
)
_UNUSED = ("column_unused",)
_NAMED = 5


class Doubts(NamedTuple):
    """Sentences, each once: those of a field by its code, all others; and the columns that nothing is made of."""

    others: list[str]
    by_field: Mapping[str, list[str]]
    unused: list[str]


def doubts_of(suggestion: Mapping[str, Any], chosen: Mapping[str, Collection[str]]) -> Doubts:
    """The doubts of a suggestion, as the service answers it, but for those of columns that were changed for others.

    chosen: the columns of each field that the form shows. What is said beside a field is said nowhere else.
    """
    codes, columns = suggestion["doubt_codes"], suggestion["doubt_columns"]
    fields = suggestion.get("doubt_fields") or [None] * len(codes)
    lines = suggestion.get("doubt_lines") or [[]] * len(codes)
    sentences: dict[str, None] = {}
    by_field: dict[str, dict[str, None]] = {}
    unused = []
    for code, column, field, at in zip(codes, columns, fields, lines, strict=True):
        if code in _UNUSED:
            unused.append(str(column))
            continue
        said = DOUBTS[_name(code, field)] % {"column": column or "?", "lines": _lines(at)}
        if field not in chosen:
            sentences[said] = None
        elif column in chosen[field] or (column is None and not _is_over(field, suggestion, chosen)):
            by_field.setdefault(field, {})[said] = None
    return Doubts(list(sentences), {field: list(said) for field, said in by_field.items()}, unused)


def _name(code: str, field: str | None) -> str:
    """Under which name the sentence for a doubt stands. Areas have no words that a form says the meaning of."""
    if (code, field) == ("words_unknown", "place_code"):
        return "places_unknown"
    return code if code in DOUBTS else "other"


def _is_over(field: str, suggestion: Mapping[str, Any], chosen: Mapping[str, Collection[str]]) -> bool:
    """Whether a column was chosen for a field for which the suggestion found none."""
    return field not in suggestion["mapping"]["columns"] and any(chosen[field])


def _lines(lines: Sequence[int]) -> str:
    """The first of some rows, as a sentence names them."""
    named = ", ".join(map(str, lines[:_NAMED]))
    return _("{rows} and more").format(rows=named) if len(lines) > _NAMED else named or "–"
