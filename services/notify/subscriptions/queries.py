"""Reads of subscriptions: for their organisation, for the fan-out, and for the dispatcher."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.errors import UnknownArea, Unsealable
from services.notify.subscriptions.domain import Endpoint, Filter
from services.notify.tables import areas, organisations, subscription_secrets, subscriptions
from services.notify.webhooks import sealing
from services.notify.webhooks.signatures import Key, read_secret
from shared.access import Principal, sight
from shared.errors import FieldError, NotFound
from shared.geo.neighbourhood import see_areas

_SHOWN = [
    subscriptions.c[name]
    for name in (
        "id", "url", "types", "categories", "area_codes", "description", "signature", "status",
        "failing_since", "verified_at", "version", "created_at", "role",
    )
]  # fmt: skip
# A pause ends by itself: what a process wrote that is no more is over within ten minutes.
_HELD = sa.and_(subscriptions.c.status == "active", subscriptions.c.held_until > sa.func.now())
_HELD_UNTIL = sa.case((_HELD, subscriptions.c.held_until)).label("held_until")
_CURRENT = sa.and_(
    subscription_secrets.c.subscription_id == subscriptions.c.id, subscription_secrets.c.expires_at.is_(None)
)
# A URL lies in no area.
_SUBSCRIPTIONS = sight.Rows(
    thing="subscription",
    whose=(subscriptions.c.organisation_id,),
    area=sa.null(),
    areas=areas,
    made_in=subscriptions.c.role,
)
_OWN = sa.select(*_SHOWN, _HELD_UNTIL, subscription_secrets.c.public_key).outerjoin(subscription_secrets, _CURRENT)


def own(principal: Principal) -> sa.ColumnElement[bool]:
    """The subscriptions that are the caller's to see and steer: its organisation's, of roles that see no more."""
    return sight.visible(principal, _SUBSCRIPTIONS)


async def check_areas(session: AsyncSession, codes: Sequence[str]) -> None:
    """Raise UnknownArea unless there is or was an area of each of these codes; one statement, none for none."""
    if not codes:
        return
    known = {*await session.scalars(sa.select(areas.c.code).where(areas.c.code.in_(codes)))}
    if known.issuperset(codes):
        return
    codes_in_use = [*await session.scalars(sa.select(areas.c.code).order_by(areas.c.code))]
    faults = [
        FieldError(f"/area_codes/{place}", "unknown_area", see_areas(code, codes=codes_in_use))
        for place, code in enumerate(codes) if code not in known
    ]  # fmt: skip
    raise UnknownArea("There is no area of one of these codes.", errors=tuple(faults))


async def get_subscription(session: AsyncSession, subscription_id: UUID, *, principal: Principal) -> dict[str, Any]:
    """One subscription of the caller's organisation, without its secret, and whose role it is. Raises NotFound."""
    query = _OWN.where(subscriptions.c.id == subscription_id, own(principal))
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("No such subscription.")
    return dict(row._mapping)


async def lock_subscription(session: AsyncSession, subscription_id: UUID, *, principal: Principal) -> dict[str, Any]:
    """The same, held until commit; without its key. Raises NotFound."""
    query = sa.select(*_SHOWN).where(subscriptions.c.id == subscription_id, own(principal)).with_for_update()
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("No such subscription.")
    return dict(row._mapping)


async def list_subscriptions(
    session: AsyncSession, *, principal: Principal, before: UUID | None, limit: int
) -> Sequence[dict[str, Any]]:
    """The subscriptions of the caller's organisation, newest first, by ix_subscriptions_organisation_id_id."""
    query = _OWN.where(own(principal))
    if before is not None:
        query = query.where(subscriptions.c.id < before)
    rows = await session.execute(query.order_by(subscriptions.c.id.desc()).limit(limit))
    return [dict(row._mapping) for row in rows]


async def get_secret(session: AsyncSession, secret_id: UUID, *, subscription_id: UUID, keys: sealing.Ring) -> str:
    """One secret by its id. Raises NotFound, Unsealable."""
    kept = subscription_secrets.c
    query = sa.select(kept.sealed).where(kept.id == secret_id, kept.subscription_id == subscription_id)
    sealed = await session.scalar(query)
    if sealed is None:
        raise NotFound("This secret is no longer kept.")
    return sealing.unseal(keys, sealed, owner=subscription_id)


async def list_filters(session: AsyncSession) -> Sequence[tuple[Filter, Principal]]:
    """Every subscription that takes new deliveries: what it asks for, and for whom; one statement.

    The reader has the areas of today where its organisation is known here, and is absent when it has left.
    """
    areas = sa.func.coalesce(organisations.c.areas, subscriptions.c.areas).label("areas_now")
    query = (
        sa.select(subscriptions, areas)
        .outerjoin(organisations, organisations.c.id == subscriptions.c.organisation_id)
        .where(subscriptions.c.status != "disabled", organisations.c.active.is_not(False))
    )
    return [(_filter(row), _reader(row)) for row in await session.execute(query)]


async def load_endpoints(
    session: AsyncSession, ids: Collection[UUID], *, keys: sealing.Ring
) -> tuple[Mapping[UUID, Endpoint], Collection[UUID]]:
    """Where to send and what to sign with; two statements. Also returns those whose secret in use does not open."""
    opened, closed = await _load_keys(session, ids, keys=keys)
    c = subscriptions.c
    wanted = sa.select(c.id, c.organisation_id, c.role, c.version, c.url, c.failing_since, _HELD_UNTIL, c.verified_at)
    rows = await session.execute(wanted.where(c.id.in_(ids)))
    endpoints = {
        row.id: Endpoint(
            id=row.id,
            organisation_id=row.organisation_id,
            role=row.role,
            version=row.version,
            url=row.url,
            keys=tuple(opened[row.id]),
            failing_since=row.failing_since,
            held_until=row.held_until,
            verified=row.verified_at is not None,
        )
        for row in rows
        if row.id in opened and row.id not in closed
    }
    return endpoints, closed


async def _load_keys(
    session: AsyncSession, ids: Collection[UUID], *, keys: sealing.Ring
) -> tuple[Mapping[UUID, list[tuple[Key, datetime | None]]], Collection[UUID]]:
    kept = subscription_secrets.c
    rows = await session.execute(
        sa.select(kept.subscription_id, kept.sealed, kept.expires_at)
        .where(kept.subscription_id.in_(ids))
        .order_by(kept.expires_at.desc().nulls_first(), kept.id.desc())
    )
    opened: dict[UUID, list[tuple[Key, datetime | None]]] = {}
    closed: set[UUID] = set()
    for row in rows:
        try:
            key = read_secret(sealing.unseal(keys, row.sealed, owner=row.subscription_id))
        except Unsealable:
            if row.expires_at is None:
                closed.add(row.subscription_id)
        else:
            opened.setdefault(row.subscription_id, []).append((key, row.expires_at))
    return opened, closed


def _filter(row: Any) -> Filter:
    return Filter(
        subscription_id=row.id,
        types=frozenset(row.types),
        categories=frozenset(row.categories),
        area_codes=frozenset(row.area_codes),
        since=row.created_at,
    )


def _reader(row: Any) -> Principal:
    return Principal(
        client_id=f"subscription-{row.id}",
        organisation_id=row.organisation_id,
        kind=row.kind,
        role=row.role,
        scopes=frozenset(),
        areas=tuple(row.areas_now),
    )
