"""What the texts of a row mean under a mapping: codes, and moments. Each text is looked at alone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import get_args
from zoneinfo import ZoneInfo

from services.reports.intake.domain import LocationKind, When, when
from services.reports.mappings.domain.dates import reader_of
from services.reports.mappings.domain.mapping import Mapping, Value
from services.reports.taxonomy import CATEGORIES, is_category, is_subcategory
from shared.errors import Invalid

LOCATION_KINDS: tuple[str, ...] = get_args(LocationKind)
DEFAULT_SEVERITY = 1


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a text of this field means nothing."""

    field: str
    code: str
    detail: str


def code_of(mapping: Mapping, field: str, text: str) -> Value | Wrong:
    """Our code for a text of a coded field, None for no value. A field without a column has one for all rows."""
    value: Value = text or None
    if field in mapping.constants:
        value = mapping.constants[field]
    elif text and field in mapping.values:
        known = mapping.values[field]
        if text not in known and field not in mapping.defaults:
            return Wrong(field, "unknown_word", "The mapping has no code for this text.")
        value = known.get(text, mapping.defaults.get(field))
    elif not text:
        value = mapping.defaults.get(field)
    return _checked(field, value)


def _checked(field: str, value: Value) -> Value | Wrong:
    if field == "category" and not is_category(value):
        code, detail = ("missing", "A category is needed.") if value is None else ("unknown_category", _ONE_OF)
        return Wrong(field, code, detail)
    if field == "location_kind" and value is not None and value not in LOCATION_KINDS:
        return Wrong(field, "unknown_location_kind", f"One of {', '.join(LOCATION_KINDS)}.")
    if field == "severity":
        severity = DEFAULT_SEVERITY if value is None else int(value) if str(value) in ("1", "2", "3") else None
        return severity or Wrong(field, "not_a_severity", "1, 2 or 3.")
    return value


_ONE_OF = f"One of {', '.join(CATEGORIES)}."


def pair_of(category: str, subcategory: str | None) -> Wrong | None:
    """What is wrong with a sub-category under a known category, if anything."""
    if subcategory is None or is_subcategory(category, subcategory):
        return None
    fits = ", ".join(CATEGORIES[category].subcategories if category in CATEGORIES else ()) or "none"
    return Wrong("subcategory", "unknown_subcategory", f"Under {category}: {fits}.")


def moment_of(mapping: Mapping, begin: str, end: str, *, zone: ZoneInfo, now: datetime) -> When | Wrong:
    """When it happened, from the texts of beginning and end; an empty end is none. zone: the municipality's."""
    if not begin:
        return Wrong("occurred_from", "missing", "A date is needed.")
    first, last = _read(mapping, begin), _read(mapping, end) if end else None
    if first is None or (end and last is None):
        formats = " or ".join(mapping.datetime_formats)
        field = "occurred_from" if first is None else "occurred_to"
        return Wrong(field, "not_a_date", f"Written in another way than {formats}.")
    try:
        return when(first, last, zone=zone, now=now, written_in=mapping.time_zone)
    except Invalid as refused:
        fault = refused.errors[0]
        return Wrong(fault.field.removeprefix("/"), fault.code, fault.detail)


def _read(mapping: Mapping, text: str) -> datetime | date | None:
    for form in mapping.datetime_formats:
        if (moment := reader_of(form)(text)) is not None:
            return moment
    return None
