"""Keeps files of areas while somebody finds out how to read them: for a day, and of an organisation the newest few."""

import asyncio
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.areas.queries import KEPT_FOR
from services.reports.tables import area_file_parts, area_files
from shared.access import Principal
from shared.database.ceilings import alone

MOST_FILES = 5
_PART_BYTES = 1 << 20


async def keep_file(
    session: AsyncSession,
    file_id: UUID,
    file: BinaryIO,
    *,
    principal: Principal,
    name: str | None,
    offer: dict[str, Any],
    now: datetime,
) -> None:
    """Keep a file and what it offers; of the organisation's older ones the newest stay."""
    await alone(session, "area files", organisation_id=principal.organisation_id)
    size = file.seek(0, 2)
    await session.execute(
        sa.insert(area_files).values(
            id=file_id,
            organisation_id=principal.organisation_id,
            client_id=principal.client_id,
            name=name,
            size_bytes=size,
            offer=offer,
            received_at=now,
        )
    )
    file.seek(0)
    number = 0
    while body := await asyncio.to_thread(file.read, _PART_BYTES):
        await session.execute(sa.insert(area_file_parts).values(file_id=file_id, number=number, body=body))
        number += 1
    own = sa.select(area_files.c.id).where(area_files.c.organisation_id == principal.organisation_id)
    older = own.order_by(area_files.c.received_at.desc(), area_files.c.id.desc()).offset(MOST_FILES)
    await session.execute(sa.delete(area_files).where(area_files.c.id.in_(older)))


async def drop_file(session: AsyncSession, file_id: UUID) -> None:
    """Forget a file."""
    await session.execute(sa.delete(area_files).where(area_files.c.id == file_id))


async def forget_files(session: AsyncSession) -> None:
    """Forget the files whose day is over."""
    over = area_files.c.received_at < sa.func.now() - KEPT_FOR
    await session.execute(sa.delete(area_files).where(over))
