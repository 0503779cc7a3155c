"""What an address says: a query's names once each, and known; ids, numbers, yes and no in one way of writing."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Annotated
from urllib.parse import unquote_to_bytes
from uuid import UUID

from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request

from shared.errors import FieldError, Invalid, Malformed
from shared.http.faults import WORDS
from shared.http.methods import ID, is_called_otherwise
from shared.spelling import PLAIN_KEY, choices
from shared.texts import plain

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
# Of the rest nobody learns more.
_MOST_TOLD = 20
_ANSWERS = {"true": True, "false": False}


def _whole(value: object) -> object:
    """A whole number as JSON writes it; pydantic would read `1_0`, `+1`, `1.0` and spaces too."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        detail = "Write a whole number in digits alone, with no nought before them."
        raise PydanticCustomError("not_a_whole_number", detail)
    return value


def _answer(value: object) -> object:
    """As JSON writes it; pydantic would read `on`, `y`, `1` and more."""
    if isinstance(value, str):
        if value not in _ANSWERS:
            raise PydanticCustomError("not_true_or_false", "Write true or false.")
        return _ANSWERS[value]
    return value


# Behind an int and its bounds, which the description then has: Annotated[int, Field(ge=1), DIGITS, Query(...)].
DIGITS = BeforeValidator(_whole)
YesOrNo = Annotated[bool, BeforeValidator(_answer)]


def ids_of(dependant: Dependant) -> Iterator[str]:
    """The parts of its path that an operation, and what it depends on, reads as ids."""
    yield from (each.alias for each in dependant.path_params if each.field_info.annotation is UUID)
    for each in dependant.dependencies:
        yield from ids_of(each)


def names_of(dependant: Dependant) -> Iterator[str]:
    """The parameters that an operation, and what it depends on, takes in its query."""
    yield from (name for name, _ in parameters_of(dependant))


def parameters_of(dependant: Dependant) -> Iterator[tuple[str, object]]:
    """The same, each with its type; those of a model one by one."""
    for each in dependant.query_params:
        kind = each.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from ((field.alias or name, field.annotation) for name, field in kind.model_fields.items())
        else:
            yield each.alias, kind
    for inner in dependant.dependencies:
        yield from parameters_of(inner)


def check_address(query: bytes) -> None:
    """Raise Malformed for a query that is not UTF-8: what stands for such bytes is nothing that anybody typed."""
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        raise Malformed("The address is not UTF-8.") from None


def check_query(query: QueryParams, *, known: frozenset[str]) -> None:
    """Raise Invalid for a parameter that the operation does not know, or that is there twice.

    Passed over, `dryrun=true` would make a trial a real import; of two values nobody says which one is meant.
    """
    sent = Counter(name for name, _ in query.multi_items())
    wrong = {name: "unknown_parameter" for name in sent if name not in known}
    wrong |= {name: "repeated_parameter" for name, many in sent.items() if name in known and many > 1}
    if wrong:
        raise Invalid(
            "The address has a parameter that this operation does not take, or has one twice.",
            errors=tuple(_told(each, why, known=known) for each, why in islice(wrong.items(), _MOST_TOLD)),
        )


def check_path(request: Request, *, ids: frozenset[str]) -> None:
    """Raise Invalid for a part of a path that is written otherwise than the thing is called.

    Texts are trimmed and brought into NFC where they are read, and ids taken in braces or without hyphens: one thing
    would have many addresses. `ids`: the names of those that are ids; their letters may be large (RFC 9562 §4). Where
    the path is that of another operation, which takes another method, it is an HTTPException of 405.
    """
    wrong = [
        FieldError(name, "uuid_parsing", WORDS["uuid_parsing"])
        if name in ids
        else FieldError(name, "not_its_name", "Write it as it is called, with nothing round it.")
        for name, value in request.path_params.items()
        if not (ID.fullmatch(value) if name in ids else plain(value) == value)
    ]
    if wrong and is_called_otherwise(request):
        raise HTTPException(405)
    if wrong:
        raise Invalid(f"Not valid in the address: {', '.join(each.field for each in wrong)}.", errors=tuple(wrong))


def _told(name: str, why: str, *, known: frozenset[str]) -> FieldError:
    if why == "repeated_parameter":
        return FieldError(name, why, "Send it once.")
    detail = f"This operation has no such parameter. {choices(sorted(known), sent=name, begin='It takes')}"
    return FieldError(_named(name), why, detail)


def _named(name: str) -> str:
    """A name that the caller made up may be anything, a number of a person too."""
    return name if PLAIN_KEY.fullmatch(name) else "query"
