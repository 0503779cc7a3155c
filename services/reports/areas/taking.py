"""What all ways to new areas end with: a tree put in place, the copy in memory made anew, an answer with its counts."""

import asyncio
from collections.abc import Sequence

from fastapi import Request

from services.reports.areas import queries
from services.reports.areas.commands import RIGHT_FILE, check_retired, replace_areas
from services.reports.areas.domain.systems import Home
from services.reports.areas.domain.trees import Area, Difference, Source, difference
from services.reports.areas.reading import Apart
from services.reports.areas.schemas.tree import AreaImport
from services.reports.ground import Ground
from shared.access import Principal
from shared.privacy import check_texts
from shared.privacy.free_text import Kinds, keep_confirmed


def apart_of(request: Request, principal: Principal) -> Apart:
    """Where a file of this caller is read."""
    ground: Ground = request.app.state.ground
    home = Home(ground.crs, ground.areas.bounds)
    return Apart(turns=request.app.state.readers, of=principal.organisation_id, home=home)


async def tree_in_use(request: Request) -> dict[str, Area]:
    """Every area there ever was, by its code."""
    async with request.app.state.database.sessions() as session:
        return await queries.load_tree(session)


async def take(
    request: Request,
    principal: Principal,
    tree: Sequence[Area],
    *,
    source: Source,
    crs: str,
    retire: bool,
    confirmed: bool = False,
    file_name: str | None = None,
) -> AreaImport:
    """Put a tree in place. Raises Conflict."""
    sure = await asyncio.to_thread(_confirmed, tree) if confirmed else ()
    # Not the usual session, which commits after this function: the caller's next report must find the new areas.
    async with request.app.state.database.sessions() as session, session.begin():
        version, change = await replace_areas(
            session, tree, principal=principal, source=source, crs=crs, retire=retire, file_name=file_name
        )
        if not change.none:
            await keep_confirmed(session, {f"areas {version}": sure}, principal=principal)
    return await taken(request, version, change)


async def taken(request: Request, version: int, change: Difference) -> AreaImport:
    """The answer to a change that is committed, once this process places by it."""
    await request.app.state.reload_areas()
    return counted(version, change, moving=await request.app.state.count_moving())


async def foreseen(request: Request, tree: Sequence[Area], *, retire: bool, then: str = RIGHT_FILE) -> AreaImport:
    """The answer as it would be, with the version that there is. Raises Conflict."""
    async with request.app.state.database.sessions() as session:
        current, version = await queries.load_tree(session), await queries.areas_version(session)
    change = await asyncio.to_thread(difference, current, tree)
    if not retire:
        check_retired(change, current, then=then)
    moves = await request.app.state.foresee_moves(tree)
    return counted(version, change, moving=moves.moving)


def counted(version: int, change: Difference, *, moving: int) -> AreaImport:
    """A change by its counts."""
    return AreaImport(
        version=version,
        added=len(change.added),
        changed=len(change.changed),
        retired=len(change.retired),
        unchanged=change.unchanged,
        reports_to_move=moving,
    )


def _confirmed(tree: Sequence[Area]) -> Kinds:
    """What of the names of areas their sender confirmed, by field and kind."""
    return check_texts({f"/{area.code}/name": area.name for area in tree}, confirmed=True)
