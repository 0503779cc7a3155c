"""Who sees what of the feed: the table of `shared.access` by what each message says it is about and whose that is.

Default is deny: a message that belongs to no topic is shown to nobody, and neither is a thing without a row there.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.gateway.tables import areas, feed
from shared.access import Principal, sight
from shared.access.telling import coarse_facts
from shared.messages import Message


class Told(NamedTuple):
    """The types of messages about one thing that a reader sees alike."""

    thing: str
    whose: tuple[str, ...]
    made_in: str
    unless_in: str
    also_in: str
    coarse: frozenset[str]
    types: list[str]

    @property
    def rows(self) -> sight.Rows:
        """The messages of the feed that are about such a thing."""
        return sight.Rows(
            thing=self.thing,
            whose=tuple(sa.cast(feed.c.data[name].astext, sa.Uuid) for name in self.whose),
            area=feed.c.area_code,
            areas=areas,
            made_in=sa.func.coalesce(feed.c.data[self.made_in].astext, "") if self.made_in else None,
            unless_in=sa.func.coalesce(feed.c.data[self.unless_in].astext, "") if self.unless_in else None,
            also_in=feed.c.data[self.also_in].astext if self.also_in else None,
        )


def alike(messages: Iterable[type[Message]]) -> list[Told]:
    """Messages by what they are about, so that a rule many share stands in a query once."""
    types: dict[tuple[str, tuple[str, ...], str, str, str, frozenset[str]], list[str]] = {}
    for message in messages:
        rule = (
            message.thing,
            message.whose,
            message.made_in,
            message.unless_in,
            message.also_in,
            coarse_facts(message),
        )
        types.setdefault(rule, []).append(message.type)
    return [Told(*rule, of) for rule, of in types.items()]


def visible(principal: Principal, told: Told) -> sa.ColumnElement[bool]:
    """The messages that this reader may have."""
    return feed.c.type.in_(told.types) & sight.visible(principal, told.rows)


def data(principal: Principal, told: Told) -> sa.ColumnElement[Any]:
    """What of a message's data this reader may have."""
    if principal.sees_all(told.thing):
        return feed.c.data
    names = ", ".join(f"'{name}'" for name in sorted(told.coarse))
    coarse: sa.ColumnElement[Any] = sa.literal_column(
        f"(SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(feed.data) WHERE key IN ({names}))"
    )
    return sa.case((sight.in_full(principal, told.rows), feed.c.data), else_=coarse)


def at(principal: Principal, told: Told, *, zone: str) -> sa.ColumnElement[Any]:
    """When a message was told: the moment for who may have all of it, for others the beginning of its day in a zone."""
    if principal.sees_all(told.thing):
        return feed.c.at
    return sa.case((sight.in_full(principal, told.rows), feed.c.at), else_=sa.func.date_trunc("day", feed.c.at, zone))
