"""Places walks and their findings anew whenever the areas have changed, a batch at a time."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

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
from shared.placing import PlaceSome, keep_placing

_LOOK_S = 2.0
Lying = TypeVar("Lying", LyingWalk, LyingFinding)


@dataclass(slots=True, kw_only=True)
class _Areas:
    """The areas as they are, and their shapes once a finding's point asks for them."""

    tree: Tree
    crs: str
    index: Any = None

    async def codes_at(self, session: Session, lying: Sequence[LyingFinding]) -> Mapping[UUID, str | None]:
        """The deepest area around the point of each of these findings; one statement in all, none for none."""
        if not lying:
            return {}
        if self.index is None:
            self.index = await queries.load_index(session, crs=self.crs)
        return await asyncio.to_thread(queries.codes_at, self.index, lying)


async def place_anew(app: FastAPI) -> None:
    """Place what lies in areas of before, and go on so. Looks every two seconds."""
    crs = app.state.settings.municipality.crs
    await keep_placing(app.state.database, every_s=_LOOK_S, load=partial(_load, crs=crs))


async def _load(session: Session, *, crs: str) -> PlaceSome:
    return partial(_place_some, areas=_Areas(tree=await queries.load_tree(session), crs=crs))


async def _place_some(session: Session, after: UUID | None, *, areas: _Areas) -> UUID | None:
    lying = await queries.lock_walks(session, after=after, limit=WALKS_AT_ONCE)
    walks = {each.id: moved_walk(each, areas.tree) for each in lying}
    await move_walks(session, _others(lying, walks), lay={each.id: each.area_code for each in lying})
    await _place_findings(session, areas, walks=walks)
    return lying[-1].id if lying else None


async def _place_findings(session: Session, areas: _Areas, *, walks: Mapping[UUID, LyingWalk]) -> None:
    lying = await queries.lock_findings(session, list(walks))
    found = await areas.codes_at(session, by_point(lying, walks))
    placed = {
        each.id: moved_finding(each, walk=walks[each.walk_id], found=found.get(each.id), tree=areas.tree)
        for each in lying
    }
    await move_findings(session, _others(lying, placed), lay={each.id: each.area_code for each in lying})


def _others(lying: Sequence[Lying], placed: Mapping[UUID, Lying]) -> list[Lying]:
    return [placed[each.id] for each in lying if placed[each.id] is not each]
