"""Keeps how an organisation's files are read."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.mappings.domain.identity import identity_of
from services.reports.mappings.domain.mapping import MOST_BYTES, MOST_BYTES_OF_ALL, MOST_DRAFTS, MOST_MAPPINGS
from services.reports.mappings.queries import find_mapping, get_mapping, identity_kept, list_waiting
from services.reports.tables import mapping_drafts, mappings
from shared.access import Principal
from shared.database.ceilings import alone
from shared.errors import A_LIMIT, NO_IF_MATCH, Conflict, Stale, TooLarge, VersionNeeded


async def put_mapping(
    session: AsyncSession,
    name: str,
    *,
    principal: Principal,
    document: Mapping[str, Any],
    same: Callable[[dict[str, Any]], bool],
    versions: frozenset[int] | None,
    now: datetime,
) -> dict[str, Any]:
    """Keep a mapping under a name of the organisation's own, and return it as it is kept then.

    One that is there and says something else is replaced only at one of `versions`, None for any: what a colleague made
    is not lost without somebody saying so. The `same` again changes nothing. Imports under way go on with the one they
    began with. Raises Stale, VersionNeeded, TooLarge, and Conflict above what one organisation has.
    """
    _check_size(document)
    await alone(session, "mappings", organisation_id=principal.organisation_id)
    before = await find_mapping(session, name, principal=principal)
    if before is not None and same(before["mapping"]):
        return before
    _check_version(before, versions)
    await _check_room(session, name, principal=principal, size=len(orjson.dumps(document)))
    identity = identity_of(document, name=name, before=None if before is None else identity_kept(before))
    kept = {
        "document": dict(document),
        "identity": identity.document(),
        "version": 1 if before is None else before["version"] + 1,
        "changed_at": now,
        "changed_by": principal.client_id,
    }
    store = insert(mappings).values(organisation_id=principal.organisation_id, name=name, **kept)
    await session.execute(
        store.on_conflict_do_update(index_elements=[mappings.c.organisation_id, mappings.c.name], set_=kept)
    )
    return {
        "name": name,
        "mapping": kept["document"],
        **{each: kept[each] for each in ("version", "changed_at", "changed_by")},
    }


async def delete_mapping(
    session: AsyncSession, name: str, *, principal: Principal, versions: frozenset[int] | None
) -> None:
    """Forget a mapping at one of these versions (None: any). What came in by it stays, and so do drafts.

    Raises NotFound, Stale, and Conflict while a file waits that came with it.
    """
    await alone(session, "mappings", organisation_id=principal.organisation_id)
    before = await get_mapping(session, name, principal=principal)
    if versions is not None and before["version"] not in versions:
        raise Stale("This mapping is at no version that If-Match names. Read it again, and send its ETag of now.")
    if waiting := await list_waiting(session, name, principal=principal):
        raise Conflict(
            "Files wait that were sent with this mapping. Delete it when they are at their end.",
            code="mapping-in-use",
            of=waiting,
        )
    mine = mappings.c.organisation_id == principal.organisation_id, mappings.c.name == name
    await session.execute(sa.delete(mappings).where(*mine))


async def keep_draft(
    session: AsyncSession, draft_id: UUID, *, principal: Principal, document: Mapping[str, Any], replacing: str | None
) -> None:
    """Hold a mapping for trials, beside those with names; of an organisation the newest stay. Raises TooLarge.

    replacing: the name under which it would be kept. Its rows are then known as they would be.
    """
    _check_size(document)
    before = None if replacing is None else await find_mapping(session, replacing, principal=principal)
    identity = identity_of(document, name=replacing, before=None if before is None else identity_kept(before))
    await alone(session, "mapping drafts", organisation_id=principal.organisation_id)
    await session.execute(
        sa.insert(mapping_drafts).values(
            id=draft_id,
            organisation_id=principal.organisation_id,
            document=dict(document),
            identity=identity.document(),
        )
    )
    own = mapping_drafts.c.organisation_id == principal.organisation_id
    older = sa.select(mapping_drafts.c.id).where(own).order_by(mapping_drafts.c.id.desc()).offset(MOST_DRAFTS)
    await session.execute(sa.delete(mapping_drafts).where(mapping_drafts.c.id.in_(older)))


def _check_size(document: Mapping[str, Any]) -> None:
    if len(orjson.dumps(document)) > MOST_BYTES:
        raise TooLarge(f"A mapping is at most {MOST_BYTES} bytes of JSON. Leave out words that no file holds.")


def _check_version(before: Mapping[str, Any] | None, versions: frozenset[int] | None) -> None:
    if before is None:
        if versions != frozenset():
            raise Stale("Your organisation has no mapping of this name to replace. Leave If-Match out for a new one.")
        return
    if versions is not None and before["version"] not in versions:
        detail = (
            "Your organisation has a mapping of this name that says something else. Read it, and send its ETag in"
            " If-Match to replace it, or take another name."
        )
        raise Stale(detail) if versions else VersionNeeded(detail, errors=NO_IF_MATCH)


async def _check_room(session: AsyncSession, name: str, *, principal: Principal, size: int) -> None:
    others = sa.and_(mappings.c.organisation_id == principal.organisation_id, mappings.c.name != name)
    sizes = sa.func.coalesce(sa.func.sum(sa.func.octet_length(sa.cast(mappings.c.document, sa.Text))), 0)
    count, held = (await session.execute(sa.select(sa.func.count(), sizes).where(others))).one()
    if count >= MOST_MAPPINGS or held + size > MOST_BYTES_OF_ALL:
        raise Conflict(
            f"An organisation has at most {MOST_MAPPINGS} mappings, and {MOST_BYTES_OF_ALL} bytes of them. Put this one"
            " in the place of another, or delete one.",
            code="limit-reached",
            of=A_LIMIT,
        )
