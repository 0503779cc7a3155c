"""Places walks and findings anew after the areas were drawn anew: each that moves gets a new version and is told."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.walks.placements.domain import LyingFinding, LyingWalk
from shared.messages import Message
from shared.messages.walks import (
    FindingChanged,
    FindingRemoved,
    FindingReturned,
    WalkChanged,
    WalkRemoved,
    WalkReturned,
)
from shared.travel.outbox import announce_many

_MOVE_WALKS = sa.text("""
    UPDATE walks SET area_code = moved.area_code, said_area = moved.said_area, version = moved.version
    FROM unnest(CAST(:ids AS uuid[]), CAST(:areas AS text[]), CAST(:said AS text[]), CAST(:versions AS int[]))
         AS moved (id, area_code, said_area, version)
    WHERE walks.id = moved.id
""")
_MOVE_FINDINGS = sa.text("""
    UPDATE findings SET area_code = moved.area_code, version = moved.version
    FROM unnest(CAST(:ids AS uuid[]), CAST(:areas AS text[]), CAST(:versions AS int[]))
         AS moved (id, area_code, version)
    WHERE findings.id = moved.id
""")
_UNTOLD = frozenset({"id", "said_area", "version", "lon", "lat"})


async def move_walks(session: AsyncSession, moved: Sequence[LyingWalk], *, lay: Mapping[UUID, str]) -> None:
    """Move some walks whose rows this transaction holds, and tell it; two statements, none for none.

    lay: where they lay, by their ids.
    """
    if moved:
        await session.execute(_MOVE_WALKS, _columns(moved) | {"said": [each.said_area for each in moved]})
        await announce_many(session, [fact for each in moved for fact in _told_of_walk(each, before=lay[each.id])])


async def move_findings(session: AsyncSession, moved: Sequence[LyingFinding], *, lay: Mapping[UUID, str]) -> None:
    """The same for findings."""
    if moved:
        await session.execute(_MOVE_FINDINGS, _columns(moved))
        await announce_many(session, [fact for each in moved for fact in _told_of_finding(each, before=lay[each.id])])


def _columns(moved: Sequence[LyingWalk | LyingFinding]) -> dict[str, Any]:
    return {
        "ids": [each.id for each in moved],
        "areas": [each.area_code for each in moved],
        "versions": [each.version for each in moved],
    }


def _told_of_walk(walk: LyingWalk, *, before: str) -> list[Message]:
    """To readers of one area alone it is gone from where it lay, or new where it lies: told behind the change."""
    facts = {"walk_id": walk.id, "sequence": walk.version, **_facts(walk)}
    gone = {name: facts[name] for name in ("walk_id", "sequence", "organisation_id")}
    return [
        WalkChanged(**facts, moved_from=before, redrawn=True),
        WalkRemoved(**gone, area_code=before, moved_to=walk.area_code),
        WalkReturned(**facts, moved_from=before),
    ]


def _told_of_finding(finding: LyingFinding, *, before: str) -> list[Message]:
    facts = {"finding_id": finding.id, "sequence": finding.version, **_facts(finding)}
    gone = {name: facts[name] for name in ("finding_id", "sequence", "walk_id", "organisation_id", "owner_id")}
    return [
        FindingChanged(**facts, moved_from=before, redrawn=True),
        FindingRemoved(**gone, area_code=before, moved_to=finding.area_code),
        FindingReturned(**facts, moved_from=before),
    ]


def _facts(thing: LyingWalk | LyingFinding) -> dict[str, Any]:
    return {name: value for name, value in asdict(thing).items() if name not in _UNTOLD}
