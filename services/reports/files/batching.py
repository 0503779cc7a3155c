"""What the rows of a file become, a batch after the other, as a thread beside the event loop prepares them."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from services.reports.files.domain.csvfile import CsvFile, Row
from services.reports.files.domain.failures import Unreadable
from services.reports.files.domain.imports import (
    BATCH_BYTES,
    CELL_BYTES,
    FIRST_BYTES,
    FIRST_ROWS,
    ROWS_AT_ONCE,
    Waiting,
)
from services.reports.files.domain.readable import Reading, Sender
from services.reports.files.domain.rows import Batch, check_first, interpret, skip
from services.reports.ground import Ground
from services.reports.mappings.domain.identity import identity_from
from services.reports.mappings.schemas import Mapping
from shared.ids import uuid7_texts


@dataclass(slots=True)
class Passed:
    """How many rows of a file were passed over, known at its end: they add up others, or say the headings again."""

    rows: int = 0


def batches(
    file: Waiting,
    chunks: Iterator[bytes],
    *,
    passed: Passed,
    ground: Callable[[], Ground],
    at_once: Callable[[], int],
) -> Iterator[Batch]:
    """What the rows of a file become, from where it stands. Raises Unreadable once all rows before are given out."""
    mapping = Mapping.model_validate(file.document).plan()
    table = CsvFile(
        chunks,
        delimiter=mapping.delimiter,
        encoding=mapping.encoding,
        row=mapping.header_row,
        wanted=mapping.wanted,
    )
    # As Python has them: those of asyncpg take thrice the time to write, in every message.
    sender = Sender(organisation_id=UUID(int=file.organisation_id.int), client_id=file.client_id)
    known, whole = identity_from(file.identity, document=file.document, name=file.mapping), bool(file.snapshot)
    reading = Reading(
        mapping=mapping, header=table.header, sender=sender, identity=known, whole=whole, zone=ground().zone
    )
    rows = iter(table)
    _skip(reading, rows, file.done)
    first, most_bytes = not file.done, FIRST_BYTES
    while True:
        some, held, broken = _take(rows, FIRST_ROWS if first else at_once(), most_bytes)
        if some:
            here, began = ground(), time.thread_time()
            batch = interpret(reading, some, ground=here, ids=uuid7_texts, now=datetime.now(UTC))
            most_bytes = _bytes_of_a_second(held, took_s=time.thread_time() - began)
            if first:
                check_first(batch, mapping=mapping, ground=here)
            yield batch
        if broken is not None:
            raise broken
        if not some:
            passed.rows = table.passed_over
            return
        first = False


def _skip(reading: Reading, rows: Iterator[Row], left: int) -> None:
    while left and (some := _take(rows, min(ROWS_AT_ONCE, left), BATCH_BYTES)[0]):
        skip(reading, some)
        left -= len(some)


def _bytes_of_a_second(held: int, *, took_s: float) -> int:
    """So many that the next batch takes a second, whatever it is that these rows give the screen to do."""
    return min(BATCH_BYTES, max(FIRST_BYTES // 10, int(held / max(took_s, 0.001))))


def _take(rows: Iterator[Row], size: int, most_bytes: int) -> tuple[list[Row], int, Unreadable | None]:
    """The next rows, so many or as many as hold so many bytes, those bytes, and what keeps from reading on behind."""
    taken: list[Row] = []
    held = 0
    try:
        for row in islice(rows, size):
            taken.append(row)
            # About so many bytes of memory.
            held += len("".join(row.cells)) + CELL_BYTES * len(row.cells)
            if held > most_bytes:
                break
    except Unreadable as broken:
        return taken, held, broken
    return taken, held, None
