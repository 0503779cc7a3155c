"""Reports as CSV, straight from PostgreSQL's COPY: constant memory, fast as the disk."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.intake.queries import GUARDED, OPEN, Filter, columns, matching
from services.reports.tables import reports
from shared.access import Principal

_QUEUE = 16
# What a spreadsheet would run as a formula. The apostrophe is what spreadsheets themselves put before a text.
_FORMULA = tuple(map(ord, "=+-@\t\r"))
_TEXTS = ("text", "external_reference")


async def copy_reports(session: AsyncSession, *, principal: Principal, wanted: Filter) -> AsyncIterator[bytes]:
    """CSV of the reports that a filter lets through and this reader may see, newest first, as chunks of bytes.

    Columns as in `OPEN` and `GUARDED`; an empty field is what is not known or not for this reader.
    """
    shown = {column.name: column for column in columns(principal)}
    safe = [defused(shown[name]) if name in _TEXTS else shown[name] for name in (*OPEN, *GUARDED)]
    query = sa.select(*safe).where(matching(wanted, principal=principal)).order_by(reports.c.id.desc())
    async for chunk in copied(session, query):
        yield chunk


def defused(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A text that no spreadsheet calculates, under the same name."""
    # By the number of the first letter: a regular expression takes five times as long.
    safe = sa.case((sa.func.ascii(column).in_(_FORMULA), sa.literal("'").concat(column)), else_=column)
    return safe.label(column.name)


async def copied(session: AsyncSession, query: sa.Select[Any]) -> AsyncIterator[bytes]:
    """What a query finds as CSV with a header, as chunks of bytes; constant memory."""
    compiled = query.compile(dialect=dialect(), compile_kwargs={"render_postcompile": True})  # type: ignore[no-untyped-call]
    statement, values = str(compiled), [compiled.params[name] for name in compiled.positiontup or []]
    connection: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    chunks: asyncio.Queue[bytes | None] = asyncio.Queue(_QUEUE)

    async def copy() -> None:
        try:
            await connection.copy_from_query(statement, *values, output=chunks.put, format="csv", header=True)
        finally:
            await chunks.put(None)

    task = asyncio.create_task(copy())
    try:
        while (chunk := await chunks.get()) is not None:
            yield bytes(chunk)
        await task
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=5)
