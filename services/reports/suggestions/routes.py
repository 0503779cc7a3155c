"""A mapping suggested from the beginning of a file."""

import asyncio
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Request

from services.reports.apart.reading import spooled
from services.reports.areas import queries
from services.reports.files.domain.csvfile import check_header
from services.reports.files.domain.sniffing import Dialect
from services.reports.files.domain.workbooks import SHEET, dialect_of, is_sheet
from services.reports.files.reading import sheet_parts
from services.reports.ground import Ground
from services.reports.mappings.domain.mapping import MOST_COLUMN
from services.reports.suggestions.domain import suggest
from services.reports.suggestions.folding import fold
from services.reports.suggestions.schemas import SuggestedMapping, SuggestedWord
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.errors import Invalid
from shared.http.costs import costing
from shared.http.operations import Operation
from shared.http.problems import problems
from shared.privacy import mask, screen
from shared.texts import plain

router = APIRouter(route_class=Operation, tags=["imports"])

Writer = Annotated[Principal, may("reports:write")]
LOOKED_AT = 1000
SHOWN = 5
# Of a cell that is looked at: a longer one is prose, whatever follows.
_MOST_OF_CELL = 300
# Of a cell, and of all rows together: each can be made to cost 20 us of the screen.
_LONGEST_CELL, _MOST_SIGNS, _BESIDE = 300, 60_000, 40
_FILE = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string", "format": "binary"},
                "example": "Nr;Datum;Kl;Typ\n1;2026-11-16;20:00;Klotter\n",
            },
            SHEET: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("/mappings/suggest", responses=problems(400, 413, 429), openapi_extra=_FILE | costing(10))
async def suggest_mapping(request: Request, session: Session, principal: Writer) -> SuggestedMapping:
    """How a file could be read, from its header and first rows: send its beginning, up to 1 MB. Nothing is kept."""
    sheet = is_sheet(request.headers.get("content-type", ""))
    head = await (_first_rows(request, principal) if sheet else request.body())
    areas = await queries.list_areas(session, geometry=False, retired=False)
    names = {fold(row["name"]): row["code"] for row in areas} | {fold(row["code"]): row["code"] for row in areas}
    async with request.app.state.door.screenings.turn(principal.organisation_id):
        return await asyncio.to_thread(_suggested, head, sheet=sheet, ground=request.app.state.ground, names=names)


def _suggested(head: bytes, *, sheet: bool, ground: Ground, names: Mapping[str, str]) -> SuggestedMapping:
    dialect, header, rows = _table(head, sheet=sheet)
    most = min(_LONGEST_CELL, _MOST_SIGNS // len(header))
    shown = list(_rows(rows[:SHOWN], most))
    looked_at = [[cell[:_MOST_OF_CELL] for cell in row] for row in rows[:LOOKED_AT]]
    found = suggest(header, looked_at, dialect=dialect, ground=ground, names=names)
    return SuggestedMapping(
        mapping=found.document,
        header=list(header),
        rows=shown,
        looked_at=len(looked_at),
        doubts=[doubt.detail for doubt in found.doubts],
        doubt_codes=[doubt.code for doubt in found.doubts],
        doubt_columns=[doubt.column for doubt in found.doubts],
        doubt_fields=[doubt.field for doubt in found.doubts],
        words=[SuggestedWord(**asdict(word)) for word in found.words],
    )


async def _first_rows(request: Request, principal: Principal) -> bytes:
    """The first rows of a workbook as CSV."""
    async with spooled(request.stream()) as file:
        readers = request.app.state.readers
        async with sheet_parts(readers, file, of=principal.organisation_id, most_rows=LOOKED_AT + 1) as parts:
            return b"".join([part async for part in parts])


def _table(head: bytes, *, sheet: bool) -> tuple[Dialect, Sequence[str], Sequence[Sequence[str]]]:
    dialect = dialect_of(head, sheet=sheet)
    text = head.decode(dialect.encoding, errors="replace").lstrip("\ufeff").splitlines()
    if not sheet and len(text) > LOOKED_AT:
        text = text[: LOOKED_AT + 1]  # the last line sent may be cut in two
    try:
        rows = [row for row in csv.reader(text, delimiter=dialect.delimiter) if row]
    except csv.Error:
        raise Invalid("The file cannot be read: a cell is too long, or a quotation mark is never closed.") from None
    if len(rows) < 2:
        raise Invalid("The file has no header with rows below it.")
    check_header(rows[0], ())
    header = [plain(cell) for cell in rows[0]]
    if max(map(len, header)) > MOST_COLUMN:
        raise Invalid(f"The header has a name of more than {MOST_COLUMN} characters.")
    # What stands beyond the header is in no column.
    return dialect, [_struck(cell, MOST_COLUMN) for cell in header], [row[: len(header)] for row in rows[1:]]


def _rows(rows: Sequence[Sequence[str]], most: int) -> Iterator[list[str]]:
    """As many rows as have few enough characters to be screened while somebody waits; the first one always."""
    signs = 0
    for number, row in enumerate(rows):
        signs += sum(min(len(cell), most) for cell in row)
        if number and signs > _MOST_SIGNS:
            return
        yield [_struck(cell, most) for cell in row]


def _struck(cell: str, most: int) -> str:
    """What a file may hold of a person is not shown again, not even to its sender; the rest, cut to what is shown.

    Looked at is a little more: half of a number is none.
    """
    seen = cell[: most + _BESIDE]
    return mask(seen, screen(seen))[:most]
