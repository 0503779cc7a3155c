"""What partners follow things by stands in each message of such a thing"""

from collections import defaultdict

import pytest

from shared.access.telling import TOLD, categories_of
from shared.messages import Message
from shared.messages.reports import ReportCorrected, ReportReviewed

FOLLOWED = ("category", "area_code")


def told_by_topic() -> dict[str, list[type[Message]]]:
    """The messages that anybody may be told, by topic: those of one are of one thing."""
    found: dict[str, list[type[Message]]] = defaultdict(list)
    for message in TOLD:
        found[message.topic].append(message)
    return found


@pytest.mark.parametrize("name", FOLLOWED)
def test_each_message_of_a_thing_says_what_it_is_followed_by(name: str) -> None:
    """Else a subscription that asks for it is told of all, or misses that a thing is another one now."""
    for topic, messages in told_by_topic().items():
        having = {message.type for message in messages if name in message.model_fields}
        assert having in (set(), {message.type for message in messages}), topic


def test_a_change_says_what_there_was_before() -> None:
    """The message that carries a thing's new area and category carries those that it had."""
    assert {"moved_from", "category_from"} <= set(ReportCorrected.model_fields)


def test_messages_of_before_can_still_be_followed() -> None:
    """One that says no category passes every filter, as it did."""
    told = {"sequence": 2, "report_id": "01939c3e-7a10-7c4e-9f00-00004bd2a4c0", "outcome": "accepted", "counts": True}
    old = ReportReviewed.model_validate(told | {"organisation_id": told["report_id"]})
    assert categories_of(old) is None
    assert categories_of(old.model_copy(update={"category": "order"})) == frozenset({"order"})
