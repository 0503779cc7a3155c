"""Facts from the bus become deliveries: each body once, a row for each subscription that asks and may know."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.deliveries.commands import NewBody, store_bodies
from services.notify.matching.queries import load_paths
from services.notify.subscriptions.commands import end_of_organisation
from services.notify.subscriptions.domain import Fact, Filter, shown, wants
from services.notify.subscriptions.queries import list_filters
from shared import moments
from shared.access import Principal, Role, Sight
from shared.access.table import SHOWN
from shared.access.telling import areas_of, categories_of, coarse_facts, coarse_moment, told_to
from shared.messages import Message
from shared.messages.gateway import OrganisationChanged
from shared.messages.reports import AreaChanged
from shared.travel.envelope import Incoming

_STORE_AREAS = sa.text("""
    INSERT INTO areas (code, path, sequence)
    SELECT code, CAST(path AS text[]), sequence
    FROM unnest(CAST(:codes AS text[]), CAST(:paths AS text[]), CAST(:sequences AS bigint[]))
         AS new (code, path, sequence)
    ON CONFLICT (code) DO UPDATE SET path = excluded.path, sequence = excluded.sequence
    WHERE areas.sequence < excluded.sequence
""")
_STORE_ORGANISATION = sa.text("""
    INSERT INTO organisations (id, areas, active, sequence) VALUES (:id, CAST(:areas AS text[]), :active, :sequence)
    ON CONFLICT (id) DO UPDATE SET areas = excluded.areas, active = excluded.active, sequence = excluded.sequence
    WHERE organisations.sequence < excluded.sequence
    RETURNING id
""")


async def fan_out(session: AsyncSession, batch: Sequence[Incoming]) -> set[UUID]:
    """Queue what these messages mean to subscribers. Returns the subscriptions that got work.

    Four statements at most for any number of messages, plus one for each organisation that changed.
    """
    filters = await list_filters(session)
    if not filters:
        return set()
    named = [areas_of(each.message) for each in batch if each.message is not None]
    paths = await load_paths(session, {code for codes in named for code in codes if code is not None})
    bodies: list[NewBody] = []
    for each in batch:
        if each.message is not None:
            bodies += bodies_of(each, each.message, filters=filters, paths=paths)
    await store_bodies(session, bodies)
    return {subscription for body in bodies for subscription in body.subscriptions}


async def store_areas(session: AsyncSession, changed: Sequence[AreaChanged]) -> None:
    """Keep this service's copy of areas current; an older version changes nothing."""
    newest = {each.code: each for each in sorted(changed, key=lambda each: each.sequence)}.values()
    if newest:
        # An array of arrays must be rectangular, so each path travels as the text of an array.
        values = {
            "codes": [each.code for each in newest],
            "paths": ["{" + ",".join(orjson.dumps(code).decode() for code in each.path) + "}" for each in newest],
            "sequences": [each.sequence for each in newest],
        }
        await session.execute(_STORE_AREAS, values)


async def store_organisation(session: AsyncSession, changed: OrganisationChanged) -> None:
    """Keep this service's copy of an organisation current, and end what one made that left.

    An older version changes nothing.
    """
    values = {
        "id": changed.organisation_id,
        "areas": changed.areas,
        "active": changed.active,
        "sequence": changed.sequence,
    }
    stored = await session.execute(_STORE_ORGANISATION, values)
    if stored.first() is not None and not changed.active:
        await end_of_organisation(session, changed)


def bodies_of(
    incoming: Incoming,
    message: Message,
    *,
    filters: Sequence[tuple[Any, Principal]],
    paths: Mapping[str, Sequence[str]],
) -> list[NewBody]:
    """A body for those who may know everything of it and one for those who see it coarsely, for each role of theirs.

    What was made for a role stays that role's, whoever has the subscription by the time that somebody looks.
    """
    fact, other = _fact(incoming, message, paths), _path(areas_of(message)[1], paths)
    readers: dict[tuple[Sight, Role], list[UUID]] = {}
    for asked, reader in filters:
        sight = told_to(reader, message, path=fact.path or (), other=other)
        if sight in SHOWN and (wants(asked, fact) or _wants_there(asked, fact, message, reader, other)):
            readers.setdefault((sight, reader.role), []).append(asked.subscription_id)
    hidden = frozenset(type(message).model_fields) - coarse_facts(type(message))
    contents = {
        sight: _content(incoming, message, at=at, without=without)
        for sight, at, without in (
            ("everything", incoming.at, frozenset[str]()), ("coarse", coarse_moment(incoming.at), hidden)
        )
        if any(each == sight for each, _ in readers)
    }  # fmt: skip
    return [
        NewBody(
            message_id=incoming.message_id,
            type=incoming.type,
            role=role,
            told_at=incoming.at,
            content=contents[sight],
            subscriptions=subscriptions,
        )
        for (sight, role), subscriptions in readers.items()
    ]


def _wants_there(asked: Filter, fact: Fact, message: Message, reader: Principal, other: Sequence[str]) -> bool:
    """Whether it is asked for by the area that it moved from: who follows that one is told that it lies elsewhere now.

    Only who saw it there: to others the answer of their own filter would tell where it came from.
    """
    return (
        bool(asked.area_codes and other)
        and told_to(reader, message, path=other, other=other) in SHOWN
        and wants(asked, replace(fact, path=tuple(other)))
    )


def _content(incoming: Incoming, message: Message, *, at: datetime, without: frozenset[str]) -> bytes:
    fields = shown(message.model_dump(mode="json", exclude_none=True), hidden=without)
    return orjson.dumps({"type": incoming.type, "timestamp": moments.written(at), "data": fields})


def _fact(incoming: Incoming, message: Message, paths: Mapping[str, Sequence[str]]) -> Fact:
    path: Sequence[str] | None = getattr(message, "path", None)
    if hasattr(message, "area_code"):
        path = _path(message.area_code, paths)
    return Fact(
        type=incoming.type,
        told_at=incoming.at,
        categories=categories_of(message),
        path=None if path is None else tuple(path),
    )


def _path(code: str | None, paths: Mapping[str, Sequence[str]]) -> Sequence[str]:
    # A new area's own message may come after the first report in it.
    return () if code is None else paths.get(code, (code,))
