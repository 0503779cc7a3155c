"""Everything that reads. Each query says which rows the reader may have, and which index serves it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.events.register import domain
from services.events.register.domain import LONGEST, Clash, Gathering, Nearness, Status
from services.events.tables import areas, gatherings
from shared.access import Principal, sight
from shared.errors import NotFound

_COLUMNS = tuple(gatherings.c[name] for name in Gathering.__dataclass_fields__)


def _readable(principal: Principal) -> sa.ColumnElement[bool]:
    return sight.rows(principal, organisation=gatherings.c.organisation_id, area=gatherings.c.area_code, areas=areas)


async def get_gathering(session: AsyncSession, gathering_id: UUID, *, principal: Principal) -> Gathering:
    """One gathering; one statement. Raises NotFound."""
    return await _one(session, sa.select(*_COLUMNS).where(gatherings.c.id == gathering_id, _readable(principal)))


async def lock_gathering(session: AsyncSession, gathering_id: UUID, *, principal: Principal) -> Gathering:
    """One gathering, held until commit so that its messages leave in order; one statement. Raises NotFound."""
    wanted = sa.select(*_COLUMNS).where(gatherings.c.id == gathering_id, _readable(principal))
    return await _one(session, wanted.with_for_update())


async def _one(session: AsyncSession, wanted: sa.Select[Any]) -> Gathering:
    row = (await session.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound("No such gathering.")
    return Gathering(**row._mapping)


async def list_gatherings(
    session: AsyncSession,
    *,
    principal: Principal,
    begin: datetime | None,
    end: datetime | None,
    area_code: str | None,
    status: Status | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Gathering]:
    """Gatherings in the order of a calendar, by (starts_at, id); one statement.

    Those that go on at any time from `begin` to before `end`. An area's are those of the areas below it too.
    """
    query = sa.select(*_COLUMNS).where(_readable(principal))
    if begin is not None:
        query = query.where(gatherings.c.ends_at > begin, gatherings.c.starts_at >= begin - LONGEST)
    if end is not None:
        query = query.where(gatherings.c.starts_at < end)
    if area_code is not None:
        below = sa.select(areas.c.code).where(areas.c.path.contains([area_code]))
        query = query.where(gatherings.c.area_code.in_(below))
    if status is not None:
        query = query.where(gatherings.c.status == status)
    if after is not None:
        query = query.where(sa.tuple_(gatherings.c.starts_at, gatherings.c.id) > sa.tuple_(*after))
    rows = await session.execute(query.order_by(gatherings.c.starts_at, gatherings.c.id).limit(limit))
    return [Gathering(**row._mapping) for row in rows]


async def list_clashes(
    session: AsyncSession,
    gathering: Gathering,
    *,
    principal: Principal,
    near: Nearness,
    paths: Mapping[str, tuple[str, ...]],
) -> Sequence[Clash]:
    """The other gatherings that come too close to this one, in the order of a calendar; one statement.

    All of them, because a clash must not go unseen: `shown` says which ones this reader may know. (starts_at, id) finds
    those of the time; `domain.clash` decides.
    """
    query = sa.select(*_COLUMNS, _readable(principal).label("shown")).where(
        gatherings.c.status == "registered",
        gatherings.c.id != gathering.id,
        gatherings.c.ends_at > gathering.starts_at - near.margin,
        gatherings.c.starts_at >= gathering.starts_at - near.margin - LONGEST,
        gatherings.c.starts_at < gathering.ends_at + near.margin,
    )
    clashes = []
    for row in await session.execute(query.order_by(gatherings.c.starts_at, gatherings.c.id)):
        fields = dict(row._mapping)
        shown, other = fields.pop("shown"), Gathering(**fields)
        if domain.clash(gathering, other, near=near, paths=paths):
            clashes.append(Clash(gathering=other, distance_m=domain.distance_m(gathering, other), shown=shown))
    return clashes
