"""Files of areas as they are downloaded: send one, see what it offers, try a reading of it, import it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, BinaryIO
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from services.reports.apart.reading import spooled
from services.reports.areas import queries, staging
from services.reports.areas.domain.parents import InUse, note_on
from services.reports.areas.domain.trees import Area, Difference, difference, outline, replaced_pct, retires_most
from services.reports.areas.reading import Read, look_at, read_file
from services.reports.areas.schemas.files import AreaFault, AreaFile, AreaTrial, NewAreaReading
from services.reports.areas.schemas.tree import AreaImport, FileName, PropertyName
from services.reports.areas.taking import apart_of, take, tree_in_use
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.http.costs import costing
from shared.http.operations import Operation
from shared.http.preconditions import bears
from shared.http.problems import problems
from shared.ids import ordered_uuid7
from shared.privacy import check_texts
from shared.privacy.beside import admit

router = APIRouter(route_class=Operation, tags=["areas"])

Writer = Annotated[Principal, may("areas:write")]
FileId = Annotated[UUID, Path(alias="id", examples=["01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18"])]
OfLayer = Annotated[
    PropertyName | None, Query(description="Of several; the first with features.", examples=["DeSO_2025"])
]
_MOST_MOVES = 50
_MOST_OUTLINES = 200
_AS_SUGGESTED = NewAreaReading()
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FILE = {
    "requestBody": {
        "required": True,
        "content": {
            "application/geo+json": {
                "schema": {"type": "object"},
                "example": {
                    "type": "FeatureCollection",
                    "crs": {"type": "name", "properties": {"name": "EPSG:3006"}},
                    "features": [
                        {
                            "type": "Feature",
                            "properties": {"DISTRIKTSKOD": "212017", "DISTRIKT": "Torvalla"},
                            "geometry": {
                                "type": "Polygon",
                                "coordinates": [[[479e3, 7004e3], [484e3, 7004e3], [484e3, 7009e3], [479e3, 7004e3]]],
                            },
                        }
                    ],
                },
            },
            "application/geopackage+sqlite3": _BINARY,
            "application/zip": _BINARY,
        },
    }
}


@router.post(
    "/areas/files",
    status_code=201,
    responses=problems(400, 413, 429) | bears("Location", status=201),
    openapi_extra=_FILE | costing(60),
)
async def hold_area_file(
    request: Request,
    response: Response,
    principal: Writer,
    name: Annotated[FileName | None, Query(description="What the file is called.", examples=["deso.gpkg"])] = None,
    layer: OfLayer = None,
) -> AreaFile:
    """Send a file of areas as it was downloaded: GeoJSON, GeoPackage, a zipped shapefile. Nothing is replaced by it.

    The answer says what it offers and how it could be read; a trial says what that would change. Held for a day, until
    it is imported, and the newest five of an organisation. A file of another form is told by name (422, other-form;
    `about` has it as a code).
    """
    _check(name=name, layer=layer)
    now, file_id = datetime.now(UTC), ordered_uuid7()
    async with spooled(request.stream()) as file:
        offer = await _offer(request, principal, file, layer=layer)
        async with request.app.state.database.sessions() as session, session.begin():
            await staging.keep_file(
                session, file_id, file, principal=principal, name=name, offer=offer, now=now
            )  # fmt: skip
            kept = await queries.get_file(session, file_id, principal=principal, now=now)
    response.headers["Location"] = f"/samsyn/v1/areas/files/{file_id}"
    return _shown(kept)


@router.get("/areas/files/{id}", responses=problems(404, 429), openapi_extra=costing(20))
async def get_area_file(file_id: FileId, request: Request, principal: Writer, layer: OfLayer = None) -> AreaFile:
    """A file of your organisation that is held, with what a layer of it offers."""
    _check(layer=layer)
    async with _held(request, principal, file_id) as (kept, file):
        if layer is None or layer == kept["offer"]["layer"]:
            return _shown(kept)
        return _shown(kept | {"offer": await _offer(request, principal, file, layer=layer)})


@router.delete("/areas/files/{id}", status_code=204, responses=problems(404))
async def drop_area_file(file_id: FileId, session: Session, principal: Writer) -> None:
    """Forget a file that is held."""
    await queries.get_file(session, file_id, principal=principal, now=datetime.now(UTC))
    await staging.drop_file(session, file_id)


@router.post("/areas/files/{id}/trials", responses=problems(400, 404, 413, 429), openapi_extra=costing(60))
async def try_area_file(
    file_id: FileId, request: Request, principal: Writer, body: NewAreaReading = _AS_SUGGESTED
) -> AreaTrial:
    """What an import of a file would change, by a reading of it; what is wrong with it; and how many reports move.

    Without a reading, or with `retire` alone, it is read as was suggested.
    """
    await admit(request, body, principal=principal)
    current = await tree_in_use(request)
    async with _held(request, principal, file_id) as (kept, file):
        read = await _read(request, principal, file, _meant(body, kept), current, preview=True)
    change = await asyncio.to_thread(difference, current, read.tree)
    trial = await asyncio.to_thread(_tried, read, change, current)
    if read.faults:
        return trial
    moves = await request.app.state.foresee_moves(read.tree)
    told = [
        {"area_from": before, "area_to": after, "reports": reports}
        for (before, after), reports in moves.pairs.most_common(_MOST_MOVES)
    ]
    counts = {"reports_to_move": moves.moving, "reports_without_area": moves.without_area, "moves": told}
    return AreaTrial.model_validate(trial.model_dump() | counts)


@router.post("/areas/files/{id}/imports", responses=problems(400, 404, 409, 413, 429), openapi_extra=costing(60))
async def import_area_file(
    file_id: FileId, request: Request, principal: Writer, body: NewAreaReading = _AS_SUGGESTED
) -> AreaImport:
    """Replace the municipality's areas, or one level of them, by a file's. The file is held no longer then.

    Without a reading it is read as was suggested. What is wrong with it is told as by POST /areas/imports, and nothing
    is stored.
    """
    await admit(request, body, principal=principal)
    current = await tree_in_use(request)
    async with _held(request, principal, file_id) as (kept, file):
        read = await _read(request, principal, file, _meant(body, kept), current, preview=False)
    read.check()
    done = await take(
        request, principal, read.tree, source=read.source, crs=read.crs, retire=body.retire,
        confirmed=body.confirmed_no_personal_data, file_name=kept["name"],
    )  # fmt: skip
    async with request.app.state.database.sessions() as session, session.begin():
        await staging.drop_file(session, file_id)
    return done


def _check(**texts: str | None) -> None:
    check_texts({name: text for name, text in texts.items() if text is not None}, confirmed=False, codes=tuple(texts))


async def _offer(request: Request, principal: Principal, file: BinaryIO, *, layer: str | None) -> dict[str, Any]:
    ground, here = request.app.state.ground, request.app.state.settings.municipality
    apart = apart_of(request, principal)
    async with request.app.state.database.sessions() as session:
        rows = await queries.list_areas(session, geometry=False, retired=False)
    tree = [InUse(row["code"], row["name"], row["level"]) for row in rows]
    return await look_at(apart, file, layer=layer, municipality=here.code, known=sorted(ground.codes), tree=tree)


async def _read(
    request: Request,
    principal: Principal,
    file: BinaryIO,
    body: NewAreaReading,
    current: Mapping[str, Area],
    *,
    preview: bool,
) -> Read:
    here = request.app.state.settings.municipality
    reading, sure = body.reading(code=here.code, name=here.name), body.confirmed_no_personal_data
    apart, tree = apart_of(request, principal), list(current.values())
    return await read_file(apart, file, reading, tree=tree, confirmed=sure, preview=preview)


def _meant(body: NewAreaReading, kept: Mapping[str, Any]) -> NewAreaReading:
    """The reading that is asked for; the one that was suggested where nothing is."""
    if body.model_fields_set - {"retire", "confirmed_no_personal_data"}:
        return body
    sure = {"retire": body.retire, "confirmed_no_personal_data": body.confirmed_no_personal_data}
    return NewAreaReading.model_validate(_suggested(kept) | sure)


def _suggested(kept: Mapping[str, Any]) -> dict[str, Any]:
    said = kept["offer"]["reading"]
    return {**said, "crs": said["crs"] or "auto"}


@asynccontextmanager
async def _held(
    request: Request, principal: Principal, file_id: UUID
) -> AsyncIterator[tuple[dict[str, Any], BinaryIO]]:
    """A file that is held: what is known of it, and its bytes. Raises NotFound."""
    with tempfile.TemporaryFile() as file:
        async with request.app.state.database.sessions() as session:
            kept = await queries.get_file(session, file_id, principal=principal, now=datetime.now(UTC))
            async for part in queries.file_parts(session, file_id):
                await asyncio.to_thread(file.write, part)
        yield kept, file


def _shown(kept: Mapping[str, Any]) -> AreaFile:
    offer = {name: value for name, value in kept["offer"].items() if name != "reading"}
    return AreaFile.model_validate(
        {**offer, **{name: kept[name] for name in ("id", "name", "size_bytes", "received_at")}}
        | {
            "kept_until": kept["received_at"] + queries.KEPT_FOR,
            "suggested": _suggested(kept),
        }
    )


def _tried(read: Read, change: Difference, current: Mapping[str, Area]) -> AreaTrial:
    """A trial without its reports."""
    surface = replaced_pct(change, current)
    changed = {area.code for area in change.changed}
    added = {area.code for area in change.added}

    def shown(area: Area, how: str) -> dict[str, Any]:
        was = current.get(area.code)
        renamed = how == "changed" and was is not None and (was.name, was.path) != (area.name, area.path)
        return {
            "code": area.code, "name": area.name, "parent": area.parent, "level": area.level, "change": how,
            "renamed": renamed, "surface_changed_pct": surface.get(area.code),
            "clipped_pct": read.clipped_pct.get(area.code), "geometry": read.seen.get(area.code),
        }  # fmt: skip

    coming = [
        shown(area, "changed" if area.code in changed else "added" if area.code in added else "unchanged")
        for area in read.tree
    ]
    leaving = [] if read.faults else [shown(area, "retired") for area in change.retired]
    for each, area in zip(leaving[:_MOST_OUTLINES], change.retired, strict=False):
        each["geometry"] = outline(area)
    counts = (len(change.added), len(change.changed), len(change.retired), change.unchanged)
    if read.faults:
        counts = (0, 0, 0, 0)
    return AreaTrial.model_validate(
        {
            "crs": read.system,
            **dict(zip(("added", "changed", "retired", "unchanged"), counts, strict=True)),
            "retires_most": not read.faults and retires_most(change, current),
            "reports_to_move": 0,
            "reports_without_area": 0,
            "moves": [],
            "faults": _faults(read),
            "fault_count": read.fault_count,
            "notes": _notes(read, current),
            "areas": coming + leaving,
        }
    )


def _notes(read: Read, current: Mapping[str, Area]) -> list[dict[str, Any]]:
    """What is to be said of a reading; last, what to do about parents that it does not find."""
    tree = [InUse(area.code, area.name, area.level) for area in current.values() if area.active]
    note = note_on(read.unknown_parents, tree)
    return [*read.notes, note] if note else [*read.notes]


def _faults(read: Read) -> Sequence[AreaFault]:
    return [AreaFault(field=each.field, code=each.code, detail=each.detail, about=each.about) for each in read.faults]
