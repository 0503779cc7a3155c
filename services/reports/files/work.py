"""Works off the files that came in, in turn by organisation, in memory that does not grow with them.

A large file is worked off in slices; between two of them it is whoever's turn it is (`claiming`). A process that dies
lets go of the organisations' locks at once, and another goes on from the last batch.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from uuid import UUID

import structlog
from fastapi import FastAPI

from services.reports.files import commands, queries
from services.reports.files.batching import Passed, batches
from services.reports.files.claiming import Connection, claiming
from services.reports.files.domain.failures import UNEXPECTED, Failure, Unreadable
from services.reports.files.domain.imports import (
    BATCHES_IN_TURN,
    MOST_BEGUN,
    RESTS_IN_COMPANY,
    ROWS_AT_ONCE,
    ROWS_IN_COMPANY,
    Waiting,
)
from services.reports.files.domain.rows import Batch
from services.reports.files.foreseeing import begin_again, foresee_rows, forget
from services.reports.files.likenesses import note_alike
from services.reports.files.merging import merge_rows
from services.reports.files.snapshots import find_missing, withdraw_some
from services.reports.files.staging import GoneOn
from shared.database import Database, is_passing
from shared.turns import Company
from shared.working import keep_looking

log = structlog.get_logger()

_LOOK_S = 2.0
_CHUNK_TIMEOUT_S = 30


async def work_off_imports(app: FastAPI) -> None:
    """Work off whatever waits, and go on so. Looks every two seconds, and at once when a file came in here."""
    await keep_looking("imports", partial(_work_off_all, app), every_s=_LOOK_S, wake=app.state.files_waiting)


async def _work_off_all(app: FastAPI) -> None:
    begun: dict[UUID, Begun] = {}
    try:
        async with claiming(app.state.database) as claims:
            while (file := await claims.next()) is not None:
                began = time.monotonic()
                await _work_some(app, claims.connection, file, begun)
                claims.served.add(file.organisation_id, seconds=time.monotonic() - began)
                await claims.let_go(but=[each.file.organisation_id for each in begun.values()])
    finally:
        for each in begun.values():
            each.drop()
    await _drop_broken_off(app)


async def _drop_broken_off(app: FastAPI) -> None:
    # Nobody can be sending for longer than a request may take.
    after = timedelta(seconds=2 * app.state.settings.import_timeout_s)
    async with app.state.database.sessions() as session, session.begin():
        await commands.drop_broken_off(session, now=datetime.now(UTC), after=after)


@dataclass(slots=True, kw_only=True)
class Begun:
    """A file between its slices. done: rows dealt with so far. next: the batch behind them, prepared by a thread."""

    file: Waiting
    passed: Passed
    batches: Iterator[Batch]
    done: int
    next: asyncio.Task[Batch | None]

    def drop(self) -> None:
        """Do without what is being prepared, and without what may be wrong with it."""
        self.next.cancel()
        self.next.add_done_callback(lambda task: task.cancelled() or task.exception())


async def _withdraw_some(app: FastAPI, connection: Connection, file: Waiting) -> None:
    """Withdraw a slice of what a file has no more."""
    database = app.state.database
    for _ in range(BATCHES_IN_TURN):
        began = time.monotonic()
        async with database.sessions(bind=connection) as session, session.begin():
            ended = await withdraw_some(session, file, now=datetime.now(UTC))
        if ended:
            return await _end(database, connection, file, failure=None)
        worked_s = time.monotonic() - began
        await app.state.door.company.give_way(file.organisation_id, worked_s=worked_s, times=RESTS_IN_COMPANY)
    return None


async def _work_some(app: FastAPI, connection: Connection, file: Waiting, begun: dict[UUID, Begun]) -> None:
    """Work off a slice of a file. Once it is at its end, or cannot be gone on with, that is written down."""
    if file.withdrawing:
        await _withdraw_some(app, connection, file)
        return
    # Taken out meanwhile: where this goes wrong, what was prepared is of no use, and reading begins anew.
    here = begun.pop(file.id, None)
    try:
        here = here or await _begin(app, connection, file)
        if await _merge_some(app.state.database, connection, here, company=app.state.door.company):
            await _close(app.state.database, connection, file, passed_over=here.passed.rows)
        elif len(begun) < MOST_BEGUN:
            begun[file.id] = here
    except GoneOn:
        return
    except Unreadable as refused:
        in_already = here.done if here is not None and not file.dry_run else 0
        await _end(app.state.database, connection, file, failure=refused.failure.behind(in_already))
    except Exception as unexpected:
        if is_passing(unexpected):
            raise
        # It would go wrong again each time this process starts: the file is put aside, the service goes on.
        log.exception("import.unexpected", **{"import.id": str(file.id)})
        await _end(app.state.database, connection, file, failure=UNEXPECTED)
    finally:
        if here is not None and file.id not in begun:
            here.drop()


async def _close(database: Database, connection: Connection, file: Waiting, *, passed_over: int) -> None:
    """All rows are in: the file ends, unless it has to withdraw what it has no more."""
    if file.snapshot:
        async with database.sessions(bind=connection) as session, session.begin():
            await commands.note_passed_over(session, file.id, passed_over)
            if await find_missing(session, file):
                return
    await _end(database, connection, file, failure=None, passed_over=passed_over)


async def _end(
    database: Database,
    connection: Connection,
    file: Waiting,
    *,
    failure: Failure | None,
    passed_over: int | None = None,
) -> None:
    async with database.sessions(bind=connection) as session, session.begin():
        if file.dry_run:
            await forget(session, file.id)
        if failure is None:
            await commands.finish_import(session, file.id, passed_over=passed_over, now=datetime.now(UTC))
        else:
            await commands.fail_import(session, file.id, failure=failure, now=datetime.now(UTC))
    log.info("import.ended", **{"import.id": str(file.id), "import.failed": failure is not None})


async def _begin(app: FastAPI, connection: Connection, file: Waiting) -> Begun:
    """Begin to read a file, or go on from where it stands; a dry run always begins at its first row."""
    database: Database = app.state.database
    log.info("import.taken_up", **{"import.id": str(file.id), "import.rows_done": file.done})
    if file.dry_run:
        async with database.sessions(bind=connection) as session, session.begin():
            await begin_again(session, file.id)
        file = replace(file, done=0)
    chunks = _chunks(database, file.id, asyncio.get_running_loop())
    company: Company = app.state.door.company
    passed = Passed()
    prepared = batches(
        file,
        chunks,
        passed=passed,
        ground=lambda: app.state.ground,
        at_once=lambda: ROWS_IN_COMPANY if company.is_there(but=file.organisation_id) else ROWS_AT_ONCE,
    )
    return Begun(file=file, passed=passed, batches=prepared, done=file.done, next=_prepared(prepared))


async def _merge_some(database: Database, connection: Connection, here: Begun, *, company: Company) -> bool:
    """Merge the next batches of a file. Returns whether it is at its end. Raises Unreadable, GoneOn.

    While one batch is stored, a thread prepares the next: PostgreSQL and Python then use a core each. While somebody
    else asks there are rests: as long as the work, and thrice that where others go on with its rows.
    """
    work = foresee_rows if here.file.dry_run else merge_rows
    for _ in range(BATCHES_IN_TURN):
        began = time.monotonic()
        batch = await here.next
        if batch is None:
            return True
        here.next = _prepared(here.batches)
        async with database.sessions(bind=connection) as session, session.begin():
            await work(session, here.file, batch, done=here.done, now=datetime.now(UTC))
            await note_alike(session, here.file, batch)
        here.done += batch.read
        rests = 1 if here.file.dry_run else RESTS_IN_COMPANY
        await company.give_way(here.file.organisation_id, worked_s=time.monotonic() - began, times=rests)
    return False


def _prepared(batches: Iterator[Batch]) -> asyncio.Task[Batch | None]:
    return asyncio.create_task(asyncio.to_thread(next, batches, None))


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
