"""Everything that reads, one module per noun. What partners read is filtered by their organisation, in the query."""

from services.notify.queries.deliveries import list_attempts, list_deliveries
from services.notify.queries.subscriptions import get_secret, get_subscription, list_subscriptions

__all__ = ["get_secret", "get_subscription", "list_attempts", "list_deliveries", "list_subscriptions"]
