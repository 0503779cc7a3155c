"""What is wrong with the fields of a request, from what pydantic says of it: where, of what kind, in which words.

Nothing of it repeats what was sent. pydantic's sentences are its own but where a parser of its own speaks in them (of
UUIDs, of JSON): those name a character of the value, and are said in other words here.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.errors import FieldError

# One for each report of a batch; a body of a megabyte has room for a hundred thousand.
MOST_TOLD = 1000
# A key that the caller made up may be anything, a name or a number of a person too.
PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z_-]{0,40}|\d{1,6}", re.ASCII)
# For what pydantic, or a parser of its own, would say otherwise.
WORDS = {
    "extra_forbidden": "There is no such field here.",
    "uuid_parsing": "An id is written as 01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18.",
    "string_unicode": "Holds half of a character.",
}


def field_errors(wrong: Sequence[Mapping[str, Any]], *, sent: object) -> tuple[FieldError, ...]:
    """A FieldError for each of pydantic's first MOST_TOLD. `sent`: the body, which says what of a location is in it."""
    first = wrong[:MOST_TOLD]
    return tuple(FieldError(field=_field(each, sent), code=str(each["type"]), detail=_detail(each)) for each in first)


def _field(wrong: Mapping[str, Any], sent: object) -> str:
    """The parameter's name, or a JSON Pointer into the body: as far as it can be named."""
    begin, *rest = wrong["loc"] or ("body",)
    if begin in ("query", "path", "header", "cookie"):
        return str(rest[-1] if rest else begin)
    if wrong["type"] == "json_invalid":
        return "/"
    return pointer(rest if begin == "body" else wrong["loc"], sent=sent)


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
    return "/" + "/".join(parts)


def _detail(wrong: Mapping[str, Any]) -> str:
    kind, said = wrong["type"], str(wrong["msg"]).removeprefix("Value error, ")
    if kind == "json_invalid":
        return f"No JSON from character {wrong['loc'][-1] + 1} on." if wrong["loc"][1:] else "No JSON."
    # Where a parser speaks, its words are there as text; a ValueError of ours is there itself.
    parser_speaks = isinstance((wrong.get("ctx") or {}).get("error"), str)
    return WORDS.get(kind, "cannot be read" if parser_speaks else said)
