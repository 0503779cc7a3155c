"""Places gatherings anew whenever the areas have changed, a batch at a time."""

import asyncio
from collections.abc import Mapping
from functools import partial
from uuid import UUID

from fastapi import FastAPI

from services.events.ground import Ground
from services.events.placements.commands import move_gatherings
from services.events.placements.domain import GATHERINGS_AT_ONCE, moves
from services.events.placements.queries import heirs_in, load_ground, lock_lying
from shared.database import Session
from shared.placing import PlaceSome, keep_placing


async def place_anew(app: FastAPI) -> None:
    """Place what lies in areas of before, and go on so. Looks as often as the areas in memory are looked at."""
    await keep_placing(app.state.database, every_s=app.state.settings.areas_reload_s, load=partial(_load, app))


async def _load(app: FastAPI, session: Session) -> PlaceSome:
    ground = await load_ground(session, app.state.ground)
    return partial(_place_some, ground=ground, heirs=heirs_in(ground))


async def _place_some(session: Session, after: UUID | None, *, ground: Ground, heirs: Mapping[str, str]) -> UUID | None:
    seen = await lock_lying(session, after=after, limit=GATHERINGS_AT_ONCE)
    await move_gatherings(session, seen, await asyncio.to_thread(moves, seen, ground=ground, heirs=heirs))
    return seen[-1].id if seen else None
