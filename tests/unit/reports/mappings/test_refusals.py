"""What is said of a mapping that cannot be kept: where, by a code of ours, in a sentence that stands alone."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from services.reports.mappings.kept import SentMapping
from shared.http.faults import CODES, field_errors

GOOD: dict[str, Any] = {"columns": {"occurred_from": "at", "category": "kind"}}
PLACED: dict[str, Any] = {"columns": {**GOOD["columns"], "x": "x", "y": "y"}, "crs": "EPSG:3006"}
TWO_WORDS: dict[str, Any] = {"values": {"category": {"Secret": "order", "secret": "drugs"}}}
READ: TypeAdapter[Any] = TypeAdapter(SentMapping)

REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no day": ({"columns": {"category": "kind"}}, "/columns/occurred_from", "needed"),
    "no category": ({"columns": {"occurred_from": "at"}}, "/columns/category", "needed"),
    "both": (GOOD | {"constants": {"category": "order"}}, "/constants/category", "said_twice"),
    "x alone": ({"columns": {**GOOD["columns"], "x": "x"}, "crs": "EPSG:3006"}, "/columns/y", "needed"),
    "no system": ({"columns": PLACED["columns"]}, "/crs", "needed"),
    "another system": (PLACED | {"crs": "EPSG:1"}, "/crs", "unknown_crs"),
    "two places": (PLACED | {"columns": {**PLACED["columns"], "point": "p"}}, "/columns/point", "said_twice"),
    "a code": (GOOD | {"values": {"category": {"Secret": "robbery"}}}, "/values/category", "unknown_category"),
    "a default": (GOOD | {"defaults": {"category": "robbery"}}, "/defaults/category", "unknown_category"),
    "a constant": (GOOD | {"constants": {"severity": 4}}, "/constants/severity", "not_a_severity"),
    "two words": (GOOD | TWO_WORDS, "/values/category", "said_twice"),
    "a format": (GOOD | {"datetime_format": "Secret"}, "/datetime_format", "unknown_format"),
    "a second format": (GOOD | {"datetime_format": ["ymd", "%H:%M"]}, "/datetime_format/1", "unknown_format"),
    "a format twice": (GOOD | {"datetime_format": "%Y-%m-%d %d"}, "/datetime_format", "unknown_format"),
    "an encoding": (GOOD | {"encoding": "Secret"}, "/encoding", "unknown_word"),
    "a field": (GOOD | {"colums": {}}, "/colums", "unknown_field"),
    "a sheet": (GOOD | {"sheet": 0}, "/sheet", "greater_than_equal"),
    "a list": (GOOD | {"columns": []}, "/columns", "not_an_object"),
}  # fmt: skip


@pytest.mark.parametrize("as_read", [False, True])
@pytest.mark.parametrize(("mapping", "field", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_named(mapping: dict[str, Any], field: str, code: str, as_read: bool) -> None:
    """One sentence for one fault, also within what GET gave; no word of the caller's is repeated."""
    sent = {"mapping": mapping} if as_read else mapping
    with pytest.raises(ValidationError) as wrong:
        READ.validate_python(sent)
    faults = [{**each, "loc": ("body", *each["loc"])} for each in wrong.value.errors()]
    (told,) = field_errors(faults, sent=sent, model=SentMapping)
    assert (told.field, told.code) == (f"/mapping{field}" if as_read else field, code)
    assert not told.detail.startswith(("is ", "has ", "holds ", "leaves "))
    assert told.detail.endswith((".", "?"))
    assert "ecret" not in told.detail


def test_a_misspelled_field_is_answered_with_the_names() -> None:
    """Of a mapping alone, and of one within what GET gave."""
    for sent, way in (({**GOOD, "colums": {}}, ()), ({"mapping": {**GOOD, "colums": {}}}, ("mapping",))):
        with pytest.raises(ValidationError) as wrong:
            READ.validate_python(sent)
        (told,) = field_errors(
            [{**each, "loc": ("body", *each["loc"])} for each in wrong.value.errors()], sent=sent, model=SentMapping
        )
        assert told.field == "/".join(("", *way, "colums"))
        assert "Did you mean columns?" in told.detail


def test_no_code_speaks_of_python() -> None:
    """Each of pydantic's that does is called otherwise."""
    assert not any(name in code for code in CODES.values() for name in ("model", "literal", "dict", "parsing"))
