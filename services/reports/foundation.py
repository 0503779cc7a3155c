"""What everything that was taken in is counted by: the municipality's code, hours, metres and cycles.

They are settings, and reports, areas and what was published are kept as they were when these came in: under others the
next ones would be put into other squares, days and fortnights beside them. So the first start writes them down, and a
later one that differs is refused while there is anything to differ from.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.reports.tables import foundation, publications
from shared.settings import Municipality, WrongSettings
from shared.working import until_there

FIELDS = ("code", "time_zone", "crs", "cycle_days", "cycle_start")
_PUBLISHED = "publication_days"  # follows from what was published, and is free until then
_TAKEN_IN = "EXISTS (SELECT FROM area_imports) OR EXISTS (SELECT FROM reports)"


def differing(kept: Mapping[str, Any], told: Mapping[str, Any]) -> list[str]:
    """One fault for each setting that is told and contradicts what is kept, with the value that it must have.

    A first day of a cycle that is whole cycles away from the kept one says the same.
    """
    held = [name for name in (*FIELDS, _PUBLISHED) if name in told and kept.get(name) is not None]
    fields = [name for name in held if not _agree(name, kept[name], told[name], kept["cycle_days"])]
    faults = [f"MUNICIPALITY_{name.upper()} must stay {kept[name]}" for name in fields]
    if faults:
        faults[-1] += ", by which the reports and areas here were taken in: to change that, begin a new installation"
    return faults


def _agree(name: str, kept: Any, told: Any, cycle_days: int) -> bool:
    if name == "cycle_start" and isinstance(told, date):
        return bool((told - kept).days % cycle_days == 0)
    return bool(kept == told)


async def check(url: str, told: Mapping[str, Any]) -> None:
    """Raise WrongSettings where settings contradict what a migrated database was begun with; writes nothing.

    told: by the names of its fields, no more than what somebody has said.
    """
    connection = await asyncpg.connect(url)
    try:
        days = "(SELECT unit_days FROM publications ORDER BY number LIMIT 1)"
        kept = await connection.fetchrow(
            f"SELECT {', '.join(FIELDS)}, {days} AS {_PUBLISHED} FROM foundation WHERE {_TAKEN_IN}"
        )
    finally:
        await connection.close()
    _refuse(differing(kept, told) if kept else [])


async def keep(sessions: async_sessionmaker[AsyncSession], here: Municipality) -> None:
    """Write down what this service counts by, as soon as its database is there. Raises WrongSettings."""
    told = here.model_dump(include=set(FIELDS))

    async def once() -> None:
        async with sessions() as session, session.begin():
            made = insert(foundation).values(single=True, **told)
            changed = made.on_conflict_do_update(
                index_elements=["single"], set_=told, where=sa.text(f"NOT ({_TAKEN_IN})")
            )
            await session.execute(changed)
            days = sa.select(publications.c.unit_days).order_by(publications.c.number).limit(1).scalar_subquery()
            kept = (await session.execute(sa.select(foundation, days.label(_PUBLISHED)))).mappings().one()
            _refuse(differing(dict(kept), told | {_PUBLISHED: here.publication_days}))

    await until_there("foundation", once)


def _refuse(faults: Sequence[str]) -> None:
    if faults:
        raise WrongSettings(*faults)
