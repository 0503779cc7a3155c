"""A mapping as a plain form: from the suggestion to fields, and from the fields back to a document."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.gateway.pages.speech.codes import KINDS, SEVERITY, label
from services.gateway.pages.speech.language import Texts, marked

# Fields whose texts may need a code; places have too many codes for a form and stay as suggested.
CODED = ("category", "subcategory", "severity", "location_kind")
_JOINED = ("occurred_from", "occurred_to")
_SPARE = 4
# More words than these have no lines of their own, and stay as they are.
_MOST_LINES = 1500
_BETWEEN_FORMS = " | "
Fields = Mapping[str, str]
FIELDS = Texts(
    {
        "external_reference": marked("Your reference"),
        "category": marked("Category"),
        "subcategory": marked("Sub-category"),
        "occurred_from": marked("Date, from"),
        "occurred_to": marked("Until"),
        "x": marked("Coordinate east (x)"),
        "y": marked("Coordinate north (y)"),
        "place_code": marked("Area code"),
        "location_kind": marked("Kind of place"),
        "severity": marked("Severity"),
        "text": marked("Text"),
    }
)
# By the code of what the service could not tell; a code that is not known here is said as `other`.
DOUBTS = Texts(
    {
        "no_date": marked("No column looks like a date. Choose it."),
        "dates_unread": marked("Not all dates could be read. Look at the form of the date."),
        "clock_unused": marked(
            "Clock times in “%(column)s” are not used. If they matter, choose the column beside its date."
        ),
        "no_category": marked("No column looks like a category. All rows become “other” until you choose."),
        "no_reference": marked("No column looks like a reference. Rows are told apart by what they say."),
        "words_unknown": marked("Some words are unknown. See “What the words mean”."),
        "system_unknown": marked(
            "The place is uncertain. Look at the columns of coordinates and the coordinate system."
        ),
        "outside_areas": marked(
            "The place is uncertain. Look at the columns of coordinates and the coordinate system."
        ),
        "day_month_order": marked("Day and month cannot be told apart in “%(column)s”. Look at the form of the date."),
        "severity_direction": marked(
            "Is 1 the most or the least severe in “%(column)s”? Look at what the levels mean."
        ),
        "reference_repeats": marked("“%(column)s” says the same in several rows, so it cannot tell them apart."),
        "system_unsure": marked("The coordinates fit several systems. Compare with a place that you know."),
        "field_unsure": marked("“%(column)s” was chosen, but its heading and its cells do not both say so."),
        "column_unused": marked("“%(column)s” is not used."),
        "no_headings": marked("The first row looks like data. The columns are numbered."),
        "other": marked("Something could not be told for certain. Compare the suggestion with the rows."),
    }
)


def columns_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A line for each field: its code, its name, the columns chosen, whether two can be joined."""
    rows = []
    for field, name in FIELDS.items():
        chosen = document["columns"].get(field) or []
        chosen = [chosen] if isinstance(chosen, str) else list(chosen)
        rows.append({"field": field, "name": name, "chosen": [*chosen, "", ""][:2], "two": field in _JOINED})
    return rows


def values_of(
    document: Mapping[str, Any], header: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[dict[str, Any]]:
    """A line for each word with its code; the words of the first rows that have none, and some empty lines."""
    lines = []
    for field in CODED:
        column = document["columns"].get(field)
        if not isinstance(column, str):
            continue
        known = document.get("values", {}).get(field, {})
        at = header.index(column) if column in header else -1
        seen = {row[at].strip() for row in rows if 0 <= at < len(row) and row[at].strip()}
        unknown = sorted(seen - known.keys()) if field in document.get("values", {}) else []
        words = [*((text, known[text]) for text in sorted(known)), *((text, None) for text in unknown)]
        lines += [{"field": field, "text": text, "code": "" if code is None else str(code)} for text, code in words]
    return lines[:_MOST_LINES] + [{"field": "category", "text": "", "code": ""}] * _SPARE


def choices(categories: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """Codes and names that a word may stand for, by field."""
    return {
        "category": [(each["code"], label(each)) for each in categories],
        "subcategory": [(sub["code"], label(sub)) for each in categories for sub in each["subcategories"]],
        "severity": [(str(code), name) for code, name in SEVERITY.items()],
        "location_kind": list(KINDS.items()),
    }


def formats_of(document: Mapping[str, Any]) -> str:
    """The forms of the date as one field has them."""
    forms = document.get("datetime_format", "")
    return forms if isinstance(forms, str) else _BETWEEN_FORMS.join(forms)


def document_of(base: Mapping[str, Any], sent: Fields, *, kept: bool = False) -> dict[str, Any]:
    """The document of the form as it was sent, on the ground of what the form was made of.

    What the form does not show, or came back as it was shown, stays as it is there. kept: a mapping with a name, whose
    rules for words that it does not know are its own.
    """
    columns = {row["field"]: chosen for row in columns_of(base) if (chosen := _column(base, row, sent))}
    document = {**base, "columns": columns, "values": _values(base, sent, columns)}
    document["datetime_format"] = _forms(base, sent)
    document["crs"] = sent.get("crs") or None
    wanted = base.get("constants") or {}
    document["constants"] = {field: value for field, value in wanted.items() if field not in columns}
    if "category" not in columns:
        document["constants"]["category"] = sent.get("constant_category") or "other"
    other = {"category": "other"} if "category" in document["values"] and not kept else {}
    defaults = {**other, **base.get("defaults", {})}
    document["defaults"] = {field: value for field, value in defaults.items() if field in columns}
    return {name: value for name, value in document.items() if value or (value is not None and name in base)}


def _column(base: Mapping[str, Any], row: Mapping[str, Any], sent: Fields) -> str | list[str] | None:
    places = 2 if row["two"] else 1
    chosen = [sent.get(f"column_{row['field']}{part}", "") for part in ("", "_2")[:places]]
    if any(chosen) and chosen == row["chosen"][:places]:
        before: str | list[str] = base["columns"][row["field"]]
        return before
    names = [name for name in chosen if name]
    return names[0] if len(names) == 1 else names or None


def _forms(base: Mapping[str, Any], sent: Fields) -> Any:
    forms = sent.get("datetime_format", "").strip()
    if forms and forms == formats_of(base):
        return base["datetime_format"]
    several = [each for part in forms.split(_BETWEEN_FORMS.strip()) if (each := part.strip())]
    return several if len(several) > 1 else forms or "%Y-%m-%d %H:%M"


def _values(base: Mapping[str, Any], sent: Fields, columns: Mapping[str, Any]) -> dict[str, Any]:
    values = {field: dict(words) for field, words in base.get("values", {}).items() if field in columns}
    for number in range(_MOST_LINES + _SPARE):
        field = sent.get(f"field_{number}")
        if field is None:
            break
        text, code = sent.get(f"text_{number}", "").strip(), sent.get(f"code_{number}", "")
        if field not in columns or field not in CODED or not text:
            continue
        if code:
            values.setdefault(field, {})[text] = int(code) if field == "severity" and code in ("1", "2", "3") else code
        elif values.get(field, {}).get(text) is not None:
            del values[field][text]
    return values


def doubts_of(codes: Sequence[str], columns: Sequence[str | None]) -> list[str]:
    """What could not be told, in words, each once. columns: which each is about, if one."""
    told = zip(codes, columns, strict=True)
    return list(dict.fromkeys(DOUBTS[code if code in DOUBTS else "other"] % {"column": name} for code, name in told))
