"""Places a service's own things anew whenever its copy of the areas has changed, a batch at a time."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

import structlog

from shared.database import Database, Session
from shared.geo.areas import areas_version
from shared.geo.placing import Still, is_behind, lock_placing, note_placed
from shared.working import keep_looking

log = structlog.get_logger()

# Places the next things behind one of them, None for the first ones. Returns the last of these, None for no more.
PlaceSome = Callable[[Session, UUID | None], Awaitable[UUID | None]]


async def keep_placing(database: Database, *, every_s: float, load: Callable[[Session], Awaitable[PlaceSome]]) -> None:
    """Place all things anew whenever the areas have changed, in whichever process has time; until cancelled.

    load: reads the areas, once for all batches, and gives what places a batch by them.
    """
    await keep_looking("placing", partial(_place_all, database, Still(), load), every_s=every_s, give_up=_give_up)


async def _place_all(database: Database, still: Still, load: Callable[[Session], Awaitable[PlaceSome]]) -> None:
    async with database.sessions() as session:
        version = await areas_version(session)
        if not (still.stands(version) and await is_behind(session, version=version)):
            return
        place_some = await load(session)
    while await _is_more(database, place_some, version=version):
        pass


async def _is_more(database: Database, place_some: PlaceSome, *, version: int) -> bool:
    """Place a batch, in one transaction. Returns whether there may be more."""
    async with database.sessions() as session, session.begin():
        placing = await lock_placing(session, version=version)
        if placing is None:
            return False
        last = await place_some(session, placing[0])
        await note_placed(session, version=version, after=last)
        return last is not None


async def _give_up(_: Exception) -> None:
    # What has moved has moved. The rest is tried again at each look, until whoever reads this has mended it.
    log.exception("placing.unexpected")
