"""Which column is which field: where its name and its cells agree it is taken, where only one says so it is a doubt.

A column whose cells cannot be what its name says is none; one that is taken by its cells alone is always said.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from services.reports.suggestions.contents import Column
from services.reports.suggestions.doubts import Doubt, field_unsure
from services.reports.suggestions.folding import place_of
from services.reports.suggestions.forms import are_dated, is_clock
from services.reports.suggestions.headings import Role, is_of_no_field, is_of_time, roles_of
from services.reports.suggestions.lexicon import kind_of, sense_of, severity_of

# The others are of the time: `clocks`.
_FIELDS = (
    "external_reference", "x", "y", "point", "severity", "location_kind", "subcategory", "category", "place_code",
    "text",
)  # fmt: skip
# Two numbers that are fine enough for a place, under a heading that says no more than that.
_OF_A_PLACE = re.compile(r"\d(?:[.,]\d{2}|\d{4}).*\d(?:[.,]\d{2}|\d{4})")
# What has more is written, not chosen.
_WORDS_OF_A_LIST = 2
_OF_A_POINT = re.compile(r"^(?:POINT|SRID|\{)|[°º]", re.IGNORECASE)
_BY_CELLS = "its heading does not say so, but what stands in it."
_BY_NAME = "its heading says so, but not what stands in it."
_BY_PART = "a part of its heading says so."


@dataclass(slots=True)
class Chosen:
    """Field -> its column, and what was doubtful about that."""

    columns: dict[str, Column] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)

    def is_taken(self, column: Column) -> bool:
        """Whether a field has it."""
        return any(each is column for each in self.columns.values())


def chosen_from(
    columns: Sequence[Column], *, places: Mapping[str, str], by_hand: Mapping[str, str] | None = None
) -> Chosen:
    """The fields of these columns, but for the times. places: the codes of areas by their folded names and codes.

    by_hand: columns that a person chose, by their fields.
    """
    chosen = Chosen()
    called = {column.name: column for column in columns}
    chosen.columns |= {name: called[column] for name, column in (by_hand or {}).items()}
    free = [column for column in columns if not _is_time(column)]
    for name in _FIELDS:
        if name not in chosen.columns:
            _choose_named(chosen, name, free, places)
    for name in ("point", "category", "external_reference", "severity", "location_kind", "place_code", "text"):
        if name not in chosen.columns:
            _choose_by_cells(chosen, name, free, places)
    return chosen


def _choose_named(chosen: Chosen, name: str, free: Sequence[Column], places: Mapping[str, str]) -> None:
    called = [
        (role, column)
        for column in free
        for role in roles_of(column.name)
        if role.field in _names_of(name) and not chosen.is_taken(column)
    ]
    fitting = [(role, column) for role, column in called if _may_be(name, role, column, places)]
    if not fitting:
        if name == "external_reference" and (repeated := next((c for _, c in called if c.words), None)):
            detail = f"The same text stands in several rows of {repeated.name!r}, so it is no reference of a row."
            chosen.doubts.append(Doubt("reference_repeats", detail, repeated.name, name))
        return
    role, column = min(fitting, key=lambda each: each[0].rank)
    chosen.columns[name] = column
    others = [other for rival, other in fitting if other is not column and rival.rank == role.rank]
    if not role.sure:
        chosen.doubts.append(field_unsure(name, column.name, why=_BY_PART))
    elif others:
        why = f"column {others[0].name!r} may be it as well."
        chosen.doubts.append(field_unsure(name, column.name, why=why))
    elif name == "text" and not _reads_as_text(column):
        chosen.doubts.append(field_unsure(name, column.name, why=_BY_NAME))


def _choose_by_cells(chosen: Chosen, name: str, free: Sequence[Column], places: Mapping[str, str]) -> None:
    unknown = [
        column
        for column in free
        if column.words and not (chosen.is_taken(column) or is_of_no_field(column.name) or _is_called(column, name))
    ]
    by = {column.name: _likeness(name, column, places) for column in unknown}
    best = max(unknown, key=lambda column: by[column.name], default=None)
    if best is not None and by[best.name] > 0:
        chosen.columns[name] = best
        chosen.doubts.append(field_unsure(name, best.name, why=_BY_CELLS))


def _names_of(name: str) -> Collection[str]:
    return (name, "place") if name in ("place_code", "point") else (name,)


def _is_called(column: Column, name: str) -> bool:
    """Whether its name says for certain that it is another field."""
    return any(role.sure and role.field not in (*_names_of(name), "category", "text") for role in roles_of(column.name))


def _is_time(column: Column) -> bool:
    """Whether it holds days or clocks: a number that could be a day is none where the name says what it is.

    Clocks only with a colon: other signs may be numbers.
    """
    if is_of_time(column.name) is False and column.is_numeric:
        return False
    clocks = bool(column.words) and all(":" in word and is_clock(word) for word in column.words)
    return clocks or are_dated(column.cells)


def _may_be(name: str, role: Role, column: Column, places: Mapping[str, str]) -> bool:
    """Whether cells can be what the name says; a column without any can be everything."""
    if not column.words:
        return True
    match name:
        case "external_reference":
            return column.is_distinct and not column.is_prose
        case "x" | "y":
            return bool(column.is_numeric) or any(sign.isdigit() for word in column.words for sign in word)
        case "point":
            return column.is_points and (role.field == "point" or all(map(_OF_A_PLACE.search, column.words)))
        case "text":
            return column.is_prose or (role.rank <= 2 and not column.is_numeric)
        case "severity":
            return not column.is_prose
        case "place_code":
            known = sum(place_of(word, places) is not None for word in column.words)
            return role.field == "place_code" or known * 2 >= len(column.words) or not places
        case _:
            return column.is_wordy and not column.is_prose


def _reads_as_text(column: Column) -> bool:
    """Whether cells are what somebody wrote, rather than words of a list."""
    several = sum(len(word.split()) > _WORDS_OF_A_LIST for word in column.words)
    return column.is_prose or several * 2 >= len(column.words)


_SHARES: Mapping[str, tuple[Callable[[str], object], float]] = {
    "category": (sense_of, 0.6),
    "severity": (severity_of, 1.0),
    "location_kind": (kind_of, 1.0),
}


def _likeness(name: str, column: Column, places: Mapping[str, str]) -> float:
    """How much cells look like a field, 0 for not enough to say so."""
    if name == "external_reference":
        return float(column.is_lettered)
    if name == "text":
        return float(column.is_prose)
    if name == "point":
        # Two numbers alone may be anything.
        return float(all(_OF_A_POINT.search(word) for word in column.words) and column.is_points)
    if name == "place_code":
        known, least = sum(place_of(word, places) is not None for word in column.words if not word.isdigit()), 0.8
    else:
        means, least = _SHARES[name]
        known = sum(means(word) is not None for word in column.words)
    share = known / len(column.words)
    return share if share >= least and (name == "category" or len(column.words) > 1) else 0.0
