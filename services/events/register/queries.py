"""Everything that reads. Each query says which rows the reader may have, and which index serves it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.events.errors import NotTheRegistrant
from services.events.register import domain
from services.events.register.domain import LONGEST, Clash, Gathering, Nearness, Spot, Status
from services.events.tables import areas, gatherings
from shared.access import Principal, sight
from shared.errors import NotFound

MOST_CLASHES = 50
_COLUMNS = tuple(gatherings.c[name] for name in Gathering.__dataclass_fields__)
GATHERINGS = sight.Rows(
    thing="gathering", whose=(gatherings.c.organisation_id,), area=gatherings.c.area_code, areas=areas
)


def _readable(principal: Principal) -> sa.ColumnElement[bool]:
    return sight.visible(principal, GATHERINGS)


async def get_gathering(session: AsyncSession, gathering_id: UUID, *, principal: Principal) -> dict[str, Any]:
    """One gathering, as far as this reader may see it; one statement. Raises NotFound."""
    query = sa.select(*sight.columns(principal, GATHERINGS, _COLUMNS))
    row = (await session.execute(query.where(gatherings.c.id == gathering_id, _readable(principal)))).one_or_none()
    if row is None:
        raise NotFound("No such gathering.")
    return dict(row._mapping)


async def get_whole(
    session: AsyncSession, gathering_id: UUID, *, principal: Principal, lock: bool = False
) -> Gathering:
    """A gathering of which this reader has every detail; one statement. Raises NotFound, NotTheRegistrant.

    With `lock` it is held until commit, so that its messages leave in order.
    """
    wanted = sa.select(*_COLUMNS).where(gatherings.c.id == gathering_id, _readable(principal))
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).one_or_none()
    if row is None:
        raise NotFound("No such gathering.")
    if not principal.has_all_of("gathering", row.organisation_id):
        raise NotTheRegistrant(
            "Only the organisation that registered this gathering, a coordinator or the municipal police may."
        )
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
) -> Sequence[dict[str, Any]]:
    """Gatherings in the order of a calendar, by (starts_at, id); one statement.

    Those that go on at any time from `begin` to before `end`. An area's are those of the areas below it too.
    """
    query = sa.select(*sight.columns(principal, GATHERINGS, _COLUMNS)).where(_readable(principal))
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
    return [dict(row._mapping) for row in rows]


async def list_clashes(
    session: AsyncSession,
    gathering: Gathering,
    *,
    principal: Principal,
    near: Nearness,
    paths: Mapping[str, tuple[str, ...]],
) -> Sequence[Clash]:
    """The other gatherings that this reader may see and that come too close, in the order of a calendar; one statement.

    At most one more than `MOST_CLASHES`: whoever puts hundreds in one place is told of the first.

    (starts_at, id) finds those of the time; `domain.clash` decides, by no more than this reader may see of each: by
    where it puts its own, the answer would tell the point of one that is seen coarsely.
    """
    query = sa.select(*sight.columns(principal, GATHERINGS, _COLUMNS)).where(
        _readable(principal),
        gatherings.c.status == "registered",
        gatherings.c.id != gathering.id,
        gatherings.c.ends_at > gathering.starts_at - near.margin,
        gatherings.c.starts_at >= gathering.starts_at - near.margin - LONGEST,
        gatherings.c.starts_at < gathering.ends_at + near.margin,
    )
    clashes = []
    for row in await session.execute(query.order_by(gatherings.c.starts_at, gatherings.c.id)):
        seen = dict(row._mapping)
        other = Spot(**{name: seen[name] for name in Spot.__dataclass_fields__})
        if domain.clash(gathering, other, near=near, paths=paths):
            clashes.append(Clash(gathering=seen, distance_m=domain.distance_m(gathering, other)))
        if len(clashes) > MOST_CLASHES:
            break
    return clashes
