"""A mapping as a plain form: from the suggestion to fields, and from the fields back to a document."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.gateway.pages.speech.codes import KINDS, SEVERITY, label
from services.gateway.pages.speech.language import Texts, marked

# Fields whose texts may need a code; places have too many codes for a form and stay as suggested.
CODED = ("category", "subcategory", "severity", "location_kind")
_JOINED = ("occurred_from", "occurred_to")
_SPARE = 4
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
        "no_category": marked("No column looks like a category. All rows become “other” until you choose."),
        "no_reference": marked("No column looks like a reference. Rows are told apart by what they say."),
        "words_unknown": marked("Some words are unknown. See “What the words mean”."),
        "system_unknown": marked(
            "The place is uncertain. Look at the columns of coordinates and the coordinate system."
        ),
        "outside_areas": marked(
            "The place is uncertain. Look at the columns of coordinates and the coordinate system."
        ),
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
    return lines + [{"field": "category", "text": "", "code": ""}] * _SPARE


def choices(categories: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """Codes and names that a word may stand for, by field."""
    return {
        "category": [(each["code"], label(each)) for each in categories],
        "subcategory": [(sub["code"], label(sub)) for each in categories for sub in each["subcategories"]],
        "severity": [(str(code), name) for code, name in SEVERITY.items()],
        "location_kind": list(KINDS.items()),
    }


def document_of(suggested: Mapping[str, Any], sent: Fields) -> dict[str, Any]:
    """The document of the form as it was sent, on the ground of the suggestion for the same file."""
    columns: dict[str, Any] = {}
    for field in FIELDS:
        names = [name for part in ("", "_2") if (name := sent.get(f"column_{field}{part}", ""))]
        if names:
            columns[field] = names[0] if len(names) == 1 else names
    document = {**suggested, "columns": columns, "values": _values(suggested, sent, columns)}
    document["datetime_format"] = sent.get("datetime_format") or "%Y-%m-%d %H:%M"
    document["crs"] = sent.get("crs") or None
    wanted = suggested.get("constants") or {}
    document["constants"] = {field: value for field, value in wanted.items() if field not in columns}
    if "category" not in columns:
        document["constants"]["category"] = sent.get("constant_category") or "other"
    defaults = {**({"category": "other"} if "category" in document["values"] else {}), **suggested.get("defaults", {})}
    document["defaults"] = {field: value for field, value in defaults.items() if field in columns}
    return {name: value for name, value in document.items() if value is not None}


def _values(suggested: Mapping[str, Any], sent: Fields, columns: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, dict[str, Any]] = {
        field: {} if field in CODED else dict(words)
        for field, words in suggested.get("values", {}).items()
        if field in columns
    }
    for number in range(2000):
        field = sent.get(f"field_{number}")
        if field is None:
            break
        text, code = sent.get(f"text_{number}", "").strip(), sent.get(f"code_{number}", "")
        if field in columns and field in CODED and text and code:
            values.setdefault(field, {})[text] = int(code) if field == "severity" and code in ("1", "2", "3") else code
    return values


def doubts_of(codes: Sequence[str]) -> list[str]:
    """What could not be told, in words, each once."""
    return list(dict.fromkeys(DOUBTS[code if code in DOUBTS else "other"] for code in codes))
