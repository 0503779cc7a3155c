"""What the words of a file mean, line by line: which there are and how often, and what each may stand for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway.pages.speech.codes import KINDS, SEVERITY, label
from services.gateway.pages.speech.language import gettext as _

# Fields whose texts may need a code; places have too many codes for a form and stay as suggested.
CODED = ("category", "subcategory", "severity", "location_kind")
SPARE = 4
# More words than these have no lines of their own, and stay as they are.
MOST_LINES = 400
# A category with one of its sub-categories, as one choice.
WITHIN = "/"
RISING, FALLING = "rising", "falling"
Fields = Mapping[str, str]
# Codes and names to choose from, under the name of what they belong to; none for those that stand alone.
Group = tuple[str, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Line:
    """A word of a field, how many rows say it (None where that is not known), and the code that is chosen for it."""

    field: str
    text: str
    count: int | None
    code: str


def lines_of(
    document: Mapping[str, Any],
    *,
    words: Sequence[Mapping[str, Any]],
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> list[Line]:
    """A line for each word that the mapping knows or the file says, the most frequent first, and some empty ones.

    words: those that the service counted; of other columns the first rows are looked at.
    """
    lines = []
    for field in CODED:
        column = document["columns"].get(field)
        known = document.get("values", {}).get(field)
        if not isinstance(column, str) or known is None or (field == "subcategory" and is_of_both(document)):
            continue
        counts = _counts(field, column, words, header, rows)
        texts = sorted({**counts, **known}, key=lambda text: (-counts.get(text, 0), text))
        lines += [Line(field, text, counts.get(text), _code(document, field, text)) for text in texts]
    return lines[:MOST_LINES] + [Line("category", "", None, "")] * SPARE


def is_of_both(document: Mapping[str, Any]) -> bool:
    """Whether one column holds category and sub-category, so that one choice says both."""
    columns = document["columns"]
    return "category" in columns and columns.get("subcategory") == columns["category"]


def choices(categories: Sequence[Mapping[str, Any]], *, both: bool) -> dict[str, list[Group]]:
    """What a word may stand for, by field; sub-categories under their main categories.

    both: a choice of a category may say its sub-category too.
    """
    main = [(each["code"], label(each)) for each in categories]
    finer = [
        (
            label(each),
            [
                (each["code"], _("{category}, in general").format(category=label(each))),
                *((f"{each['code']}{WITHIN}{sub['code']}", label(sub)) for sub in each["subcategories"]),
            ],
        )
        for each in categories
    ]
    subs = [(label(each), [(sub["code"], label(sub)) for sub in each["subcategories"]]) for each in categories]
    return {
        "main": [("", main)],
        "category": finer if both else [("", main)],
        "subcategory": [group for group in subs if group[1]],
        "severity": [("", [(str(code), name) for code, name in SEVERITY.items()])],
        "location_kind": [("", list(KINDS.items()))],
    }


def values_from(base: Mapping[str, Any], sent: Fields, columns: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a mapping as the form came back. What has no line in it stays as it was."""
    values = {field: dict(words) for field, words in base.get("values", {}).items() if field in columns}
    both = is_of_both({"columns": columns})
    for number in range(MOST_LINES + SPARE):
        field = sent.get(f"field_{number}")
        if field is None:
            break
        text, code = sent.get(f"text_{number}", "").strip(), sent.get(f"code_{number}", "")
        if field not in columns or field not in CODED or not text:
            continue
        main, within, finer = code.partition(WITHIN)
        _set(values, field, text, int(main) if field == "severity" and main in ("1", "2", "3") else main)
        if field == "category" and both and (within or code != _code(base, field, text)):
            _set(values, "subcategory", text, finer)
    turned = sent.get("severity_direction", "")
    if turned in (RISING, FALLING) and direction_of(base) not in (None, turned):
        levels = values.get("severity", {})
        values["severity"] = {
            text: 4 - code if _level(text) is not None and code in (1, 2, 3) else code for text, code in levels.items()
        }
    return values


def direction_of(document: Mapping[str, Any]) -> str | None:
    """Whether levels in numbers rise or fall, by what the lowest and the highest mean; None for no such levels."""
    levels = document.get("values", {}).get("severity", {})
    numbers = sorted((level, code) for text, code in levels.items() if (level := _level(text)) is not None and code)
    if len(numbers) < 2 or numbers[0][1] == numbers[-1][1]:
        return None
    return RISING if numbers[0][1] < numbers[-1][1] else FALLING


def _level(text: str) -> int | None:
    digits = text.lstrip("Pp ")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 2 else None


def _set(values: dict[str, Any], field: str, text: str, code: Any) -> None:
    if code:
        values.setdefault(field, {})[text] = code
    elif values.get(field, {}).get(text) is not None:
        del values[field][text]


def _code(document: Mapping[str, Any], field: str, text: str) -> str:
    values = document.get("values", {})
    code = values.get(field, {}).get(text)
    finer = values.get("subcategory", {}).get(text) if field == "category" and is_of_both(document) else None
    return f"{code}{WITHIN}{finer}" if code and finer else "" if code is None else str(code)


def _counts(
    field: str,
    column: str,
    words: Sequence[Mapping[str, Any]],
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> Mapping[str, int]:
    counted = {each["text"]: each["count"] for each in words if each["field"] == field and each["column"] == column}
    at = header.index(column) if column in header else -1
    return counted or Counter(row[at].strip() for row in rows if 0 <= at < len(row) and row[at].strip())
