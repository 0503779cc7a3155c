"""What was published: how far, and what a reader is shown of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.publications.domain import PATIENCE, QUIET, Calendar, Last
from services.reports.tables import imports, publication_rows, publication_tables, publications, reports
from shared.access import Principal
from shared.access.memory import Memory
from shared.access.published import Moment, Row, Shown, Told, counts_near, near, shown_both
from shared.access.rounding import Number
from shared.cycles import Period

_ROWS, _TABLES = publication_rows.c, publication_tables.c
_OTHERS = _ROWS.organisation_id != sa.bindparam("own")
_UNITS = _ROWS.unit == sa.any_(sa.bindparam("units", type_=sa.ARRAY(sa.Date)))
_CELL = (_ROWS.unit, _ROWS.publication, _ROWS.organisation_id, _ROWS.area_code, _ROWS.category)
_SLOT = (_ROWS.unit, _ROWS.publication, _ROWS.organisation_id, _ROWS.area_code, _ROWS.weekday, _ROWS.band)
_CHANGE = sa.func.sum(_ROWS.reports)
_COUNTS = sa.select(*_CELL, _CHANGE).where(_UNITS, _OTHERS).group_by(*_CELL).having(_CHANGE != 0)
_INSIDE = _ROWS.area_code == sa.any_(sa.bindparam("near", type_=sa.ARRAY(sa.Text)))
_NEWEST = (
    sa.select(_TABLES.unit, sa.func.max(_TABLES.publication))
    .where(_TABLES.unit.between(sa.bindparam("first"), sa.bindparam("last")))
    .group_by(_TABLES.unit)
)
_HEADS = (
    sa.select(_TABLES.unit, _TABLES.publication, _TABLES.secret, _TABLES.parents)
    .where(_TABLES.unit == sa.any_(sa.bindparam("units", type_=sa.ARRAY(sa.Date))))
    .order_by(_TABLES.unit, _TABLES.publication)
)
_MOMENTS = sa.select(*_SLOT, _CHANGE).where(_UNITS, _OTHERS, _INSIDE).group_by(*_SLOT).having(_CHANGE != 0)


class UnitShown(NamedTuple):
    """What a reader is shown of others' reports of one unit."""

    counts: Shown[Number]
    moments: Shown[int]

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return self.counts.size + self.moments.size


NOTHING = UnitShown(Shown({}), Shown({}))


@dataclass(frozen=True, slots=True)
class Published:
    """What a reader is shown of others' reports by unit, and the last day counted; None before the first."""

    through: date | None
    units: Mapping[date, UnitShown]

    def of(self, period: Period) -> UnitShown | None:
        """The sum of the units that begin in a period; None where nothing of it is published yet."""
        if self.through is None or self.through < period.first:
            return None
        inside = [shown for unit, shown in self.units.items() if period.first <= unit <= period.last]
        return UnitShown(
            Shown.together(shown.counts for shown in inside), Shown.together(shown.moments for shown in inside)
        )


async def find_last(session: AsyncSession) -> Last | None:
    """The last publication, if there is any."""
    query = sa.select(publications.c.number, publications.c.through).order_by(publications.c.number.desc()).limit(1)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else Last(**row._asdict())


async def find_calendar(session: AsyncSession) -> Calendar | None:
    """The units that were begun with, which stay whatever the settings say later; None before the first publication."""
    query = sa.select(publications.c.through, publications.c.unit_days).order_by(publications.c.number).limit(1)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else Calendar(start=row.through + timedelta(days=1), days=row.unit_days)


async def may_begin(session: AsyncSession, *, through: date, now: datetime) -> bool:
    """Whether there is a past to publish for the first time, and no more of it seems to be on its way."""
    past = sa.select(reports.c.id).where(reports.c.occurred_on <= through, reports.c.counts)
    waiting = sa.select(imports.c.id).where(imports.c.state.in_(("receiving", "received", "running")))
    fresh = sa.select(reports.c.id).where(reports.c.received_at > now - QUIET)
    long_here = sa.select(reports.c.id).where(reports.c.received_at < now - PATIENCE)
    ready = sa.or_(long_here.exists(), ~waiting.exists() & ~fresh.exists())
    return bool(await session.scalar(sa.select(past.exists() & ready)))


async def show_published(
    session: AsyncSession, first: date, last: date, *, principal: Principal, memory: Memory[UnitShown]
) -> Published:
    """What this reader is shown of the units that begin between two days; at most five statements.

    Tables that were worked out before are not read again: they never change.
    """
    newest = dict((await session.execute(_NEWEST, {"first": first, "last": last})).tuples().all())
    known = {unit: memory.get(principal, unit, last=number) for unit, number in newest.items()}
    missing = [unit for unit, shown in known.items() if shown is None]
    tables = await _load(session, missing, principal=principal) if missing else {}

    def work_out(units: Collection[date]) -> dict[date, UnitShown]:
        return {unit: _work_out(tables[unit], principal) for unit in units}

    units = {unit: shown for unit, shown in known.items() if shown is not None}
    if missing:
        units |= await memory.ask(principal, {unit: newest[unit] for unit in missing}, work_out)
    newest_of_all = await find_last(session)
    return Published(newest_of_all.through if newest_of_all else None, units)


def _work_out(tables: Sequence[Told], principal: Principal) -> UnitShown:
    return UnitShown(*shown_both(tables, principal=principal))


async def _load(session: AsyncSession, units: Sequence[date], *, principal: Principal) -> dict[date, list[Told]]:
    """The tables of some units, oldest first, without what the reader's own organisation sent."""
    heads = (await session.execute(_HEADS, {"units": units})).all()
    rows, moments = defaultdict(list), defaultdict(list)
    asked = {"units": units, "own": principal.organisation_id}
    for unit, publication, whose, area, category, n in await session.execute(_COUNTS, asked):
        rows[unit, publication].append(Row(whose, area or None, category, n))
    inside = {code for head in heads for code in near(head.parents, principal=principal)}
    if inside and counts_near(principal):
        asked_near = asked | {"near": sorted(inside)}
        for unit, publication, whose, area, weekday, band, n in await session.execute(_MOMENTS, asked_near):
            moments[unit, publication].append(Moment(whose, area or None, weekday, band, n))
    found = defaultdict(list)
    for unit, publication, secret, parents in heads:
        told = Told(
            publication=publication,
            secret=secret,
            parents=parents,
            rows=rows[unit, publication],
            moments=moments[unit, publication],
        )
        found[unit].append(told)
    return found
