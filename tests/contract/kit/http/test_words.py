"""What is said of a wrong value, in every field of every body: a sentence that a stranger can use."""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from pydantic_core.core_schema import ErrorType

from deploy.services import BEHIND_THE_GATEWAY
from services.gateway.proxy.examples import follow
from shared.errors import FieldError
from shared.http.faults import WORDS, field_errors
from tests.contract.kit.privacy.bodies import Operation, example_of, operations
from tests.support import ROOT

WITH_BODY = [each for service in BEHIND_THE_GATEWAY for each in operations(service) if each.body is not None]
MARKER = "zqmarkerqz"
WRONG: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, float("inf"), "", MARKER, "x" * 6000, "\ud800", "\x00", "2026-02-30", [], {},
    [MARKER], {MARKER: MARKER}, [None] * 3000,
)  # fmt: skip
# Of Python, of pydantic, of regular expressions, or of somebody who thinks of values as input.
JARGON = re.compile(
    r"\b(dict(ionary)?|tuple|float|None|regular expression|pattern|regex|pydantic|input|instance|validat\w+|parse\w*|"
    r"argument|keyword|str|int|bool|UTF-8 string|unicode|NoneType)\b|\^(?!\")|\{|\\",
)


def faults_of(operation: Operation, sent: object) -> tuple[FieldError, ...]:
    """What a caller is told of a body."""
    assert operation.body is not None
    try:
        read = operation.body.model_validate(sent)
    except ValidationError as wrong:
        return field_errors(wrong.errors(), sent=sent, model=operation.body)
    return tuple(fault for each in getattr(read, "reports", ()) for fault in getattr(each, "faults", ()))


def planted(value: Any) -> Iterator[Any]:
    """The same value, with each wrong one in each of its places, and beside each of its members."""
    yield from WRONG
    if isinstance(value, dict):
        yield {**value, MARKER: 1}
        for name, each in value.items():
            yield {key: inner for key, inner in value.items() if key != name}
            yield from ({**value, name: inner} for inner in planted(each))
    if isinstance(value, list):
        for place, each in enumerate(value):
            yield from ([*value[:place], inner, *value[place + 1 :]] for inner in planted(each))


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_every_fault_is_told_in_words_of_ours(operation: Operation) -> None:
    """A whole sentence without jargon, which repeats nothing of what was sent."""
    assert operation.body is not None
    told = {each.detail for sent in planted(example_of(operation.body)) for each in faults_of(operation, sent)}
    assert told
    assert [each for each in told if JARGON.search(each) or MARKER in each or not each.endswith((".", "?"))] == []


def test_every_kind_of_pydantics_has_a_sentence() -> None:
    """Also those that no field here can have today, and whatever pydantic says of them."""
    said = "Input should be a valid dictionary matching pattern ^[a-z]$"
    for kind in get_args(ErrorType):
        wrong = {"type": kind, "loc": ("body", "name"), "msg": said, "input": MARKER, "ctx": {"error": "invalid"}}
        (told,) = field_errors([wrong], sent={"name": MARKER})
        assert told.detail
        assert not JARGON.search(told.detail), kind
        assert MARKER not in told.detail
    assert set(WORDS) <= set(get_args(ErrorType))


@pytest.mark.parametrize("service", BEHIND_THE_GATEWAY)
def test_who_misspells_is_told_the_names(service: str) -> None:
    """Each field of each body with a letter too much: the nearest is asked for, and all are listed."""
    for operation in operations(service):
        if operation.body is None:
            continue
        for name in operation.body.model_fields:
            sent = {**example_of(operation.body), f"{name}s": 1}
            told = [each for each in faults_of(operation, sent) if each.code == "unknown_field"]
            assert [f"Did you mean {name}?" in each.detail for each in told] == [True], (operation, name)
            assert all(field in told[0].detail for field in operation.body.model_fields)


def enums(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[list[str]]:
    """The lists of words in a schema, of those that are sent."""
    shape = follow(document, schema)
    if "enum" in shape:
        yield ["a tab" if each == "\t" else str(each) for each in shape["enum"]]
    for each in (*shape.get("anyOf", ()), *([shape["items"]] if "items" in shape else ())):
        yield from enums(document, each)


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_a_word_that_is_none_is_answered_with_the_list(operation: Operation) -> None:
    """Each field that is one of some words."""
    assert operation.body is not None
    document = json.loads((ROOT / "services" / operation.service / "openapi.json").read_text("utf-8"))
    shape = document["components"]["schemas"].get(operation.body.__name__, {})
    fields = {name: each for name, each in shape.get("properties", {}).items() if not each.get("readOnly")}
    for name, field in fields.items():
        for words in enums(document, field):
            listed = "items" in follow(document, field)
            sent = {**example_of(operation.body), name: [MARKER] if listed else MARKER}
            told = " ".join(each.detail for each in faults_of(operation, sent))
            assert all(word in told for word in words), (name, told)
