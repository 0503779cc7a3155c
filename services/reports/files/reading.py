"""Workbooks as CSV, read apart: what a workbook can do to its reader, it does to a child process."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import BinaryIO
from uuid import UUID

from services.reports.apart.reading import Bounds, parts_of
from services.reports.files.domain.workbooks import sheet_as_csv
from shared.turns import Turns

# Measured with a workbook of 2 million cells of texts: 4.7 s of a processor; of a million with a damaged one: 5.3 s.
BOUNDS = Bounds(memory_bytes=640_000_000, cpu_s=8, wall_s=12)


def sheet_parts(
    readers: Turns, file: BinaryIO, *, of: UUID, most_rows: int | None = None
) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
    """The first sheet of a workbook as CSV, in parts, which raise Unreadable. Raises TooMany, Unavailable."""
    return parts_of(sheet_as_csv, file, turns=readers, of=of, bounds=BOUNDS, most_rows=most_rows)
