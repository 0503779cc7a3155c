"""Works off requests to place all reports anew, in whichever process has time, one batch after the other."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog
from fastapi import FastAPI

from services.reports.areas import queries as area_queries
from services.reports.areas.domain.trees import Area
from services.reports.ground import Ground
from services.reports.placements import commands, queries
from services.reports.placements.domain import REPORTS_AT_ONCE, Foreseen, moves
from shared.database import Database, Session
from shared.geo.geometry import AreaIndex
from shared.geo.heirs import heirs_of
from shared.working import keep_looking

log = structlog.get_logger()

_LOOK_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The areas as they are at a version, and where reports of retired ones belong."""

    version: int
    ground: Ground
    heirs: dict[str, str]


async def place_anew(app: FastAPI) -> None:
    """Place whatever was asked for, and go on so. Looks every two seconds, and at once when it was asked for here."""
    await keep_looking(
        "placements",
        partial(_place_all, app),
        every_s=_LOOK_S,
        wake=app.state.placements_waiting,
        give_up=partial(_give_up, app),
    )


async def _place_all(app: FastAPI) -> None:
    async with app.state.database.sessions() as session:
        uncounted = await queries.is_uncounted(session)
    if uncounted:
        await count_moving(app)
    tree: Tree | None = None
    while (tree := await _place_some(app, tree)) is not None:
        pass


async def _place_some(app: FastAPI, tree: Tree | None) -> Tree | None:
    """One batch in one transaction. Returns the areas to go on with, None when there is nothing to do."""
    database: Database = app.state.database
    async with database.sessions() as session, session.begin():
        placement = await queries.lock_placement(session)
        if placement is None:
            return None
        version = await area_queries.areas_version(session)
        if tree is None or tree.version != version:
            tree = await load_tree(session, app.state.ground)
        if placement.tree_version != version:
            await commands.begin_again(session, placement.id, tree_version=version)
            return tree
        seen = await queries.list_lying(session, after=placement.after, limit=REPORTS_AT_ONCE)
        now = datetime.now(UTC)
        if not seen:
            await commands.end_placement(session, placement.id, state="done", now=now)
            log.info("placement.done", **{"placement.id": str(placement.id), "placement.moved": placement.moved})
            return tree
        wanted = await asyncio.to_thread(moves, seen, ground=tree.ground, heirs=tree.heirs)
        await commands.move_reports(session, placement, seen, wanted, now=now)
        return tree


async def load_tree(session: Session, here: Ground) -> Tree:
    """The areas as they are in the database, which those in memory may be some seconds behind."""
    return Tree(
        version=await area_queries.areas_version(session),
        ground=await area_queries.load_ground(session, zone=here.zone, crs=here.crs),
        heirs=await queries.list_heirs(session),
    )


async def count_moving(app: FastAPI) -> int:
    """How many reports would move if they were placed by the areas as they are now; that is kept with them."""
    database: Database = app.state.database
    async with database.sessions() as session, session.begin():
        tree = await load_tree(session, app.state.ground)
        moving = (await _foreseen(session, tree)).moving
        await commands.note_moving(session, tree_version=tree.version, reports=moving)
        return moving


async def foresee_moves(app: FastAPI, wanted: Sequence[Area]) -> Foreseen:
    """Which reports would move if they were placed by other areas than there are now."""
    database: Database = app.state.database
    here: Ground = app.state.ground
    async with database.sessions() as session:
        known = await area_queries.load_tree(session)
        tree = await asyncio.to_thread(_other_tree, known, wanted, here)
        return await _foreseen(session, tree)


def _other_tree(known: Mapping[str, Area], wanted: Sequence[Area], here: Ground) -> Tree:
    index = AreaIndex([(area.code, area.geometry, area.level) for area in wanted], crs=here.crs)
    codes = frozenset(area.code for area in wanted)
    paths = {code: (area.path, False) for code, area in known.items()} | {
        area.code: (area.path, True) for area in wanted
    }
    ground = Ground(zone=here.zone, crs=here.crs, areas=index, codes=codes)
    return Tree(version=0, ground=ground, heirs=heirs_of(paths))


async def _foreseen(session: Session, tree: Tree) -> Foreseen:
    found, after = Foreseen(), None
    while seen := await queries.list_lying(session, after=after, limit=10 * REPORTS_AT_ONCE):
        moving = await asyncio.to_thread(moves, seen, ground=tree.ground, heirs=tree.heirs)
        found.add(seen, moving)
        after = seen[-1].id
    return found


async def _give_up(app: FastAPI, _: Exception) -> None:
    # It would go wrong again each time: what has moved has moved, and the coordinator sees that the rest has not.
    log.exception("placement.unexpected")
    async with app.state.database.sessions() as session, session.begin():
        if placement := await queries.lock_placement(session):
            await commands.end_placement(session, placement.id, state="failed", now=datetime.now(UTC))
