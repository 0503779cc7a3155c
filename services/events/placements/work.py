"""Places all gatherings anew whenever the areas have changed, in whichever process has time, a batch at a time."""

import asyncio
from functools import partial

import structlog
from fastapi import FastAPI

from services.events.ground import Ground
from services.events.placements.commands import move_gatherings
from services.events.placements.domain import GATHERINGS_AT_ONCE, moves
from services.events.placements.queries import heirs_in, load_ground, lock_lying
from shared.geo.areas import areas_version
from shared.geo.placing import Still, is_behind, lock_placing, note_placed
from shared.working import keep_looking

log = structlog.get_logger()


async def place_anew(app: FastAPI) -> None:
    """Place what lies in areas of before, and go on so. Looks as often as the areas in memory are looked at."""
    every_s = app.state.settings.areas_reload_s
    await keep_looking("placing", partial(_place_all, app, Still()), every_s=every_s, give_up=_give_up)


async def _place_all(app: FastAPI, still: Still) -> None:
    async with app.state.database.sessions() as session:
        version = await areas_version(session)
        if not (still.stands(version) and await is_behind(session, version=version)):
            return
        ground = await load_ground(session, app.state.ground)
    while await _place_some(app, ground, version=version):
        pass


async def _place_some(app: FastAPI, ground: Ground, *, version: int) -> bool:
    """One batch in one transaction. Returns whether there may be more."""
    async with app.state.database.sessions() as session, session.begin():
        placing = await lock_placing(session, version=version)
        if placing is None:
            return False
        seen = await lock_lying(session, after=placing[0], limit=GATHERINGS_AT_ONCE)
        moved = await asyncio.to_thread(moves, seen, ground=ground, heirs=heirs_in(ground))
        await move_gatherings(session, seen, moved)
        await note_placed(session, version=version, after=seen[-1].id if seen else None)
        return bool(seen)


async def _give_up(_: Exception) -> None:
    # What has moved has moved. The rest is tried again at each look, until whoever reads this has mended it.
    log.exception("placing.unexpected")
