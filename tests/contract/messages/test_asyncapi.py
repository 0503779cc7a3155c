"""The AsyncAPI document and the pages beside it are current, whole, and point to what is there."""

import json
from typing import Any

from deploy.contracts import messages
from deploy.contracts.__main__ import main, stale
from shared.messages import MESSAGES, TOPICS
from tests.support import ROOT


def test_the_committed_files_are_current() -> None:
    """`make contracts` would change nothing."""
    assert stale({**messages.message_schemas(), **messages.asyncapi(), **messages.readable()}) == []


def test_every_topic_and_message_is_in_it() -> None:
    """AsyncAPI 3.0: a channel and a send operation per topic, each message once."""
    document = read()
    assert document["asyncapi"] == "3.0.0"
    assert sorted(document["channels"]) == list(TOPICS)
    assert {each["channel"]["$ref"] for each in document["operations"].values()} == {
        f"#/channels/{topic}" for topic in TOPICS
    }
    assert set(document["components"]["messages"]) == {messages.name_of(each) for each in MESSAGES}
    assert all(each["examples"] for each in document["components"]["messages"].values())


def test_every_reference_leads_somewhere() -> None:
    """Inside the document, and to the schema files beside it."""
    document = read()
    found = list(references(document))
    assert len(found) > len(MESSAGES)
    for reference in found:
        file, _, pointer = reference.partition("#")
        if file:
            assert (ROOT / messages.FOLDER / file).is_file(), reference
        target: Any = document
        for step in pointer.split("/")[1:]:
            target = target[step]


def test_the_page_names_every_message() -> None:
    """With its key and all its fields."""
    page = (ROOT / messages.FOLDER / "README.md").read_text()
    for message in MESSAGES:
        part = page.split(f"\n### {message.type}\n")[1].split("\n### ")[0]
        assert f"Key: `{message.keyed_by}`" in part
        assert all(f"| `{name}` |" in part for name in message.model_fields)


def test_a_word_that_is_no_command_is_answered(capsys: Any) -> None:
    """With the commands there are, and exit code 2."""
    assert main(["paint"]) == 2
    assert "write | check | migration" in capsys.readouterr().err


def read() -> dict[str, Any]:
    """The committed document."""
    document: dict[str, Any] = json.loads((ROOT / messages.FOLDER / "asyncapi.json").read_text())
    return document


def references(part: Any) -> list[str]:
    """Every $ref in a document."""
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return [*own, *(each for value in part.values() for each in references(value))]
    return [each for value in part for each in references(value)] if isinstance(part, list) else []
