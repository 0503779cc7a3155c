"""Each way of breaking with messages that are out is planted, and refused; what may change passes."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.contracts.__main__ import incompatible, stale
from deploy.contracts.compatibility import breaks
from deploy.contracts.messages import message_schemas

Schema = dict[str, Any]
OLD: Schema = {
    "x-topic": "reports.report.v1",
    "x-key": "report_id",
    "properties": {
        "report_id": {"type": "string", "format": "uuid"},
        "severity": {"type": "integer", "minimum": 1, "maximum": 3},
        "kind": {"enum": ["public", "residential"], "type": "string"},
        "note": {"anyOf": [{"type": "string", "maxLength": 20}, {"type": "null"}], "default": None},
        "path": {"type": "array", "items": {"type": "string"}},
        "place": {"$ref": "#/$defs/Place"},
    },
    "required": ["report_id", "severity", "kind", "path"],
    "$defs": {"Place": {"type": "object", "properties": {"code": {"type": "string"}, "name": {"type": "string"}}}},
}


def changed(change: Callable[[Schema], object]) -> Schema:
    """The old schema after a change."""
    new = copy.deepcopy(OLD)
    change(new)
    return new


def fields(schema: Schema) -> Schema:
    """A schema's fields."""
    found: Schema = schema["properties"]
    return found


BREAKING: dict[str, tuple[Callable[[Schema], object], str]] = {
    "removed": (lambda new: fields(new).pop("note"), "note is gone"),
    "renamed": (lambda new: fields(new).update(remark=fields(new).pop("note")), "note is gone"),
    "removed inside": (lambda new: new["$defs"]["Place"]["properties"].pop("name"), "place.name is gone"),
    "made required": (lambda new: new["required"].append("note"), "note was optional and is required"),
    "new and required": (
        lambda new: (fields(new).update(extra={"type": "string"}), new["required"].append("extra")),
        "extra is new and required",
    ),
    "another type": (lambda new: fields(new)["severity"].update(type="string"), "severity was of type integer"),
    "null no longer": (
        lambda new: fields(new).update(note={"type": "string", "maxLength": 20}),
        "note was of type null",
    ),
    "choice gone": (lambda new: fields(new)["kind"]["enum"].remove("public"), "kind no longer takes public"),
    "choice made of text": (
        lambda new: fields(new)["path"].update(items={"type": "string", "enum": ["a"]}),
        "path[] no longer takes everything",
    ),
    "one value only": (lambda new: fields(new).update(kind={"type": "string", "const": "public"}), "no longer takes"),
    "higher minimum": (lambda new: fields(new)["severity"].update(minimum=2), "minimum was 1 and is 2"),
    "lower maximum": (lambda new: fields(new)["severity"].update(maximum=2), "maximum was 3 and is 2"),
    "a bound where none was": (lambda new: fields(new)["path"].update(maxItems=5), "maxItems was open and is 5"),
    "shorter text": (lambda new: fields(new)["note"]["anyOf"][0].update(maxLength=10), "maxLength was 20 and is 10"),
    "a pattern": (lambda new: fields(new)["report_id"].update(pattern="^0"), "pattern was open"),
    "a format": (lambda new: new["$defs"]["Place"]["properties"]["code"].update(format="uuid"), "format was open"),
    "items of another type": (lambda new: fields(new)["path"].update(items={"type": "integer"}), "path[] was of type"),
    "another key": (lambda new: new.update({"x-key": "organisation_id"}), "its key was report_id"),
    "another topic": (lambda new: new.update({"x-topic": "reports.other.v1"}), "its topic was reports.report.v1"),
}
FITTING: dict[str, Callable[[Schema], object]] = {
    "nothing": lambda _: None,
    "a field with a default": lambda new: fields(new).update(extra={"type": "string", "default": ""}),
    "made optional": lambda new: new["required"].remove("severity"),
    "null as well": lambda new: fields(new).update(severity={"anyOf": [fields(new)["severity"], {"type": "null"}]}),
    "one more choice": lambda new: fields(new)["kind"]["enum"].append("semi_public"),
    "a choice opened": lambda new: fields(new)["kind"].pop("enum"),
    "wider range": lambda new: fields(new)["severity"].update(minimum=0, maximum=5),
    "any number": lambda new: fields(new)["severity"].update(type="number"),
    "no bound": lambda new: fields(new)["severity"].pop("maximum"),
    "other words": lambda new: fields(new)["severity"].update(description="How bad", title="Severity"),
    "the same in another place": lambda new: fields(new).update(place=new["$defs"]["Place"]),
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_breaking_change_is_refused_with_its_reason(name: str) -> None:
    """Old messages could no longer be read, or would mean something else."""
    change, reason = BREAKING[name]
    found = breaks(OLD, changed(change))
    assert any(reason in each for each in found), found


@pytest.mark.parametrize("name", FITTING)
def test_a_change_that_old_messages_survive_passes(name: str) -> None:
    """Old messages can still be read, and mean the same."""
    assert breaks(OLD, changed(FITTING[name])) == []


def test_a_committed_schema_guards_its_message(tmp_path: Path) -> None:
    """A field that the code dropped, and a type that it dropped, are named from the committed files alone."""
    files = message_schemas()
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert incompatible(files, root=tmp_path) == []
    assert stale(files, root=tmp_path) == []
    some = next(path for path in files if path.stem == "report.submitted.v1")
    was = json.loads(files[some])
    was["properties"]["reporter_kind"] = {"type": "string"}
    (tmp_path / some).write_text(json.dumps(was))
    (tmp_path / some.with_name("report.lost.v1.json")).write_text(files[some])
    assert sorted(incompatible(files, root=tmp_path)) == [
        "report.lost.v1 is gone from shared/messages",
        "report.submitted.v1: reporter_kind is gone",
    ]
    assert stale(files, root=tmp_path) == [some.with_name("report.lost.v1.json"), some]
