"""Which facts a subscription asks for: by type, by category, by area with all areas below it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.notify.webhooks.signatures import Key
from shared.access import Role
from shared.errors import FieldError, Invalid

# Each report is a row for every one that asks: with a hundred, one organisation's batches kept others' webhooks waiting
# for 40 s (measured).
MOST_PER_ORGANISATION = 20

Status = Literal["active", "paused", "disabled"]
Signature = Literal["v1", "v1a"]
# A subscription, and the URL that it led to when something was sent: what comes of that says nothing of another URL.
Reached = tuple[UUID, str]
# What may be changed without having been read: nothing of it can be lost.
AT_ANY_TIME = frozenset({"status"})
_LISTS = frozenset({"types", "categories", "area_codes"})

# A geometry makes a body larger than the 20 kB that the standard asks for; receivers know areas by their code.
_NEVER_SENT = frozenset({"geometry"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a filter looks at. `categories` and `path` are None where this kind of fact has none.

    categories: the one that its thing has, and the one that it had before, where that changed.
    path: area codes from the root down to the area of the fact; empty where the place is not known.
    """

    type: str
    told_at: datetime
    categories: frozenset[str] | None
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

    A kind of fact that has no categories or no areas at all passes that filter. Of two categories, one is enough: who
    followed a thing is told that it is of another one now.
    """
    return (
        fact.told_at >= asked.since
        and (not asked.types or fact.type in asked.types)
        and (not asked.categories or fact.categories is None or not asked.categories.isdisjoint(fact.categories))
        and (not asked.area_codes or fact.path is None or not asked.area_codes.isdisjoint(fact.path))
    )


def changes(kept: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What differs of a subscription after a change: columns and their new values; empty where nothing does.

    A new URL has to be proved anew, and nothing is known of how it answers. Raises Invalid for a status that nobody
    gives.
    """
    asked = {name: in_order(value) if name in _LISTS else value for name, value in said.items()}
    differing = {name: value for name, value in asked.items() if kept[name] != value}
    if differing.get("status") == "disabled":
        fault = FieldError("/status", "not_given", "One of active, paused. What is not to be told any more is deleted.")
        raise Invalid("A subscription is disabled by what its endpoint answers.", errors=(fault,))
    if "url" in differing:
        differing["verified_at"] = None
    if {"url", "status"} & differing.keys():
        differing |= {"failing_since": None, "held_until": None}
    return differing


def in_order(codes: Collection[str]) -> list[str]:
    """The words of a filter as they are kept: each once."""
    return sorted(set(codes))


def shown(fields: dict[str, Any], *, hidden: Collection[str] = ()) -> dict[str, Any]:
    """The fields of a message that a webhook carries."""
    return {name: value for name, value in fields.items() if name not in _NEVER_SENT and name not in hidden}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a subscription's webhooks go. `version` grows with every change of the subscription.

    keys: newest first, each with the time after which it no longer signs (None: until it is replaced). held_until:
    what its subscriber was told last.
    """

    id: UUID
    organisation_id: UUID
    role: Role
    version: int
    url: str
    keys: tuple[tuple[Key, datetime | None], ...]
    failing_since: datetime | None
    held_until: datetime | None
    verified: bool

    @property
    def reached(self) -> Reached:
        """Whose endpoint it is, and where."""
        return self.id, self.url

    def keys_at(self, now: datetime) -> list[Key]:
        """The keys that sign at this moment."""
        return [key for key, until in self.keys if until is None or now < until]
