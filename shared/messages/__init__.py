"""The facts that travel on the bus, one module per producing service. This module is their register.

A message is whatever class of one of these modules has a `type`: what is written there cannot be forgotten here.
"""

from shared.messages import events, gateway, notify, reports, walks
from shared.messages.base import Message

MESSAGES: tuple[type[Message], ...] = tuple(
    each
    for producer in (reports, walks, events, notify, gateway)
    for each in vars(producer).values()
    if isinstance(each, type) and issubclass(each, Message) and "type" in vars(each)
)
BY_TYPE = {message.type: message for message in MESSAGES}
TOPICS = tuple(sorted({message.topic for message in MESSAGES}))
# Reference data: the bus keeps the last message of every key, so that a new consumer can build its copy.
COMPACTED = frozenset({reports.AreaChanged.topic, gateway.OrganisationChanged.topic})

__all__ = ["BY_TYPE", "COMPACTED", "MESSAGES", "TOPICS", "Message"]
