"""Files of reports: send one, follow it, see what is wrong with its rows."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.requests import ClientDisconnect

from services.reports.files import commands, queries
from services.reports.files.domain.encodings import Evidence
from services.reports.files.domain.failures import Unreadable
from services.reports.files.domain.imports import PART_REST_S, TO_SEND_FILES, Snapshot, SnapshotOf, check_reading
from services.reports.files.domain.masking import struck
from services.reports.files.domain.opening import check_beginning, opened
from services.reports.files.domain.workbooks import check_type
from services.reports.files.export import copy_errors
from services.reports.files.reading import Coming, coming
from services.reports.files.schemas import (
    A_FILE,
    ERRORS_CSV,
    WHAT_A_SNAPSHOT_DOES,
    Import,
    ImportPage,
    Missing,
    MissingPage,
    RowError,
    RowErrorPage,
    UnknownWord,
)
from services.reports.files.snapshots import withdraw_missing as ask_withdrawal
from services.reports.intake.export import csv_answer
from services.reports.mappings.domain.mapping import Mapping as Plan
from services.reports.mappings.queries import get_draft, get_mapping, identity_kept
from services.reports.mappings.schemas import Mapping, Name
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.errors import FieldError, Invalid, Malformed
from shared.http.costs import costing
from shared.http.cursors import Cursor
from shared.http.operations import Operation
from shared.http.parameters import YesOrNo
from shared.http.preconditions import bears
from shared.http.problems import After, Limit, problems
from shared.ids import ordered_uuid7
from shared.shapes import Line

router = APIRouter(route_class=Operation, tags=["imports"])
PAGES_OF_IMPORTS = Cursor("imports", kinds=(UUID,))
PAGES_OF_MISSING = Cursor("missing reports", kinds=(UUID,))
PAGES_OF_IMPORT_ERRORS = Cursor("import errors", kinds=(int, int))

Writer = Annotated[Principal, may(*TO_SEND_FILES)]
FileName = Annotated[str, Line(200), Field(examples=["vecka-47.csv"])]
ImportId = Annotated[UUID, Path(alias="id")]
Failed = Annotated[
    YesOrNo | None, Query(description="Only of rows that were refused; false: only notes, of those that were kept.")
]
DryRun = Annotated[YesOrNo, Query(description="Only tell what would become of the rows: nothing is stored.")]
TakesOver = Annotated[
    YesOrNo, Query(description="Correct also reports of these references that another mapping of yours brought.")
]


@router.post(
    "/imports",
    status_code=202,
    responses=problems(400, 404, 413, 429) | bears("Location", status=202),
    openapi_extra=A_FILE | costing(20),
)
async def receive_import(
    request: Request,
    response: Response,
    principal: Writer,
    mapping: Annotated[Name | None, Query(description="Of your organisation; see /mappings.")] = None,
    draft: Annotated[UUID | None, Query(description="To try instead of it; see POST /mappings/drafts.")] = None,
    dry_run: DryRun = False,
    file_name: Annotated[FileName | None, Query(description="What you call the file, for lists of files.")] = None,
    snapshot: Annotated[Snapshot | None, Query(description=WHAT_A_SNAPSHOT_DOES)] = None,
    snapshot_of: Annotated[
        SnapshotOf, Query(description="period: all between its first and its last day. all: all at all.")
    ] = "period",
    takes_over: TakesOver = False,
) -> Import:
    """Send a list as CSV or as a workbook (.xlsx). It is worked off afterwards: follow the address in Location.

    The same file may be sent again, and so may one that overlaps: reports are known by your reference. A row that says
    what it said the last time changes nothing, whatever was corrected meanwhile. One that says something else takes
    the place of what the rows before it said, also where a cell is empty now: the text of a report goes with it. Of a
    report that people corrected or that came by itself, what the row leaves empty stays. A trial (`dry_run=true`) may
    name a draft in the mapping's place, and then changes none of your mappings. With `snapshot` a file of which more
    than one row in a hundred fails, or that has more than half of the reports no more, withdraws nothing by itself:
    `POST /imports/{id}/withdrawals` does.
    """
    check_reading(mapping=mapping, draft=draft, dry_run=dry_run)
    check_type(request.headers.get("content-type", ""))
    sessions = request.app.state.database.sessions
    kept = await _mapping(request, mapping, draft, principal=principal)
    plan, identity = Mapping.model_validate(kept["mapping"]).plan(), identity_kept(kept).document()
    told = await asyncio.to_thread(_told, file_name, snapshot, snapshot_of) | {"takes_over": takes_over}
    import_id, readers = ordered_uuid7(), request.app.state.readers
    async with coming(body_of(request), readers=readers, of=principal.organisation_id, plan=plan) as file:
        begun = await _begun(file, kept["mapping"], plan)
        told |= {"mapping": mapping, "document": begun.document, "dry_run": dry_run, "identity": identity}
        async with sessions() as session, session.begin():
            await commands.begin_import(session, import_id, principal=principal, **told)
        try:
            document = await _take_in(request, begun, import_id, principal=principal)
        except BaseException:
            # Whatever ended it, a refusal or a broken line: half a file is of no use to anybody.
            async with sessions() as session, session.begin():
                await commands.drop_import(session, import_id)
            raise
    async with sessions() as session, session.begin():
        await commands.receive_import(session, import_id, document=document, now=datetime.now(UTC))
        received = await queries.get_import(session, import_id, principal=principal)
        request.app.state.files_waiting.after_commit(session)
    response.headers["Location"] = f"/samsyn/v1/imports/{import_id}"
    return _shown(received)


async def _mapping(request: Request, name: str | None, draft: UUID | None, *, principal: Principal) -> dict[str, Any]:
    async with request.app.state.database.sessions() as session, session.begin():
        if draft is not None:
            return await get_draft(session, draft, principal=principal)
        return await get_mapping(session, name or "", principal=principal)


def _told(file_name: str | None, snapshot: str | None, snapshot_of: str) -> dict[str, Any]:
    """What is kept of a file besides its rows; personal data is struck out of its name. Raises Invalid."""
    if snapshot is None and snapshot_of == "all":
        needed = FieldError("snapshot", "needed", "Say report or withdraw, or leave snapshot_of out.")
        raise Invalid("snapshot_of says how far a snapshot goes, and there is none.", errors=(needed,))
    name = None if file_name is None else struck(file_name)[0]
    return {"file_name": name, "snapshot": snapshot, "snapshot_of": snapshot and snapshot_of}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A file of which the first part is here. document: the mapping, with what it leaves open filled in by that part.

    named: the encoding that the mapping says, or auto.
    """

    first: bytes
    file: Coming
    document: dict[str, Any]
    evidence: Evidence
    named: str


async def _begun(file: Coming, kept: dict[str, Any], plan: Plan) -> _Begun:
    """Look at the first part of a file. Raises Unreadable, EmptyFile."""
    first, evidence = await anext(file.parts, b""), Evidence()

    def look() -> dict[str, Any]:
        evidence.add(first)
        document = opened(kept, plan, first, evidence=evidence, told=file.told)
        try:
            check_beginning(first, Mapping.model_validate(document).plan())
        except Unreadable:
            if named != "auto":
                evidence.settled(named)  # what is wrong with the encoding comes before what cannot be read in it
            raise
        return document

    named = "utf-8" if file.told is not None else plan.encoding
    document = await asyncio.to_thread(look)
    return _Begun(first=first, file=file, document=document, evidence=evidence, named=named)


async def _take_in(request: Request, begun: _Begun, import_id: UUID, *, principal: Principal) -> dict[str, Any]:
    """Keep a file part by part, one of an organisation at a time. Returns its mapping, with its encoding settled.

    Raises Unreadable where that cannot be told, or is not what the mapping says.
    """
    sessions, company = request.app.state.database.sessions, request.app.state.door.company
    number, part = 0, begun.first
    while part:
        async with request.app.state.parts.turn(principal.organisation_id):
            async with sessions() as session, session.begin():
                await commands.store_chunk(session, import_id, number=number, body=part)
            await company.give_way(principal.organisation_id, worked_s=PART_REST_S)
        number, part = number + 1, await anext(begun.file.parts, b"")
        await asyncio.to_thread(begun.evidence.add, part)
    encoding = await asyncio.to_thread(begun.evidence.settled, begun.named)
    if encoding == begun.document["encoding"]:
        return begun.document
    document = begun.document | {"encoding": encoding}
    await asyncio.to_thread(check_beginning, begun.first, Mapping.model_validate(document).plan())
    return document


async def body_of(request: Request) -> AsyncIterator[bytes]:
    """The body in parts as they come. Raises Malformed where it breaks off."""
    try:
        async for part in request.stream():
            yield part
    except ClientDisconnect:
        # Nobody is there to read it; it keeps a broken line from looking like a fault of ours.
        raise Malformed("The file broke off in the middle.") from None


@router.get("/imports/{id}", responses=problems(404))
async def get_import(import_id: ImportId, session: Session, principal: Writer) -> Import:
    """How far a file is, and what became of its rows."""
    return _shown(await queries.get_import(session, import_id, principal=principal))


@router.get("/imports", responses=problems(400))
async def list_imports(session: Session, principal: Writer, limit: Limit = 20, cursor: After = None) -> ImportPage:
    """The files of your organisation, the last to be sent first."""
    after = PAGES_OF_IMPORTS.decode(cursor)
    rows = await queries.list_imports(session, principal=principal, before=after[0] if after else None, limit=limit + 1)
    page = [_shown(row) for row in rows[:limit]]
    return ImportPage(imports=page, next_cursor=PAGES_OF_IMPORTS.encode(page[-1].id) if len(rows) > limit else None)


@router.get("/imports/{id}/errors", responses=problems(400, 404))
async def list_errors(
    import_id: ImportId,
    session: Session,
    principal: Writer,
    failed: Failed = None,
    limit: Limit = 20,
    cursor: After = None,
) -> RowErrorPage:
    """What is wrong with rows of a file: of those refused first, then notes, each in the order of its lines."""
    said = PAGES_OF_IMPORT_ERRORS.decode(cursor)
    after = (said[0], said[1]) if said else None
    await queries.get_import(session, import_id, principal=principal)
    rows = await queries.list_errors(session, import_id, failed=failed, after=after, limit=limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    more = PAGES_OF_IMPORT_ERRORS.encode(int(not last["failed"]), last["number"]) if last else None
    return RowErrorPage(errors=[RowError(**row) for row in rows[:limit]], next_cursor=more)


@router.get("/imports/{id}/missing", responses=problems(400, 404))
async def list_missing(
    import_id: ImportId, session: Session, principal: Writer, limit: Limit = 20, cursor: After = None
) -> MissingPage:
    """Reports of its mapping that a file sent with `snapshot` has no more."""
    after = PAGES_OF_MISSING.decode(cursor)
    await queries.get_import(session, import_id, principal=principal)
    rows = await queries.list_missing(session, import_id, after=after[0] if after else None, limit=limit + 1)
    more = PAGES_OF_MISSING.encode(rows[limit - 1]["id"]) if len(rows) > limit else None
    return MissingPage(missing=[Missing(**row) for row in rows[:limit]], next_cursor=more)


@router.post("/imports/{id}/withdrawals", status_code=202, responses=problems(404, 409), openapi_extra=costing(20))
async def withdraw_missing(import_id: ImportId, request: Request, session: Session, principal: Writer) -> Import:
    """Withdraw all reports that a file has no more, as it told: those that it did not withdraw by itself."""
    await ask_withdrawal(session, import_id, principal=principal)
    request.app.state.files_waiting.after_commit(session)
    return _shown(await queries.get_import(session, import_id, principal=principal))


@router.get(
    "/imports/{id}/errors.csv",
    response_class=StreamingResponse,
    responses=ERRORS_CSV | problems(404, 429),
    openapi_extra=costing(20),
)
async def export_errors(request: Request, import_id: ImportId, principal: Writer) -> StreamingResponse:
    """The same as CSV in UTF-8: line, column, code, detail, reference, failed. Columns have the file's names.

    failed: `true` of a row that is refused, `false` of a note on one that is taken in.
    """
    session = await request.app.state.exports.begin(request, principal=principal)
    await queries.get_import(session, import_id, principal=principal)
    return await csv_answer(request, copy_errors(session, import_id), name=f"errors-{import_id}.csv")


def _shown(row: dict[str, Any]) -> Import:
    begun, end = row["started_at"], row["finished_at"] or datetime.now(UTC)
    seconds = (end - begun).total_seconds() if begun else 0
    words = {name: _words(row.pop(name)) for name in ("words_by_default", "words_unknown")}
    return Import(**row, **words, rows_per_s=round(row["read"] / seconds, 1) if seconds > 0 else None)


def _words(fields: dict[str, dict[str, int]]) -> list[UnknownWord]:
    told = [
        UnknownWord(field=name, text=text, count=count)
        for name, words in fields.items()
        for text, count in words.items()
    ]
    return sorted(told, key=lambda word: (-word.count, word.field, word.text))
