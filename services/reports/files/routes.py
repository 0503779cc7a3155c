"""Files of reports: send one, follow it, see what is wrong with its rows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from services.reports.apart.reading import spooled
from services.reports.files import commands, queries
from services.reports.files.domain.csvfile import CsvFile, Unreadable, check_header
from services.reports.files.domain.imports import CHUNK_BYTES, PART_REST_S, TO_SEND_FILES, EmptyFile, check_reading
from services.reports.files.domain.workbooks import MOST_SHEET_BYTES, SHEET, dialect_of, is_sheet
from services.reports.files.export import copy_errors
from services.reports.files.reading import sheet_parts
from services.reports.files.schemas import Import, ImportPage, RowError, RowErrorPage
from services.reports.intake.export import csv_answer
from services.reports.mappings.queries import get_draft, get_mapping
from services.reports.mappings.schemas import Mapping, Name
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.errors import Malformed, TooLarge
from shared.http.costs import costing
from shared.http.operations import Operation
from shared.http.parameters import YesOrNo
from shared.http.problems import After, Cursor, Limit, problems
from shared.ids import ordered_uuid7

router = APIRouter(route_class=Operation, tags=["imports"])
PAGES_OF_IMPORTS = Cursor("imports", kinds=(UUID,))
PAGES_OF_IMPORT_ERRORS = Cursor("import errors", kinds=(int,))

Writer = Annotated[Principal, may(*TO_SEND_FILES)]
ImportId = Annotated[UUID, Path(alias="id")]
SNIFFED_BYTES = 65_536
_CSV = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string", "format": "binary"},
                "example": "Ärendenr;Datum;Kl;Ärendetyp\nGR-001;2026-11-16;20:00;Klotter\n",
            },
            SHEET: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
_ERRORS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "line,column,code,detail\n118,Ärendetyp,missing,A category is needed.\n",
            }
        },
        "description": "The errors, a line each.",
    }
}


@router.post("/imports", status_code=202, responses=problems(400, 404, 413, 429), openapi_extra=_CSV | costing(20))
async def receive_import(
    request: Request,
    response: Response,
    principal: Writer,
    mapping: Annotated[Name | None, Query(description="Of your organisation; see /mappings.")] = None,
    draft: Annotated[UUID | None, Query(description="To try instead of it; see POST /mappings/drafts.")] = None,
    dry_run: Annotated[
        YesOrNo, Query(description="Only tell what would become of the rows: nothing is stored.")
    ] = False,
) -> Import:
    """Send a CSV file. It is worked off afterwards: follow the address in Location.

    The same file may be sent again, and so may one that overlaps: reports are known by your reference. A trial
    (`dry_run=true`) may name a draft in the mapping's place, and then changes none of your mappings.
    """
    check_reading(mapping=mapping, draft=draft, dry_run=dry_run)
    import_id = ordered_uuid7()
    async with incoming(request, principal) as chunks:
        await _take_in(request, chunks, import_id, principal=principal, mapping=mapping, draft=draft, dry_run=dry_run)
    sessions = request.app.state.database.sessions
    async with sessions() as session, session.begin():
        await commands.receive_import(session, import_id, now=datetime.now(UTC))
        received = await queries.get_import(session, import_id, principal=principal)
        request.app.state.files_waiting.after_commit(session)
    response.headers["Location"] = f"/samsyn/v1/imports/{import_id}"
    return _shown(received)


async def _take_in(
    request: Request,
    chunks: AsyncIterator[bytes],
    import_id: UUID,
    *,
    principal: Principal,
    mapping: str | None,
    draft: UUID | None,
    dry_run: bool,
) -> None:
    """Keep a file part by part, one of an organisation at a time; nothing of one that does not come in whole."""
    sessions, company = request.app.state.database.sessions, request.app.state.door.company
    sheet = is_sheet(request.headers.get("content-type", ""))
    first = await anext(chunks, b"")
    async with sessions() as session, session.begin():
        if draft is not None:
            kept = await get_draft(session, draft, principal=principal)
        else:
            kept = (await get_mapping(session, mapping or "", principal=principal))["mapping"]
        document = await asyncio.to_thread(dialected, kept, first, sheet=sheet)
        await commands.begin_import(
            session, import_id, principal=principal, mapping=mapping, document=document, dry_run=dry_run
        )
    try:
        number = 0
        async for chunk in _again(first, chunks):
            if number == 0:
                await asyncio.to_thread(_check_beginning, chunk, Mapping.model_validate(document))
            async with request.app.state.parts.turn(principal.organisation_id):
                async with sessions() as session, session.begin():
                    await commands.store_chunk(session, import_id, number=number, body=chunk)
                await company.give_way(principal.organisation_id, worked_s=PART_REST_S)
            number += 1
        if not number:
            raise EmptyFile("The file is empty.")
    except BaseException:
        # Whatever ended it, a refusal or a broken line: half a file is of no use to anybody.
        async with sessions() as session, session.begin():
            await commands.drop_import(session, import_id)
        raise


@asynccontextmanager
async def incoming(request: Request, principal: Principal) -> AsyncIterator[AsyncIterator[bytes]]:
    """The file as CSV in parts of CHUNK_BYTES, the last one smaller, none empty. Raises Malformed, TooLarge.

    The parts of a workbook raise Unreadable, TooMany.
    """
    if not is_sheet(request.headers.get("content-type", "")):
        yield _chunks(_body(request))
        return
    readers, of = request.app.state.readers, principal.organisation_id
    async with spooled(_bounded(_body(request))) as file, sheet_parts(readers, file, of=of) as parts:
        yield _chunks(parts)


async def _bounded(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for part in parts:
        size += len(part)
        if size > MOST_SHEET_BYTES:
            raise TooLarge("A workbook is at most 50 MB. Save larger tables as CSV.")
        yield part


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for part in request.stream():
            yield part
    except ClientDisconnect:
        # Nobody is there to read it; it keeps a broken line from looking like a fault of ours.
        raise Malformed("The file broke off in the middle.") from None


def dialected(document: dict[str, Any], head: bytes, *, sheet: bool) -> dict[str, Any]:
    """A mapping's document with what it leaves to be found out filled in from the file's first bytes."""
    found = dialect_of(head[:SNIFFED_BYTES], sheet=sheet)
    told = {} if sheet else {name: value for name, value in document.items() if value != "auto"}
    rest = {name: value for name, value in document.items() if name not in ("encoding", "delimiter", "decimal")}
    return {"encoding": found.encoding, "delimiter": found.delimiter, "decimal": found.decimal} | told | rest


async def _again(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if first:
        yield first
    async for chunk in rest:
        yield chunk


async def _chunks(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    held = bytearray()
    async for part in parts:
        held += part
        while len(held) >= CHUNK_BYTES:
            yield bytes(held[:CHUNK_BYTES])
            del held[:CHUNK_BYTES]
    if held:
        yield bytes(held)


def _check_beginning(chunk: bytes, mapping: Mapping) -> None:
    """Refuse at the door what can be seen from the header. Raises Unreadable, EmptyFile."""
    plan = mapping.plan()
    file = CsvFile([chunk], delimiter=plan.delimiter, encoding=plan.encoding)
    check_header(file.header, [name for names in plan.columns.values() for name in names])
    try:
        if len(chunk) < CHUNK_BYTES and next(iter(file), None) is None:
            raise EmptyFile("The file has a header and no rows.")
    except Unreadable:
        return  # rows are the worker's: it says which one


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
    import_id: ImportId, session: Session, principal: Writer, limit: Limit = 20, cursor: After = None
) -> RowErrorPage:
    """What is wrong with rows of a file, in the order of its lines."""
    after = PAGES_OF_IMPORT_ERRORS.decode(cursor)
    await queries.get_import(session, import_id, principal=principal)
    rows = await queries.list_errors(session, import_id, after=after[0] if after else None, limit=limit + 1)
    more = PAGES_OF_IMPORT_ERRORS.encode(rows[limit - 1]["number"]) if len(rows) > limit else None
    return RowErrorPage(errors=[RowError(**row) for row in rows[:limit]], next_cursor=more)


@router.get(
    "/imports/{id}/errors.csv",
    response_class=StreamingResponse,
    responses=_ERRORS | problems(404, 429),
    openapi_extra=costing(20),
)
async def export_errors(request: Request, import_id: ImportId, principal: Writer) -> StreamingResponse:
    """The same as CSV in UTF-8, all of it: line, column, code, detail. A column's name stands as the file has it."""
    session = await request.app.state.exports.begin(request, principal=principal)
    await queries.get_import(session, import_id, principal=principal)
    return await csv_answer(request, copy_errors(session, import_id), name=f"errors-{import_id}.csv")


def _shown(row: dict[str, Any]) -> Import:
    begun, end = row["started_at"], row["finished_at"] or datetime.now(UTC)
    seconds = (end - begun).total_seconds() if begun else 0
    return Import(**row, rows_per_s=round(row["read"] / seconds, 1) if seconds > 0 else None)
