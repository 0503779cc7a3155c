"""Messages that were told once can be read for ever, and what is told now is what the contracts say."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest

from deploy.contracts.examples import missing_examples
from deploy.contracts.messages import GOLDEN, name_of, schema_of
from deploy.services import SERVICES
from shared.messages import BY_TYPE, COMPACTED, MESSAGES, TOPICS, Message
from shared.service import topics_of
from shared.travel.envelope import seal
from tests.support import ROOT

FILES = sorted((ROOT / GOLDEN).glob("*.json"))


def message_class(file: Path) -> type[Message]:
    """The class that reads a golden file: `<type>.v<major>.<number>.json`."""
    kind, version, _ = file.stem.rsplit(".", 2)
    found = BY_TYPE[kind]
    assert name_of(found) == f"{kind}.{version}"
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_message_that_was_told_can_still_be_read(file: Path) -> None:
    """Every field arrives, with the value it was sent with; nothing is lost on the way through."""
    told = json.loads(file.read_text())
    read = message_class(file).model_validate_json(file.read_bytes())
    again = read.model_dump(mode="json")
    assert {name: again.get(name) for name in told} == told
    assert read.key == str(told[read.keyed_by])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_moments_that_go_out_end_in_z(file: Path) -> None:
    """When it was told, and every moment in it: one writer for all."""
    sealed = seal(message_class(file).model_validate_json(file.read_bytes()), source="test")
    assert json.loads(sealed.headers)["ce_time"].endswith("Z")
    assert b"+00:00" not in sealed.value


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_message_that_was_told_fits_the_published_schema(file: Path) -> None:
    """What partners validate with takes every message ever told."""
    jsonschema.validate(
        json.loads(file.read_text()),
        schema_of(message_class(file)),
        cls=jsonschema.Draft202012Validator,
        format_checker=jsonschema.FormatChecker(),
    )


def test_every_field_of_every_message_is_shown() -> None:
    """A new message or field needs a golden file: `make contracts` drafts one."""
    assert missing_examples(ROOT) == {}


def test_unknown_fields_are_passed_over() -> None:
    """A newer producer's field stops no older consumer."""
    for file in FILES:
        told = {**json.loads(file.read_text()), "from_the_future": {"any": "thing"}}
        assert not hasattr(message_class(file).model_validate(told), "from_the_future")


def test_each_message_has_a_topic_of_its_producer_and_a_key() -> None:
    """Topics are <service>.<noun>.v<major>, keyed by a field that is always there; types are unique."""
    assert {BY_TYPE[message.type] for message in MESSAGES} == set(MESSAGES)  # tests have messages of their own beside
    for message in MESSAGES:
        service, noun, version = message.topic.split(".")
        assert service in SERVICES, message
        assert noun.isidentifier(), message
        assert version[0] == "v", message
        assert version[1:].isdigit(), message
        assert message.model_fields[message.keyed_by].is_required(), message
        assert message.model_config["frozen"], message
        assert (message.__doc__ or "").strip(), message


def test_every_topic_is_made_by_its_producer() -> None:
    """The services together make all topics, each its own, compacted where it is reference data."""
    made = [topic for service in SERVICES for topic in topics_of(service)]
    assert sorted(topic.name for topic in made) == list(TOPICS)
    assert {topic.name for topic in made if topic.compacted} == COMPACTED


# Text that a message may hold although it is neither a code nor chosen from a list: names that an office published.
PUBLIC_NAMES = {("area.changed", "name"), ("organisation.changed", "name")}
# Drawn by lot, between services only.
SECRETS = {("publication.counted", "secret")}
CODES = {
    "category", "subcategory", "area_code", "cell", "code", "kind", "status", "scale_class", "path", "areas", "role",
    "moved_from", "category_from", "moved_to",
    "categories", "credential", "handed_to", "made_by", "scopes",  # as `client_…` names one
}  # fmt: skip


def test_no_message_has_a_field_for_free_text() -> None:
    """Every field is an id, a number, a time, a code or a choice. A new kind of text has to be argued for here."""
    for message in MESSAGES:
        free = {name for name, field in schema_of(message)["properties"].items() if any(_texts(field))}
        assert {(message.type, name) for name in free - CODES} <= PUBLIC_NAMES | SECRETS


def _texts(field: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in field.get("anyOf", [field]):
        if each.get("type") == "array":
            yield from _texts(each["items"])
        elif each.get("type") == "string" and "enum" not in each and "const" not in each and "format" not in each:
            yield each


def test_times_and_ids_are_what_they_seem() -> None:
    """Times say their zone and ids are version 7, in the examples that everybody copies."""
    for file in FILES:
        for name, value in json.loads(file.read_text()).items():
            if name.endswith("_at"):
                assert datetime.fromisoformat(value).tzinfo is not None, file
            if name.endswith("_id"):
                assert UUID(value).version == 7, file
