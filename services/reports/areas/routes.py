"""Areas: replace the tree from a file or by a grid, list it, get one."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from services.reports.apart.reading import spooled
from services.reports.areas import queries
from services.reports.areas.commands import UNDO_IS_FINAL, tree_before, undo_import
from services.reports.areas.domain.choosing import Reading
from services.reports.areas.domain.grid import box_in_metres, grid_areas
from services.reports.areas.domain.trees import Area as Laid
from services.reports.areas.domain.trees import tree
from services.reports.areas.reading import read_file
from services.reports.areas.schemas.tree import (
    Area,
    AreaImport,
    Areas,
    CrsOrAuto,
    NewGrid,
    PastAreaImport,
    PastAreaImports,
    PropertyName,
)
from services.reports.areas.taking import apart_of, foreseen, take, taken
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.http.costs import costing
from shared.http.cursors import Cursor
from shared.http.operations import Operation
from shared.http.parameters import DIGITS, YesOrNo
from shared.http.problems import After, Limit, problems
from shared.privacy import check_texts
from shared.shapes import AreaCode

router = APIRouter(route_class=Operation, tags=["areas"])

PAGES_OF_AREA_IMPORTS = Cursor("area imports", kinds=(int,))

Reader = Annotated[Principal, may("reports:read")]
Writer = Annotated[Principal, may("areas:write")]
Retire = Annotated[YesOrNo, Query(description="Also where more than half of the areas would be retired.")]
DryRun = Annotated[YesOrNo, Query(description="Only tell what would change: nothing is stored.")]
_GEOJSON = {
    "requestBody": {
        "required": True,
        "content": {
            "application/geo+json": {
                "schema": {
                    "type": "object",
                    "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": {}}},
                    "required": ["type", "features"],
                },
                "example": {
                    "type": "FeatureCollection",
                    "features": [
                        {
                            "type": "Feature",
                            "properties": {"code": "2380", "name": "Östersund", "parent": None},
                            "geometry": {
                                "type": "Polygon",
                                "coordinates": [[[14.5, 63.1], [14.8, 63.1], [14.8, 63.3], [14.5, 63.3], [14.5, 63.1]]],
                            },
                        }
                    ],
                },
            }
        },
    }
}


@router.post("/areas/imports", responses=problems(400, 409, 413, 429), openapi_extra=_GEOJSON | costing(60))
async def import_areas(
    request: Request,
    principal: Writer,
    crs: Annotated[
        CrsOrAuto, Query(description="Of the coordinates, x before y; `auto`: what the file names.")
    ] = "auto",
    code: Annotated[PropertyName, Query(description="The property with the codes.")] = "code",
    name: Annotated[PropertyName, Query(description="The property with the names.")] = "name",
    parent: Annotated[PropertyName, Query(description="The property with the parents' codes.")] = "parent",
    swapped: Annotated[YesOrNo, Query(description="North or latitude stands first in the coordinates.")] = False,
    retire: Retire = False,
    dry_run: DryRun = False,
    confirmed_no_personal_data: Annotated[
        YesOrNo,
        Query(description="The names were read again: what looks like personal data in them concerns no person."),
    ] = False,
) -> AreaImport:
    """Replace the municipality's areas by those of a file: `code`, `name` and `parent` of each feature.

    GeoJSON, GeoPackage or a zipped shapefile, told apart by what is in them. With other properties, part of a file, one
    level or a trial: POST /areas/files. Siblings lie apart and children inside their parents; strips of up to 10 m, as
    two hands draw one border, are no fault. Of a file with faults nothing is stored, and all of them are told in
    `errors`, each with the area's code in `about` and one of these codes: empty, missing, unusable-text,
    spoilt-letters, duplicate, unknown-parent, cycle, too-deep, not-a-polygon, self-crossing, invalid-polygon,
    out-of-range, overlap, outside-parent, too-fine. A file that names another system than `crs` is other-system, a
    property that no feature has unknown-property, a `crs` that there is not unknown-crs, a table whose letters would be
    a guess unsure-letters, one of another form other-form, with what it is in `about`. What changes nothing makes no
    version. An import that retires more than half of the areas in use is refused (409) without `retire`.
    """
    check_texts({"code": code, "name": name, "parent": parent}, confirmed=False, codes=("code", "name", "parent"))
    asked = None if crs == "auto" else crs.upper()
    reading = Reading(crs=asked, swapped=swapped, code=code, name=name, parent=parent)
    apart, sure = apart_of(request, principal), confirmed_no_personal_data
    async with spooled(request.stream()) as file:
        read = await read_file(apart, file, reading, tree=(), confirmed=sure, strict=True)
    read.check()
    if dry_run:
        return await foreseen(request, read.tree, retire=retire)
    return await take(
        request, principal, read.tree, source=read.source, crs=read.crs, retire=retire, confirmed=sure
    )  # fmt: skip


@router.post("/areas/grid", responses=problems(409), openapi_extra=costing(60))
async def lay_grid(body: NewGrid, request: Request, principal: Writer) -> AreaImport:
    """Replace the municipality's areas by a grid of squares under one root."""
    home, here = request.app.state.ground.crs, request.app.state.settings.municipality
    crs = body.crs or home

    def squares() -> list[Laid]:
        box = box_in_metres(body.bbox, crs=crs, home=home)
        return tree(grid_areas(box, size_m=body.size_m, crs=home, code=here.code, name=here.name))

    # Ten thousand squares take a second to lay: beside the loop, which goes on answering.
    laid = await asyncio.to_thread(squares)
    return await take(request, principal, laid, source="grid", crs=crs, retire=body.retire)


@router.get("/areas/imports", responses=problems(400))
async def list_area_imports(session: Session, _: Writer, limit: Limit = 20, cursor: After = None) -> PastAreaImports:
    """When the areas were replaced, by whom, and by what, from the last time back."""
    after = PAGES_OF_AREA_IMPORTS.decode(cursor)
    rows = await queries.list_imports(session, before=after[0] if after else None, limit=limit + 1)
    page = [PastAreaImport(**row) for row in rows[:limit]]
    more = PAGES_OF_AREA_IMPORTS.encode(page[-1].version) if len(rows) > limit else None
    return PastAreaImports(imports=page, next_cursor=more)


@router.post("/areas/imports/{version}/undo", responses=problems(404, 409), openapi_extra=costing(60))
async def undo_area_import(
    version: Annotated[int, Path(ge=1, le=1_000_000_000, examples=[3]), DIGITS],
    request: Request,
    principal: Writer,
    retire: Retire = False,
    dry_run: DryRun = False,
) -> AreaImport:
    """Put the areas of before an import in place again, as a new version: of the newest that is not undone.

    Reports stay where they are, as with an import. One that retires more than half of the areas in use is refused (409)
    without `retire`: an undo cannot be undone.
    """
    sessions = request.app.state.database.sessions
    if dry_run:
        async with sessions() as session:
            _now, before = await tree_before(session, version)
        return await foreseen(request, before, retire=retire, then=UNDO_IS_FINAL)
    async with sessions() as session, session.begin():
        new, change = await undo_import(session, version, principal=principal, retire=retire)
    return await taken(request, new, change)


@router.get("/areas", response_model=Areas)
async def list_areas(
    session: Session,
    _: Reader,
    geometry: Annotated[YesOrNo, Query(description="With polygons.")] = False,
    retired: Annotated[YesOrNo, Query(description="Also areas that take no more reports.")] = False,
) -> Response:
    """The tree of areas, from the root down."""
    rows = await queries.list_areas(session, geometry=geometry, retired=retired)
    version = await queries.areas_version(session)
    return Response(await asyncio.to_thread(_listed, version, rows), media_type="application/json")


def _listed(version: int, rows: Sequence[dict[str, Any]]) -> bytes:
    """`Areas` as JSON, with the polygons as the database has them: to make objects of them would take seconds."""
    areas = [{name: row[name] for name in Area.model_fields} for row in rows]
    for area in areas:
        area["geometry"] = orjson.Fragment(area["geometry"]) if area["geometry"] else None
    return orjson.dumps({"version": version, "areas": areas})


@router.get("/areas/{code}", responses=problems(404))
async def get_area(session: Session, _: Reader, code: Annotated[AreaCode, Path(examples=["0101"])]) -> Area:
    """One area with its polygon."""
    return Area(**await queries.get_area(session, code))
