"""Which facts a subscription asks for: by type, by category, by area with all areas below it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.notify.webhooks.signatures import Key
from shared.access import Role

# Each report is a row for every one that asks: with a hundred, one organisation's batches kept others' webhooks waiting
# for 40 s (measured).
MOST_PER_ORGANISATION = 20

Status = Literal["active", "paused", "disabled"]
Signature = Literal["v1", "v1a"]

# A geometry makes a body larger than the 20 kB that the standard asks for; receivers know areas by their code.
_NEVER_SENT = frozenset({"geometry"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a filter looks at. `category` and `path` are None where this kind of fact has none.

    path: area codes from the root down to the area of the fact; empty where the place is not known.
    """

    type: str
    told_at: datetime
    category: str | None
    path: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a subscription asks for; an empty set asks for all."""

    subscription_id: UUID
    types: frozenset[str]
    categories: frozenset[str]
    area_codes: frozenset[str]
    since: datetime


def wants(asked: Filter, fact: Fact) -> bool:
    """Whether a fact is asked for: told after the subscription was made, and not held back by any of its filters.

    A kind of fact that has no categories or no areas at all passes that filter.
    """
    return (
        fact.told_at >= asked.since
        and (not asked.types or fact.type in asked.types)
        and (not asked.categories or fact.category is None or fact.category in asked.categories)
        and (not asked.area_codes or fact.path is None or not asked.area_codes.isdisjoint(fact.path))
    )


def shown(fields: dict[str, Any], *, hidden: Collection[str] = ()) -> dict[str, Any]:
    """The fields of a message that a webhook carries."""
    return {name: value for name, value in fields.items() if name not in _NEVER_SENT and name not in hidden}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a subscription's webhooks go. `version` grows with every change of the subscription.

    keys: newest first, each with the time after which it no longer signs (None: until it is replaced).
    """

    id: UUID
    organisation_id: UUID
    role: Role
    version: int
    url: str
    keys: tuple[tuple[Key, datetime | None], ...]
    failing_since: datetime | None
    verified: bool

    def keys_at(self, now: datetime) -> list[Key]:
        """The keys that sign at this moment."""
        return [key for key, until in self.keys if until is None or now < until]
