"""What a suggestion could not tell: a code for programs, a sentence for the person who looks at it. Pure."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

DoubtCode = Literal[
    "no_date", "dates_unread", "day_month_order", "clock_unused", "no_category", "words_unknown",
    "severity_direction", "no_reference", "reference_repeats", "system_unknown", "system_unsure", "outside_areas",
    "field_unsure", "column_unused", "no_headings",
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
    """What could not be told. column: the one it is about; field: what it leaves open; None for none or several."""

    code: DoubtCode
    detail: str
    column: str | None = None
    field: str | None = None


def field_unsure(field: str, column: str, *, why: str) -> Doubt:
    """A column was taken for a field by less than its heading and its cells together."""
    return Doubt("field_unsure", f"Column {column!r} was taken for {FIELDS[field]}: {why}", column, field)


def column_unused(column: str, *, filled: int, rows: int) -> Doubt:
    """A column that nothing is made of."""
    detail = f"Column {column!r} is not used. It says something in {filled} of {rows} rows."
    return Doubt("column_unused", detail, column)


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
