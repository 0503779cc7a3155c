"""Everything that changes state, one module per noun, and the call that wakes the dispatcher after a commit."""

from services.notify.commands.deliveries import replay_delivery, send_test
from services.notify.commands.subscriptions import (
    change_status,
    create_subscription,
    delete_subscription,
    make_secret,
    public_half,
    replace_secret,
)

__all__ = [
    "change_status",
    "create_subscription",
    "delete_subscription",
    "make_secret",
    "public_half",
    "replace_secret",
    "replay_delivery",
    "send_test",
]
