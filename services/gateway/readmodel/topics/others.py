"""What stands in the feed and nowhere else: safety walks, and webhooks that were stopped."""

from services.gateway.readmodel.topic import Topic
from shared.messages.notify import SubscriptionDisabled
from shared.messages.walks import WalkClosed, WalkPlanned, WalkWalked

TOPIC = Topic(messages=(WalkPlanned, WalkWalked, WalkClosed, SubscriptionDisabled))
