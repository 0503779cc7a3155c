"""Files as they come in: what they are by their first bytes; workbooks as CSV, read apart.

What a workbook can do to its reader, it does to a child process.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from services.reports.apart.reading import Bounds, parts_of, spooled
from services.reports.files.domain.imports import CHUNK_BYTES
from services.reports.files.domain.kinds import check_text, is_packed
from services.reports.files.domain.workbooks import MOST_SHEET_BYTES, Told, sheet_as_csv, told_of
from services.reports.mappings.domain.mapping import Mapping as Plan
from shared.errors import TooLarge
from shared.turns import Turns

# Measured with a workbook of 2 million cells of texts: 4.7 s of a processor; of a million with a damaged one: 5.3 s.
BOUNDS = Bounds(memory_bytes=640_000_000, cpu_s=8, wall_s=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A file that comes in: as CSV in parts of CHUNK_BYTES, the last one smaller, none empty; `told` of a workbook."""

    parts: AsyncIterator[bytes]
    told: Told | None


@asynccontextmanager
async def coming(
    body: AsyncIterator[bytes], *, readers: Turns, of: UUID, plan: Plan | None = None, most_rows: int | None = None
) -> AsyncIterator[Coming]:
    """What a body is, whatever it is said to be. plan: the mapping that it is read under, if there is one.

    Raises Unreadable for what is no table, TooLarge for a workbook, TooMany, Unavailable; the parts raise Unreadable.
    """
    parts = chunked(body)
    first = await anext(parts, b"")
    if not is_packed(first):
        check_text(first)
        yield Coming(parts=_again(first, parts), told=None)
        return
    async with (
        spooled(_bounded(_again(first, parts))) as file,
        sheet_parts(readers, file, of=of, plan=plan, most_rows=most_rows) as lines,
    ):
        told = told_of(await anext(lines))
        yield Coming(parts=chunked(lines), told=told)


def sheet_parts(
    readers: Turns, file: BinaryIO, *, of: UUID, plan: Plan | None = None, most_rows: int | None = None
) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
    """The table of a workbook as `sheet_as_csv` gives it; the parts raise Unreadable. Raises TooMany, Unavailable.

    plan: the mapping that says which sheet, which row and which columns.
    """
    asked = {} if plan is None else {
        "sheet": plan.sheet, "row": plan.header_row, "wanted": plan.wanted, "formats": plan.datetime_formats,
    }  # fmt: skip
    return parts_of(sheet_as_csv, file, turns=readers, of=of, bounds=BOUNDS, most_rows=most_rows, **asked)


async def chunked(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in parts of CHUNK_BYTES, the last one smaller, none empty."""
    held = bytearray()
    async for part in parts:
        held += part
        while len(held) >= CHUNK_BYTES:
            yield bytes(held[:CHUNK_BYTES])
            del held[:CHUNK_BYTES]
    if held:
        yield bytes(held)


async def _again(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if first:
        yield first
    async for chunk in rest:
        yield chunk


async def _bounded(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for part in parts:
        size += len(part)
        if size > MOST_SHEET_BYTES:
            raise TooLarge("A workbook is at most 50 MB. Save larger tables as CSV.")
        yield part
