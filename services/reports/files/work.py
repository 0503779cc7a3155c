"""Works off the files that came in, one after the other, in memory that does not grow with them.

An organisation's files are taken in the order in which they came, one at a time in the whole cluster: an advisory lock
of the organisation is held by the connection that merges, so a process that dies lets go of it at once and another
goes on from the last batch. Files of other organisations may be worked off elsewhere meanwhile.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, islice
from uuid import UUID

import structlog
from fastapi import FastAPI

from services.reports.files import commands, queries
from services.reports.files.claiming import Connection, claimed
from services.reports.files.domain.csvfile import CsvFile, Row, Unreadable
from services.reports.files.domain.imports import FIRST_ROWS, ROWS_AT_ONCE, Waiting
from services.reports.files.domain.rows import Batch, Reading, Sender, check_first, interpret, skip
from services.reports.files.foreseeing import begin_again, foresee_rows
from services.reports.files.merging import merge_rows
from services.reports.files.staging import GoneOn
from services.reports.ground import Ground
from services.reports.mappings.schemas import Mapping
from shared.database import Database, is_passing
from shared.ids import uuid7s
from shared.working import keep_looking

log = structlog.get_logger()

_LOOK_S = 2.0
_CHUNK_TIMEOUT_S = 30


async def work_off_imports(app: FastAPI) -> None:
    """Work off whatever waits, and go on so. Looks every two seconds, and at once when a file came in here."""
    await keep_looking("imports", partial(_work_off_all, app), every_s=_LOOK_S, wake=app.state.files_waiting)


async def _work_off_all(app: FastAPI) -> None:
    while await _work_one(app):
        pass
    await _drop_broken_off(app)


async def _drop_broken_off(app: FastAPI) -> None:
    # Nobody can be sending for longer than a request may take.
    after = timedelta(seconds=2 * app.state.settings.import_timeout_s)
    async with app.state.database.sessions() as session, session.begin():
        await commands.drop_broken_off(session, now=datetime.now(UTC), after=after)


async def _work_one(app: FastAPI) -> bool:
    """Take up the oldest file that nobody works on. Returns False when there is none."""
    database: Database = app.state.database
    async with claimed(database) as claim:
        if claim is None:
            return False
        connection, file = claim
        log.info("import.taken_up", **{"import.id": str(file.id), "import.rows_done": file.done})
        try:
            failure = await _work_off(app, connection, file)
        except GoneOn:
            return True
        except Exception as unexpected:
            if is_passing(unexpected):
                raise
            # It would go wrong again each time this process starts: the file is put aside, the service goes on.
            log.exception("import.unexpected", **{"import.id": str(file.id)})
            failure = "Something went wrong here. Name the id of this import when you report it."
        async with database.sessions(bind=connection) as session, session.begin():
            if failure is None:
                await commands.finish_import(session, file.id, now=datetime.now(UTC))
            else:
                await commands.fail_import(session, file.id, failure=failure, now=datetime.now(UTC))
        log.info("import.ended", **{"import.id": str(file.id), "import.failed": failure is not None})
        return True


async def _work_off(app: FastAPI, connection: Connection, file: Waiting) -> str | None:
    """Merge a file from where it stands. Returns None at its end, or in a sentence why it cannot be gone on with.

    While one batch is stored, a thread prepares the next: PostgreSQL and Python then use a core each.
    """
    database: Database = app.state.database
    if file.dry_run:
        async with database.sessions(bind=connection) as session, session.begin():
            await begin_again(session, file.id)
        file = replace(file, done=0)
    batches = _batches(file, _chunks(database, file.id, asyncio.get_running_loop()), ground=lambda: app.state.ground)
    work, done = (foresee_rows if file.dry_run else merge_rows), file.done
    preparing = asyncio.create_task(asyncio.to_thread(next, batches, None))
    try:
        while (batch := await preparing) is not None:
            preparing = asyncio.create_task(asyncio.to_thread(next, batches, None))
            async with database.sessions(bind=connection) as session, session.begin():
                await work(session, file.id, batch, done=done, now=datetime.now(UTC))
            done += batch.read
    except Unreadable as refused:
        return refused.detail
    finally:
        preparing.cancel()
    return None


def _chunks(database: Database, import_id: UUID, loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """The parts of a file, for the thread that prepares: each is fetched by the event loop while the thread waits."""

    async def fetch(number: int) -> bytes | None:
        async with database.sessions() as session:
            return await queries.find_chunk(session, import_id, number)

    for number in count():
        body = asyncio.run_coroutine_threadsafe(fetch(number), loop).result(timeout=_CHUNK_TIMEOUT_S)
        if body is None:
            return
        yield body


def _batches(file: Waiting, chunks: Iterator[bytes], *, ground: Callable[[], Ground]) -> Iterator[Batch]:
    """What the rows of a file become, from where it stands. Raises Unreadable once all rows before are given out."""
    mapping = Mapping.model_validate(file.document).plan()
    table = CsvFile(chunks, delimiter=mapping.delimiter, encoding=mapping.encoding)
    # As Python has them: those of asyncpg take thrice the time to write, in every message.
    sender = Sender(organisation_id=UUID(int=file.organisation_id.int), client_id=file.client_id)
    reading = Reading(mapping=mapping, header=table.header, sender=sender)
    rows = iter(table)
    for begin in range(0, file.done, ROWS_AT_ONCE):
        skip(reading, list(islice(rows, min(ROWS_AT_ONCE, file.done - begin))))
    size = ROWS_AT_ONCE if file.done else FIRST_ROWS
    while True:
        some, broken = _take(rows, size)
        if some:
            here = ground()
            batch = interpret(reading, some, ground=here, ids=uuid7s, now=datetime.now(UTC))
            if size == FIRST_ROWS:
                check_first(batch, mapping=mapping, ground=here)
            yield batch
        if broken is not None:
            raise broken
        if not some:
            return
        size = ROWS_AT_ONCE


def _take(rows: Iterator[Row], size: int) -> tuple[list[Row], Unreadable | None]:
    """The next rows, and what keeps from reading on behind them."""
    taken: list[Row] = []
    try:
        for row in islice(rows, size):
            taken.append(row)
    except Unreadable as broken:
        return taken, broken
    return taken, None
