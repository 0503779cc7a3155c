"""Places walks and findings anew whenever the areas have changed, in whichever process has time, a batch at a time."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TypeVar
from uuid import UUID

import structlog
from fastapi import FastAPI

from services.walks.placements import queries
from services.walks.placements.commands import move_findings, move_walks
from services.walks.placements.domain import (
    WALKS_AT_ONCE,
    LyingFinding,
    LyingWalk,
    Tree,
    by_point,
    moved_finding,
    moved_walk,
)
from shared.database import Session
from shared.geo.areas import areas_version
from shared.geo.placing import Still, is_behind, lock_placing, note_placed
from shared.working import keep_looking

log = structlog.get_logger()

_LOOK_S = 2.0
Lying = TypeVar("Lying", LyingWalk, LyingFinding)


async def place_anew(app: FastAPI) -> None:
    """Place what lies in areas of before, and go on so. Looks every two seconds."""
    await keep_looking("placing", partial(_place_all, app, Still()), every_s=_LOOK_S, give_up=_give_up)


async def _place_all(app: FastAPI, still: Still) -> None:
    async with app.state.database.sessions() as session:
        version = await areas_version(session)
        if not (still.stands(version) and await is_behind(session, version=version)):
            return
        tree = await queries.load_tree(session)
    while await _place_some(app, tree, version=version):
        pass


async def _place_some(app: FastAPI, tree: Tree, *, version: int) -> bool:
    """One batch in one transaction. Returns whether there may be more."""
    async with app.state.database.sessions() as session, session.begin():
        placing = await lock_placing(session, version=version)
        if placing is None:
            return False
        lying = await queries.lock_walks(session, after=placing[0], limit=WALKS_AT_ONCE)
        walks = {each.id: moved_walk(each, tree) for each in lying}
        await move_walks(session, _others(lying, walks), lay={each.id: each.area_code for each in lying})
        await _place_findings(app, session, tree, walks=walks)
        await note_placed(session, version=version, after=lying[-1].id if lying else None)
        return bool(lying)


async def _place_findings(app: FastAPI, session: Session, tree: Tree, *, walks: Mapping[UUID, LyingWalk]) -> None:
    lying = await queries.lock_findings(session, list(walks))
    found: Mapping[UUID, str | None] = {}
    if asked := by_point(lying, walks):
        index = await queries.load_index(session, crs=app.state.settings.municipality.crs)
        found = await asyncio.to_thread(queries.codes_at, index, asked)
    placed = {
        each.id: moved_finding(each, walk=walks[each.walk_id], found=found.get(each.id), tree=tree) for each in lying
    }
    await move_findings(session, _others(lying, placed), lay={each.id: each.area_code for each in lying})


def _others(lying: Sequence[Lying], placed: Mapping[UUID, Lying]) -> list[Lying]:
    return [placed[each.id] for each in lying if placed[each.id] is not each]


async def _give_up(_: Exception) -> None:
    # What has moved has moved. The rest is tried again at each look, until whoever reads this has mended it.
    log.exception("placing.unexpected")
