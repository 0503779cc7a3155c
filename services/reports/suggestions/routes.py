"""A mapping suggested from the beginning of a file."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from services.reports.areas import queries
from services.reports.files.domain.workbooks import SHEET, Told, check_type
from services.reports.files.reading import coming
from services.reports.ground import Ground
from services.reports.mappings.domain.mapping import MOST_COLUMN
from services.reports.suggestions.beginning import beginning_of
from services.reports.suggestions.domain import suggest
from services.reports.suggestions.folding import as_it_stands, fold
from services.reports.suggestions.schemas import SuggestedDate, SuggestedMapping, SuggestedWord
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.errors import FieldError, Invalid
from shared.http.costs import costing
from shared.http.operations import Operation
from shared.http.problems import problems
from shared.privacy import mask, screen
from shared.shapes import Lines

router = APIRouter(route_class=Operation, tags=["imports"])

Writer = Annotated[Principal, may("reports:write")]
# As the header of the answer has it.
Named = Annotated[str, Lines(MOST_COLUMN), Field(examples=["Typ"])]
InHand = Annotated[Named | None, Query(description="The column that it stands in, where you know that.")]
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
            # What generators of clients know of; the bytes say what it is.
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("/mappings/suggest", responses=problems(400, 413, 429), openapi_extra=_FILE | costing(10))
async def suggest_mapping(
    request: Request,
    session: Session,
    principal: Writer,
    category: InHand = None,
    subcategory: InHand = None,
    severity: InHand = None,
    location_kind: InHand = None,
    place_code: InHand = None,
) -> SuggestedMapping:
    """How a file could be read, from its headings and first rows. Nothing is kept.

    Send the beginning of a text, of which the first 1 MB is looked at, or a whole workbook: the sheet with the table is
    looked for. Name a column for a field in codes where none is found, or another one is: its words are listed then.
    """
    asked = {
        "category": category,
        "subcategory": subcategory,
        "severity": severity,
        "location_kind": location_kind,
        "place_code": place_code,
    }
    by_hand = {field: column for field, column in asked.items() if column is not None}
    check_type(request.headers.get("content-type", ""))
    head, told = await _beginning(request, principal)
    areas = await queries.list_areas(session, geometry=False, retired=False)
    names = _codes_of([(row["code"], row["name"]) for row in areas])
    async with request.app.state.door.screenings.turn(principal.organisation_id):
        ground = request.app.state.ground
        return await asyncio.to_thread(_suggested, head, told, ground=ground, names=names, by_hand=by_hand)


def _codes_of(areas: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Codes by what files call areas, folded: by their names, by codes without their noughts, by codes themselves.

    What two areas are called means neither, as when the file is read; codes that are folded alike as they stand.
    """
    names, bare, folded = dict[str, set[str]](), dict[str, set[str]](), dict[str, set[str]]()
    for code, name in areas:
        names.setdefault(fold(name), set()).add(code)
        folded.setdefault(fold(code), set()).add(code)
        if code.isdecimal():
            bare.setdefault(code.lstrip("0"), set()).add(code)
    # Later ones go before; a code in other letters that is two areas' is no other's name.
    called = names | bare | folded
    alone = {word: next(iter(codes)) for word, codes in called.items() if len(codes) == 1}
    return alone | {as_it_stands(code): code for codes in folded.values() if len(codes) > 1 for code in codes}


async def _beginning(request: Request, principal: Principal) -> tuple[bytes, Told | None]:
    """The first part of a text, or the first rows of a workbook as CSV."""
    readers, of = request.app.state.readers, principal.organisation_id
    async with coming(request.stream(), readers=readers, of=of, most_rows=LOOKED_AT) as file:
        first = await anext(file.parts, b"")
        async for _ in file.parts:
            continue  # what is sent beyond the beginning is taken in, and not looked at
        return first, file.told


def _suggested(
    head: bytes, told: Told | None, *, ground: Ground, names: Mapping[str, str], by_hand: Mapping[str, str]
) -> SuggestedMapping:
    table = beginning_of(head, told, most_rows=LOOKED_AT)
    header = [_struck(name, MOST_COLUMN) for name in table.header]
    if lacking := [field for field, column in by_hand.items() if column not in header]:
        detail = "The file has no such column. See header of the answer without it."
        raise Invalid(detail, errors=tuple(FieldError(field, "no_such_column", detail) for field in lacking))
    most = min(_LONGEST_CELL, _MOST_SIGNS // len(header))
    shown = list(_rows(table.rows[:SHOWN], most))
    looked_at = [[cell[:_MOST_OF_CELL] for cell in row] for row in table.rows]
    today = datetime.now(ground.zone).date()
    found = suggest(
        header,
        looked_at,
        dialect=table.dialect,
        ground=ground,
        names=names,
        today=today,
        lines=table.lines,
        by_hand=by_hand,
    )
    doubts = [*table.doubts, *found.doubts]
    return SuggestedMapping(
        mapping={**found.document, **table.place},
        header=header,
        rows=shown,
        lines=list(table.lines[: len(shown)]),
        sheets=[_struck(name, MOST_COLUMN) for name in told.names] if told else [],
        looked_at=len(looked_at),
        doubts=[doubt.detail for doubt in doubts],
        doubt_codes=[doubt.code for doubt in doubts],
        doubt_columns=[doubt.column for doubt in doubts],
        doubt_fields=[doubt.field for doubt in doubts],
        doubt_lines=[list(doubt.lines) for doubt in doubts],
        dates=[SuggestedDate(**date._asdict()) for date in found.dates],
        words=[SuggestedWord(**asdict(word)) for word in found.words],
    )


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
