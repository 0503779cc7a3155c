"""What the texts of a row mean under a mapping: codes, and moments. Each text is looked at alone."""

import unicodedata
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import get_args
from zoneinfo import ZoneInfo

from services.reports.intake.domain import LocationKind, When, when
from services.reports.mappings.domain.faults import FaultCode, is_fault_code
from services.reports.mappings.domain.forms import Days, Said, read_in, under_headings, why_unread
from services.reports.mappings.domain.mapping import Mapping, Value
from services.reports.mappings.domain.written import is_end_of_day
from services.reports.taxonomy import CATEGORIES, is_category, is_subcategory
from shared.errors import Invalid
from shared.spelling import choices

LOCATION_KINDS: tuple[str, ...] = get_args(LocationKind)
DEFAULT_SEVERITY = 1


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a text of this field means nothing."""

    field: str
    code: FaultCode
    detail: str


def folded(text: str) -> str:
    """A word as it is compared: in small letters and NFC, one space where there are several, no stop at its end."""
    small = text.casefold()
    word = " ".join((small if small.isascii() else unicodedata.normalize("NFC", small)).split())
    return word.rstrip(",.;: ") or word


def looked_up(words: ReadOnly[str, Value]) -> dict[str, Value]:
    """Words with their codes as files are looked up in them: as they stand, and folded where that is one code's."""
    codes: dict[str, set[Value]] = {}
    for text, code in words.items():
        codes.setdefault(folded(text), set()).add(code)
    return {text: next(iter(found)) for text, found in codes.items() if len(found) == 1} | dict(words)


def alike(words: ReadOnly[str, Value]) -> tuple[int, int] | None:
    """The places, from 1, of two words that files do not tell apart and that have two codes; None for no such pair.

    Two that both mean themselves are codes, which differ in case alone.
    """
    seen: dict[str, tuple[int, Value, bool]] = {}
    for place, (text, code) in enumerate(words.items(), 1):
        first, same, itself = seen.setdefault(folded(text), (place, code, text == code))
        if same != code and not (itself and text == code):
            return first, place
    return None


def code_of(mapping: Mapping, field: str, text: str) -> Value | Wrong:
    """Our code for a text of a coded field, None for no value. A field without a column has one for all rows."""
    value = value_of(mapping, field, text)
    return value if isinstance(value, Wrong) else _checked(field, value)


def value_of(mapping: Mapping, field: str, text: str) -> Value | Wrong:
    """What a mapping makes of a text, before it is known to be a code of ours; None where it says nothing."""
    if field in mapping.constants:
        return mapping.constants[field]
    if not text or is_by_default(mapping, field, text):
        return mapping.defaults.get(field)
    if (said := _known(mapping, field, text)) is not None:
        return mapping.values[field][said]
    if field in mapping.values and field != "place_code":
        return Wrong(field, "unknown_word", "The mapping has no code for this text.")
    return text


def is_by_default(mapping: Mapping, field: str, text: str) -> bool:
    """Whether a text means what the mapping says for all that it does not know. So does an empty category.

    Of areas that is not told here: their own codes and names mean them in any case.
    """
    if field == "place_code" or field in mapping.constants or field not in mapping.defaults:
        return False
    if not text:  # of all that is coded a report needs this alone: what it is about is not to be guessed in silence
        return field == "category"
    if field in mapping.values:
        return _known(mapping, field, text) is None
    # Without words of its own it holds our codes, and what is none is in no list either.
    if field == "subcategory":
        return not any(is_subcategory(category, folded(text)) for category in CATEGORIES)
    return isinstance(_checked(field, text), Wrong)


def _known(mapping: Mapping, field: str, text: str) -> str | None:
    """A text as it stands among the mapping's words; None where it does not."""
    known = mapping.values.get(field, {})
    said = text if text in known else folded(text)
    return said if said in known else None


def _checked(field: str, value: Value) -> Value | Wrong:
    if isinstance(value, str) and field != "place_code":
        value = folded(value)
    if field == "category" and not is_category(value):
        if value is None:
            return Wrong(field, "missing", "A category is needed.")
        return Wrong(field, "unknown_category", choices(CATEGORIES, sent=value))
    if field == "location_kind" and value is not None and value not in LOCATION_KINDS:
        return Wrong(field, "unknown_location_kind", f"One of {', '.join(LOCATION_KINDS)}.")
    if field == "severity":
        severity = DEFAULT_SEVERITY if value is None else int(value) if str(value) in ("1", "2", "3") else None
        return severity or Wrong(field, "not_a_severity", "1, 2 or 3.")
    return value


def pair_of(category: str, subcategory: str | None) -> Wrong | None:
    """What is wrong with a sub-category under a known category, if anything."""
    if subcategory is None or is_subcategory(category, subcategory):
        return None
    fits = ", ".join(CATEGORIES[category].subcategories if category in CATEGORIES else ()) or "none"
    return Wrong("subcategory", "unknown_subcategory", f"Under {category}: {fits}.")


def categories_of(mapping: Mapping) -> ReadOnly[str, None]:
    """The categories that a mapping's rows can have, each once."""
    given = {"constants": mapping.constants, "defaults": mapping.defaults}
    codes = [of["category"] for of in given.values() if "category" in of]
    if "category" in mapping.columns:
        codes += mapping.values["category"].values() if "category" in mapping.values else CATEGORIES
    return dict.fromkeys(code for code in codes if isinstance(code, str))


def under(categories: ReadOnly[str, None], subcategory: Value) -> Wrong | None:
    """What is wrong with a sub-category that may stand under any of these, if it is under none."""
    code = folded(subcategory) if isinstance(subcategory, str) else subcategory
    if code is None or any(is_subcategory(folded(category), str(code)) for category in categories):
        return None
    if len(categories) == 1:
        return pair_of(folded(next(iter(categories))), str(code))
    fits = [name for each in categories if each in CATEGORIES for name in CATEGORIES[each].subcategories]
    return Wrong("subcategory", "unknown_subcategory", choices(list(dict.fromkeys(fits)), sent=subcategory))


def moment_of(mapping: Mapping, begin: str, end: str, *, zone: ZoneInfo, now: datetime) -> When | Wrong:
    """When it happened, from the texts of beginning and end; an empty end is none. zone: the municipality's."""
    if not begin:
        return Wrong("occurred_from", "missing", "A date is needed.")
    begin_forms, end_forms = (
        under_headings(mapping.datetime_formats, mapping.columns.get(name, ()))
        for name in ("occurred_from", "occurred_to")
    )
    first, last = read_in(begin_forms, begin), read_in(end_forms, end) if end else None
    if first is None:
        return Wrong("occurred_from", *why_unread(begin_forms, begin))
    if end and last is None:
        return Wrong("occurred_to", *why_unread(end_forms, end))
    if mapping.midnight == "unknown" and (day := unclocked(first, mapping.time_zone or zone, begin)) is not None:
        first, last = day, last and (unclocked(last, mapping.time_zone or zone, end) or last)
    ends = last.last if isinstance(last, Days) else last
    begins, ends = (first.first, ends or first.last) if isinstance(first, Days) else (first, ends)
    try:
        return when(begins, ends, zone=zone, now=now, written_in=mapping.time_zone)
    except Invalid as refused:
        fault = refused.errors[0]
        code: FaultCode = fault.code if is_fault_code(fault.code) else "impossible_time"
        return Wrong(fault.field.removeprefix("/"), code, fault.detail)


def unclocked(said: Said, zone: ZoneInfo, text: str) -> date | None:
    """The day of a moment at midnight, as it is written or in the zone; None for all else, and for 24:00."""
    if not isinstance(said, datetime) or is_end_of_day(text):
        return None
    if said.tzinfo is not None and (local := said.astimezone(zone)).time() == time():
        return local.date()
    return said.date() if said.time() == time() else None
