"""Who sees what of the feed and of the rows behind the overview: the table of `shared.access`, in a query.

A topic takes one of these or brings its own: default is deny, for what belongs to no topic is shown to nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.gateway.tables import areas, feed
from shared.access import COARSE_FACTS, Principal, sight

Condition = Callable[[Principal], sa.ColumnElement[bool]]
Data = Callable[[Principal], sa.ColumnElement[Any]]

_COARSE: sa.ColumnElement[Any] = sa.literal_column(
    "(SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(feed.data) WHERE key IN ("
    + ", ".join(f"'{name}'" for name in sorted(COARSE_FACTS))
    + "))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a reader sees of a topic in the feed: which messages, and what of them."""

    rows: Condition
    data: Data


def near(
    principal: Principal, *, organisation: sa.ColumnElement[Any], area: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """Rows behind the overview: one's own and those in one's areas, for every role.

    Wider than the feed: who walks at night and gets only counts of reports still learns here what waits around them.
    """
    if principal.sees_everything:
        return sa.true()
    inside = sight.inside(principal, area=area, areas=areas)
    return sa.or_(sight.own(principal, organisation=organisation), inside)


def by_table(principal: Principal) -> sa.ColumnElement[bool]:
    """Messages that the access table lets this reader have one by one."""
    return sight.rows(principal, organisation=feed.c.organisation_id, area=feed.c.area_code, areas=areas)


def _own_or(principal: Principal, others: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    if principal.sees_everything:
        return feed.c.data
    return sa.case((sight.own(principal, organisation=feed.c.organisation_id), feed.c.data), else_=others)


def coarse(principal: Principal) -> sa.ColumnElement[Any]:
    """Of others' messages only what is coarse of a report."""
    return _own_or(principal, _COARSE)


def without_whose(principal: Principal) -> sa.ColumnElement[Any]:
    """Of others' messages everything but whose they are."""
    return _own_or(principal, feed.c.data - "organisation_id")


BY_TABLE = Seen(rows=by_table, data=without_whose)
BY_EVERYBODY = Seen(rows=lambda _: sa.true(), data=lambda _: feed.c.data)
