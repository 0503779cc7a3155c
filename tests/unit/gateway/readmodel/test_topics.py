"""The topics of the read model are all there is, each once."""

from collections import Counter

from services.gateway.readmodel.overview import Overview
from services.gateway.readmodel.topics import TOPICS
from services.gateway.tables import tables
from shared.messages import MESSAGES

# What the gateway owns itself, and the feed, which is everything's.
NOT_OF_A_TOPIC = {
    "organisations", "clients", "client_secrets", "api_keys", "audit", "users", "sessions", "sign_in_tries",
    "feed", "feed_epoch",
}  # fmt: skip


def test_every_message_belongs_to_exactly_one_topic() -> None:
    """What is told is read, and by whom is no question."""
    assert Counter(message for topic in TOPICS for message in topic.messages) == Counter(MESSAGES)


def test_every_table_of_the_read_model_is_filled_by_exactly_one_topic() -> None:
    """So a rebuilding empties all of it."""
    filled = Counter(table.name for topic in TOPICS for table in topic.tables)
    assert filled == Counter(tables.tables.keys() - NOT_OF_A_TOPIC)


def test_no_field_of_the_overview_is_two_topics() -> None:
    """Each field has one topic to ask about."""
    named = [name for topic in TOPICS if topic.overview for name in topic.overview.fields]
    assert Counter(("period", "previous", *named, "feed_cursor")) == Counter(list(Overview.model_fields))
