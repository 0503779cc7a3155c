"""What is wrong with the fields of a request, from what pydantic says of it: where, of what kind, in which words.

Nothing of it repeats what was sent. pydantic's own sentences speak of Python (dictionaries, regular expressions) to
people who write to an API, so none of them is passed on: each kind of fault of pydantic's has a sentence of ours, and
one that has none is told in a sentence that fits all. What a validator of ours says stands as it is.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, Tag
from pydantic_core.core_schema import ErrorType

from shared.errors import FieldError
from shared.spelling import PLAIN_KEY, choices

# One for each report of a batch; a body of a megabyte has room for a hundred thousand.
MOST_TOLD = 1000
_OF_PYDANTIC: frozenset[str] = frozenset(get_args(ErrorType))
_WRITTEN_OUT = {r"\t": "a tab"}
_FITS_ALL = "This is not what the field holds. See the operation at /docs, which has an example."
_OBJECT = "Write an object: its members by name, in braces."
_LIST = "Write a list, in square brackets."
_TEXT = "Write a text, in quotation marks."
_WHOLE = "Write a whole number in digits alone, with no quotation marks and no point."
_NUMBER = "Write a number in digits, with a decimal point where it needs one, as 14.64."
_YES_OR_NO = "Write true or false, and nothing round it."
_NO_FIELD = "There is no such field here."
_ID = "An id is written as 01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18."
# With what pydantic says beside the kind (its `ctx`) between the brackets.
WORDS: Mapping[str, str] = {
    "missing": "This field is needed.",
    "extra_forbidden": _NO_FIELD,
    "string_type": _TEXT,
    "string_unicode": "Holds half of a character.",
    "string_too_short": "At least {min_length} character{s}.",
    "string_too_long": "At most {max_length} character{s}.",
    "string_pattern_mismatch": "This is not written as such a value is. See the operation at /docs for an example.",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "greater_than_equal": "At least {ge}.",
    "greater_than": "More than {gt}.",
    "less_than_equal": "At most {le}.",
    "less_than": "Less than {lt}.",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "too_short": "At least {min_length} item{s}.",
    "too_long": "At most {max_length} item{s}.",
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "mapping_type": _OBJECT,
    "uuid_type": _ID,
    "uuid_parsing": _ID,
    "uuid_version": _ID,
    "date_type": "Write a day, as 2026-11-20.",
    "datetime_type": "Write a day and the time of the day, as 2026-11-20T16:30:00+01:00.",
    "none_required": "Only null may stand here.",
}


_OTHER_TYPES = frozenset({"string_type", "int_type", "list_type", "none_required", "literal_error"})
# What a kind is called in answers, where pydantic's name speaks of Python.
CODES: Mapping[str, str] = {
    **dict.fromkeys(("model_attributes_type", "model_type", "dict_type", "mapping_type"), "not_an_object"),
    **dict.fromkeys(("list_type", "tuple_type"), "not_a_list"),
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), "not_a_whole_number"),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "not_a_number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "not_true_or_false"),
    **dict.fromkeys(("literal_error", "enum"), "unknown_word"),
    "extra_forbidden": "unknown_field",
    "value_error": "not_valid",
}


def field_errors(wrong: Sequence[Mapping[str, Any]], *, sent: object, model: object = None) -> tuple[FieldError, ...]:
    """A FieldError for each of pydantic's first MOST_TOLD.

    sent: the body, which says what of a location is in it. model: what it was read as, which says its names.
    """
    first = wrong[:MOST_TOLD]
    fields = [_field(each, sent) for each in first]
    # A field that takes a number or a text says nothing of texts to who sent a number that is too small.
    meant = {field for field, each in zip(fields, first, strict=True) if each["type"] not in _OTHER_TYPES}
    return tuple(
        FieldError(field=field, code=_code(each), detail=_detail(each, model))
        for field, each in zip(fields, first, strict=True)
        if each["type"] not in _OTHER_TYPES or field not in meant
    )


def _field(wrong: Mapping[str, Any], sent: object) -> str:
    """The parameter's name, or a JSON Pointer into the body: as far as it can be named."""
    begin, *rest = wrong["loc"] or ("body",)
    if begin in ("query", "path", "header", "cookie"):
        return str(rest[0] if rest else begin)
    if wrong["type"] == "json_invalid":
        return ""
    below = _beside(wrong).get("at", ())
    found = pointer(rest if begin == "body" else wrong["loc"], sent=sent)
    return "/".join([found, *below])


def pointer(location: Sequence[Any], *, sent: object) -> str:
    """A JSON Pointer from pydantic's location: without the names it gives to members of a union, and to keys."""
    parts: list[str] = []
    here = sent
    for at, part in enumerate(location):
        last = at == len(location) - 1
        inside = (isinstance(here, Mapping) and part in here) or (
            isinstance(here, list) and isinstance(part, int) and part < len(here)
        )
        if not inside and not (last and isinstance(here, Mapping) and part != "[key]"):
            continue
        if not PLAIN_KEY.fullmatch(str(part)):
            break
        parts.append(str(part))
        here = here[part] if inside else None  # type: ignore[index]
    return "".join(f"/{part}" for part in parts)


def _code(wrong: Mapping[str, Any]) -> str:
    return "too_short" if _lacks_items(wrong) else CODES.get(str(wrong["type"]), str(wrong["type"]))


def _lacks_items(wrong: Mapping[str, Any]) -> bool:
    """Whether a list of so many items has fewer: pydantic says of each that is not there that it is missing."""
    return bool(wrong["type"] == "missing" and wrong["loc"] and isinstance(wrong["loc"][-1], int))


def _detail(wrong: Mapping[str, Any], model: object) -> str:
    kind, said = str(wrong["type"]), str(wrong["msg"]).removeprefix("Value error, ")
    # A ValueError of ours is there itself; where a parser of pydantic's speaks, its words are there as text.
    ours = kind not in _OF_PYDANTIC or (kind == "value_error" and not isinstance(_beside(wrong).get("error"), str))
    if ours:
        return _sentence(said)
    if _lacks_items(wrong):
        return "The list has fewer items than it needs."
    special = _SPECIAL.get(kind)
    if special is not None:
        return special(wrong, model)
    numbers = {name: _number(value) for name, value in _beside(wrong).items()}
    return WORDS.get(kind, _FITS_ALL).format_map(_Words(numbers))


def _sentence(said: str) -> str:
    """With its end: a validator's words stand behind the name of a field where those are read."""
    return said if said.endswith((".", "?", "…")) else f"{said}."


def _beside(wrong: Mapping[str, Any]) -> Mapping[str, Any]:
    return wrong.get("ctx") or {}


def _number(value: Any) -> str:
    """A number as people read it: whole ones without a point, in groups of three digits."""
    whole = isinstance(value, float) and value.is_integer()
    return f"{int(value) if whole else value:,}" if isinstance(value, int | float) else str(value)


class _Words(dict[str, str]):
    """What stands between the brackets; `s` is the plural's."""

    def __missing__(self, name: str) -> str:
        return "" if "1" in (self.get("min_length"), self.get("max_length")) else "s"


def _no_json(wrong: Mapping[str, Any], _: object) -> str:
    at = wrong["loc"][-1]
    return f"No JSON from character {at + 1} on." if isinstance(at, int) else "No JSON."


def _none_of_these(wrong: Mapping[str, Any], _: object) -> str:
    known = re.findall(r"'((?:[^'\\]|\\.)*)'|(\d+)", str(_beside(wrong).get("expected", "")))
    words = [_WRITTEN_OUT.get(word or number, word or number) for word, number in known]
    return choices([each if re.search(r"\w", each) else f'"{each}"' for each in words], sent=wrong.get("input"))


def _no_such_field(wrong: Mapping[str, Any], model: object) -> str:
    *way, name = wrong["loc"]
    known = names_at(model, way)
    return f"{_NO_FIELD} {choices(known, sent=name, begin='There are')}" if known else _NO_FIELD


_SPECIAL: Mapping[str, Callable[[Mapping[str, Any], object], str]] = {
    "json_invalid": _no_json,
    "literal_error": _none_of_these,
    "enum": _none_of_these,
    "extra_forbidden": _no_such_field,
}


def names_at(model: object, way: Sequence[Any]) -> tuple[str, ...]:
    """The fields of the object that pydantic's location leads to; none where it leads to no model, or to one of two."""
    here: list[object] = [model]
    for part in way:
        if part == "body" or not isinstance(part, str):
            continue
        fields = [inner.model_fields for each in here for inner in _models(each)]
        below: list[object] = [each[part].annotation for each in fields if part in each]
        here = below or [inner for each in here for inner in _tagged(each, part)] or here
    found = [inner for each in here for inner in _models(each)]
    return tuple(found[0].model_fields) if len(found) == 1 else ()


def _tagged(kind: object, name: str) -> Iterator[object]:
    """Of a union the members that pydantic's location calls so."""
    for each in get_args(kind):
        if any(isinstance(mark, Tag) and mark.tag == name for mark in get_args(each)):
            yield each
        else:
            yield from _tagged(each, name)


def _models(kind: object) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    else:
        for each in get_args(kind):
            yield from _models(each)
