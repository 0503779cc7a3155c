"""Reports as CSV, straight from PostgreSQL's COPY: constant memory, fast as the disk.

An export holds a connection until its reader has read it, so exports have connections of their own, in turn by
organisation. All that one holds is let go when its request ends, also one that nobody reads any longer.
"""

import asyncio
import codecs
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import sqlalchemy as sa
from fastapi import Request
from fastapi.responses import StreamingResponse
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.intake.filters import Filter
from services.reports.intake.queries import GUARDED, OPEN, columns, matching
from services.reports.intake.spreadsheet import Sheet
from services.reports.settings import Settings
from services.reports.tables import reports
from shared.access import Principal
from shared.database import Database
from shared.database.engine import AWAY, DRIVER_PASSING
from shared.errors import Unavailable
from shared.http.edge import hold_until_end
from shared.texts import FORMULA
from shared.turns import Turns

Chunks = AsyncIterator[bytes]

_QUEUE = 16
# Words of our own, from lists that no caller and no file adds to. All other texts are other people's.
_OURS = frozenset({"category", "subcategory", "cell", "location_kind", "certainty", "status", "code"})


class Exports:
    """The connections of exports, and whose turn it is: an organisation has at most half of them."""

    def __init__(self, settings: Settings) -> None:
        places = settings.exports_at_once
        self.database = Database(
            settings.database_url, connections=places, statement_timeout_s=settings.export_timeout_s, name="exports"
        )
        share = max(1, places // 2)
        self.turns = Turns("exports", places=places, share=share, waiting=share, patience_s=10, again_s=10)

    async def begin(self, request: Request, *, principal: Principal) -> AsyncSession:
        """A session that sees one moment, until the request ends. Raises TooMany, Unavailable."""
        await hold_until_end(request, self.turns.turn(principal.organisation_id))
        session = await hold_until_end(request, self.database.sessions())
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return session


async def csv_answer(request: Request, chunks: AbstractAsyncContextManager[Chunks], *, name: str) -> StreamingResponse:
    """Chunks as a file of that name. The first is waited for: what is wrong with a query is refused, not broken off."""
    parts = await hold_until_end(request, chunks)
    first = await anext(parts, b"")

    async def all_parts() -> Chunks:
        yield first
        async for part in parts:
            yield part

    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(all_parts(), media_type="text/csv; charset=utf-8", headers=headers)


def copy_reports(
    session: AsyncSession, *, principal: Principal, wanted: Filter, sheet: Sheet | None
) -> AbstractAsyncContextManager[Chunks]:
    """CSV of the reports that a filter lets through and this reader may see, newest first, as chunks of bytes.

    Columns as in `OPEN` and `GUARDED`; an empty field is what is not known or not for this reader. With a sheet what
    people read in its place (`spreadsheet`).
    """
    shown = {column.name: column for column in columns(principal)}
    safe = {name: defused(shown[name]) for name in (*OPEN, *GUARDED)}
    query = sa.select(*(_rfc3339(each) for each in safe.values())) if sheet is None else sheet.select(safe)
    query = query.where(matching(wanted, principal=principal)).order_by(reports.c.id.desc())
    return copied(session, query, delimiter=sheet.delimiter if sheet else ",", mark=sheet is not None)


def _rfc3339(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A moment as the API writes it; any other column as it is. `to_char` would take four times as long."""
    if not isinstance(column.type, sa.DateTime):
        return column
    local = sa.cast(sa.func.timezone("UTC", column), sa.Text)
    return (sa.func.replace(local, " ", "T") + "Z").label(column.name)


def defused(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A column of which no spreadsheet calculates any part (`shared.texts.defused`), under the same name.

    A regular expression for each text that is not ours: 0.6 us for one of 130 characters, 0.25 us for a reference, of
    the 10 us that a row of an export takes. To look for a separator first takes as long, and most texts have a comma.
    """
    if not isinstance(column.type, sa.String) or column.name in _OURS:
        return column
    return sa.func.regexp_replace(column, FORMULA, r"\1'", "g").label(column.name)


@asynccontextmanager
async def copied(
    session: AsyncSession, query: sa.Select[Any], *, delimiter: str = ",", mark: bool = False
) -> AsyncIterator[Chunks]:
    """What a query finds as CSV with a header, as chunks of bytes; constant memory. Raises Unavailable.

    mark: begin with the byte order mark, without which Excel takes UTF-8 for something else.
    """
    compiled = query.compile(dialect=dialect(), compile_kwargs={"render_postcompile": True})  # type: ignore[no-untyped-call]
    statement, values = str(compiled), [compiled.params[name] for name in compiled.positiontup or []]
    held = await session.connection()
    connection: Any = (await held.get_raw_connection()).driver_connection
    chunks: asyncio.Queue[bytes | None] = asyncio.Queue(_QUEUE)

    async def copy() -> None:
        form: dict[str, Any] = {"format": "csv", "header": True, "delimiter": delimiter}
        try:
            await connection.copy_from_query(statement, *values, output=chunks.put, **form)
        except DRIVER_PASSING as away:
            raise Unavailable(AWAY) from away
        finally:
            await chunks.put(None)

    async def parts() -> Chunks:
        if mark:
            yield codecs.BOM_UTF8
        while (chunk := await chunks.get()) is not None:
            yield bytes(chunk)
        await task

    task = asyncio.create_task(copy())
    try:
        yield parts()
    finally:
        if not task.done():
            # Nobody reads on. To end the COPY in order PostgreSQL would have to be read to its end.
            connection.terminate()
            await held.invalidate()
            task.cancel()
        await asyncio.wait([task], timeout=5)
