"""What the words of a file mean, line by line: which there are and how often, and what each may stand for."""

from collections.abc import Collection, Mapping, Sequence
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
# A word as the service counted it.
Word = Mapping[str, Any]
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
) -> list[Line]:
    """A line for each word that the mapping knows or the file says, the most frequent first, and some empty ones.

    words: those that the service counted. A column that holds nothing but our own codes has no lines.
    """
    lines = []
    for field in CODED:
        column = document["columns"].get(field)
        known = document.get("values", {}).get(field)
        counted = _of_column(words, field, column)
        is_plain = known is None and not _are_to_be_said(counted)
        if not isinstance(column, str) or is_plain or (field == "subcategory" and is_of_both(document)):
            continue
        counts = {each["text"]: each["count"] for each in counted}
        texts = sorted({**counts, **(known or {})}, key=lambda text: (-counts.get(text, 0), text))
        lines += [Line(field, text, counts.get(text), _code(document, field, text)) for text in texts]
    return lines[:MOST_LINES] + [Line("category", "", None, "")] * SPARE


def words_with(words: Sequence[Word], trial: Mapping[str, Any], document: Mapping[str, Any]) -> list[Word]:
    """Words of a file's first rows, and those of all of it that a trial did not know, which count what it counted.

    document: of the trial.
    """
    columns = document["columns"]
    unknown = {
        (each["field"], each["text"]): {**each, "column": columns.get(each["field"]), "code": None}
        for each in (*trial["words_by_default"], *trial["words_unknown"])
        if each["field"] in CODED
    }
    return [*unknown.values(), *(each for each in words if (each["field"], each["text"]) not in unknown)]


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


def by_hand(document: Mapping[str, Any], suggestion: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The columns in codes that a mapping has, where they are others than a suggestion's; none where they are not."""
    columns, suggested = document["columns"], suggestion["mapping"]["columns"]
    asked = [(field, columns.get(field)) for field in (*CODED, "place_code")]
    told = [(field, name) for field, name in asked if isinstance(name, str) and name in suggestion["header"]]
    return told if any(suggested.get(field) != name for field, name in told) else []


def chosen_anew(base: Mapping[str, Any], document: Mapping[str, Any], sent: Fields) -> list[str]:
    """The fields in codes whose column was chosen by hand, and whose words the form has not listed yet."""
    columns = document["columns"]
    return [
        field
        for field in CODED
        if field in columns and columns[field] not in (base["columns"].get(field), sent.get(f"listed_{field}"))
    ]


def with_suggested(document: Mapping[str, Any], suggestion: Mapping[str, Any], fields: Collection[str]) -> Any:
    """A mapping with what the suggestion says of the words of these fields, where it says nothing itself."""
    suggested, values, defaults = suggestion["mapping"], dict(document["values"]), dict(document.get("defaults", {}))
    both = ("subcategory",) if is_of_both(document) and "category" in fields else ()
    for field in (*fields, *both):
        if document["columns"].get(field) != suggested["columns"].get(field):
            continue
        if words := {**suggested["values"].get(field, {}), **values.get(field, {})}:
            values[field] = words
        if field in suggested.get("defaults", {}):
            defaults.setdefault(field, suggested["defaults"][field])
    return {**document, "values": values, **({"defaults": defaults} if defaults else {})}


def without_words(document: Mapping[str, Any]) -> list[str]:
    """The fields in codes that have a column and no words yet, but for a sub-category beside its category."""
    both = is_of_both(document)
    bare = [field for field in CODED if field in document["columns"] and field not in document.get("values", {})]
    return [field for field in bare if field != "subcategory" or not both]


def are_to_be_said(suggestion: Mapping[str, Any], fields: Collection[str]) -> bool:
    """Whether columns of these fields hold words that are none of our codes."""
    return _are_to_be_said([each for each in suggestion["words"] if each["field"] in fields])


def defaults_from(base: Mapping[str, Any], sent: Fields, columns: Mapping[str, Any]) -> dict[str, Any]:
    """What words become that the form gives no meaning; none where it gives each word of the field one."""
    lines = [(sent.get(f"field_{n}"), sent.get(f"text_{n}", "").strip(), n) for n in range(MOST_LINES + SPARE)]
    same = [field for field in columns if columns[field] == base["columns"].get(field)]
    defaults = {field: code for field, code in base.get("defaults", {}).items() if field in same}
    for field in CODED:
        left = [not sent.get(f"code_{n}") for of, text, n in lines if of == field and text]
        if any(left):
            defaults.setdefault(field, "other" if field == "category" else None)
        elif left:
            defaults.pop(field, None)
    if is_of_both({"columns": columns}):
        defaults["subcategory"] = None
    return {field: code for field, code in defaults.items() if field in columns}


def values_from(
    base: Mapping[str, Any], sent: Fields, columns: Mapping[str, Any], *, kept: bool = False
) -> dict[str, Any]:
    """The values of a mapping as the form came back. What has no line in it stays as it was.

    Where another column is chosen, words of the one before go, but for those of a mapping that is kept: it may be
    called otherwise in this file.
    """
    known = base.get("values", {})
    others = () if kept else [field for field in known if columns.get(field) != base["columns"].get(field)]
    values = {field: dict(words) for field, words in known.items() if field in columns and field not in others}
    both = is_of_both({"columns": columns})
    for number in range(MOST_LINES + SPARE):
        field = sent.get(f"field_{number}")
        if field is None:
            break
        text, code = sent.get(f"text_{number}", "").strip(), sent.get(f"code_{number}", "")
        if field not in columns or field not in CODED or not text or (field in others and text in known[field]):
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


def _of_column(words: Sequence[Word], field: str, column: object) -> list[Word]:
    return [each for each in words if each["field"] == field and each["column"] == column]


def _are_to_be_said(words: Sequence[Word]) -> bool:
    """Whether these are more than our own codes."""
    return any(str(each["code"]) != each["text"] for each in words)
