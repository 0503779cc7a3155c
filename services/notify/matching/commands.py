"""Facts from the bus become deliveries: each body once, a row for each subscription that asks and may know."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.deliveries.commands import NewBody, store_bodies
from services.notify.matching.queries import load_paths
from services.notify.subscriptions.domain import Fact, shown, wants
from services.notify.subscriptions.queries import list_filters
from shared.access import COARSE_FACTS, Principal, may_receive
from shared.messages import Message
from shared.messages.gateway import OrganisationChanged
from shared.messages.reports import AreaChanged, ReportSubmitted
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
""")


async def fan_out(session: AsyncSession, batch: Sequence[Incoming]) -> set[UUID]:
    """Queue what these messages mean to subscribers. Returns the subscriptions that got work.

    Four statements at most for any number of messages, plus one for each organisation that changed.
    """
    filters = await list_filters(session)
    if not filters:
        return set()
    codes = {code for each in batch if (code := getattr(each.message, "area_code", None)) is not None}
    paths = await load_paths(session, codes)
    bodies: list[NewBody] = []
    for each in batch:
        if each.message is not None:
            bodies += _bodies(each, each.message, filters=filters, paths=paths)
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
    """Keep this service's copy of an organisation current; an older version changes nothing."""
    values = {
        "id": changed.organisation_id,
        "areas": changed.areas,
        "active": changed.active,
        "sequence": changed.sequence,
    }
    await session.execute(_STORE_ORGANISATION, values)


def _bodies(
    incoming: Incoming,
    message: Message,
    *,
    filters: Sequence[tuple[Any, Principal]],
    paths: Mapping[str, Sequence[str]],
) -> list[NewBody]:
    """At most two bodies: for those who may know everything of it, and for those who see it coarsely."""
    fact, about = _fact(incoming, message, paths), _organisation(message)
    whole: list[UUID] = []
    coarse: list[UUID] = []
    for asked, reader in filters:
        if wants(asked, fact) and may_receive(reader, organisation_id=about, path=fact.path or ()):
            (whole if reader.has_all_of(about) else coarse).append(asked.subscription_id)
    about_report = message.topic == ReportSubmitted.topic
    hidden = frozenset(type(message).model_fields) - COARSE_FACTS if about_report else frozenset()
    if not hidden:
        whole, coarse = whole + coarse, []
    return [
        NewBody(
            message_id=incoming.message_id,
            type=incoming.type,
            told_at=incoming.at,
            content=_content(incoming, message, without=without),
            subscriptions=readers,
        )
        for readers, without in ((whole, frozenset()), (coarse, hidden))
        if readers
    ]


def _content(incoming: Incoming, message: Message, *, without: frozenset[str]) -> bytes:
    fields = shown(message.model_dump(mode="json", exclude_none=True), hidden=without)
    return orjson.dumps({"type": incoming.type, "timestamp": incoming.at.isoformat(), "data": fields})


def _fact(incoming: Incoming, message: Message, paths: Mapping[str, Sequence[str]]) -> Fact:
    path: Sequence[str] | None = getattr(message, "path", None)
    if hasattr(message, "area_code"):
        code = message.area_code
        # A new area's own message may come after the first report in it.
        path = () if code is None else paths.get(code, (code,))
    return Fact(
        type=incoming.type,
        told_at=incoming.at,
        category=getattr(message, "category", None),
        path=None if path is None else tuple(path),
    )


def _organisation(message: Message) -> UUID | None:
    """Whose fact it is: the organisation it names, or the owner of a finding."""
    about = getattr(message, "organisation_id", None) or getattr(message, "owner_id", None)
    return about if isinstance(about, UUID) else None
