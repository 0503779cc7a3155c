"""The facts that travel on the bus, one module per producing service. This module is their register."""

from shared.messages import events, gateway, notify, reports, walks
from shared.messages.base import Message

MESSAGES: tuple[type[Message], ...] = (
    reports.AreaChanged,
    reports.ReportSubmitted,
    reports.ReportCorrected,
    reports.ReportReviewed,
    reports.ReportWithdrawn,
    walks.WalkPlanned,
    walks.WalkWalked,
    walks.WalkClosed,
    walks.FindingRaised,
    walks.FindingAnswered,
    events.GatheringRegistered,
    events.GatheringChanged,
    events.GatheringCancelled,
    notify.SubscriptionDisabled,
    gateway.OrganisationChanged,
)
BY_TYPE = {message.type: message for message in MESSAGES}
TOPICS = tuple(sorted({message.topic for message in MESSAGES}))
# Reference data: the bus keeps the last message of every key, so that a new consumer can build its copy.
COMPACTED = frozenset({reports.AreaChanged.topic, gateway.OrganisationChanged.topic})

__all__ = ["BY_TYPE", "COMPACTED", "MESSAGES", "TOPICS", "Message"]
