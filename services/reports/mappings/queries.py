"""The mappings of an organisation."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.mappings.domain.identity import Identity, identity_from
from services.reports.tables import mapping_drafts, mappings
from services.reports.tables_of_files import imports, on_their_way
from shared.access import Principal
from shared.errors import NotFound

_COLUMNS = (
    mappings.c.name,
    mappings.c.version,
    mappings.c.changed_at,
    mappings.c.changed_by,
    mappings.c.document.label("mapping"),
)


def identity_kept(found: Mapping[str, Any]) -> Identity:
    """By what the rows of a mapping are known that was found here."""
    return identity_from(found["identity"], document=found["mapping"], name=found["name"])


async def get_mapping(session: AsyncSession, name: str, *, principal: Principal) -> dict[str, Any]:
    """A mapping of the caller's organisation by the primary key. Raises NotFound."""
    found = await find_mapping(session, name, principal=principal)
    if found is None:
        raise NotFound("Your organisation has no mapping of this name. Put it under /mappings/{name}.")
    return found


async def find_mapping(session: AsyncSession, name: str, *, principal: Principal) -> dict[str, Any] | None:
    """The same, None where there is none."""
    own = mappings.c.organisation_id == principal.organisation_id
    query = sa.select(*_COLUMNS, mappings.c.identity).where(own, mappings.c.name == name)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else row._asdict()


async def list_waiting(session: AsyncSession, name: str, *, principal: Principal) -> Sequence[UUID]:
    """The files on their way in that came with a mapping, by ix_imports_waiting."""
    mine = imports.c.organisation_id == principal.organisation_id, imports.c.mapping == name
    query = sa.select(imports.c.id).where(*mine, on_their_way).order_by(imports.c.id)
    return list(await session.scalars(query))


async def get_draft(session: AsyncSession, draft_id: UUID, *, principal: Principal) -> dict[str, Any]:
    """A draft of the caller's organisation, by the primary key. Raises NotFound."""
    own = mapping_drafts.c.organisation_id == principal.organisation_id
    columns = sa.null().label("name"), mapping_drafts.c.document.label("mapping"), mapping_drafts.c.identity
    row = (await session.execute(sa.select(*columns).where(mapping_drafts.c.id == draft_id, own))).one_or_none()
    if row is None:
        raise NotFound("Your organisation has no such draft any more. Send the mapping to /mappings/drafts again.")
    return row._asdict()


async def list_mappings(session: AsyncSession, *, principal: Principal) -> Sequence[dict[str, Any]]:
    """All mappings of the caller's organisation by name: a handful."""
    own = mappings.c.organisation_id == principal.organisation_id
    rows = await session.execute(sa.select(*_COLUMNS).where(own).order_by(mappings.c.name))
    return [row._asdict() for row in rows]
