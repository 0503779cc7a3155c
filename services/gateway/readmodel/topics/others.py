"""What stands in the feed and nowhere else: safety walks; and what the gateway ended, which nobody is told."""

from services.gateway.readmodel.topic import Topic
from shared.messages.gateway import CredentialEnded, SubscriptionStopped
from shared.messages.walks import (
    WalkChanged,
    WalkClosed,
    WalkDeleted,
    WalkPlanned,
    WalkRemoved,
    WalkReturned,
    WalkWalked,
)

TOPIC = Topic(
    messages=(
        WalkPlanned, WalkWalked, WalkClosed, WalkChanged, WalkDeleted, WalkRemoved, WalkReturned, CredentialEnded,
        SubscriptionStopped,
    )
)  # fmt: skip
