"""Areas: replace the tree from a file or by a grid, list it, get one."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from services.reports.apart.reading import spooled
from services.reports.areas import domain, queries
from services.reports.areas.commands import replace_areas
from services.reports.areas.geojson import grid_areas
from services.reports.areas.reading import read_file
from services.reports.areas.schemas import Area, AreaImport, Areas, Crs, NewGrid
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.http.costs import costing
from shared.http.operations import Operation
from shared.http.parameters import YesOrNo
from shared.http.problems import problems
from shared.privacy import check_texts
from shared.privacy.free_text import Kinds, keep_confirmed
from shared.shapes import AreaCode

router = APIRouter(route_class=Operation, tags=["areas"])

Reader = Annotated[Principal, may("reports:read")]
Writer = Annotated[Principal, may("areas:write")]
_GEOJSON = {
    "requestBody": {
        "required": True,
        "content": {
            "application/geo+json": {
                "schema": {"type": "object", "required": ["type", "features"]},
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


@router.post("/areas/imports", responses=problems(400, 413, 429), openapi_extra=_GEOJSON | costing(60))
async def import_areas(
    request: Request,
    principal: Writer,
    crs: Annotated[Crs, Query(description="Of the coordinates, x before y.")] = "EPSG:4326",
    confirmed_no_personal_data: Annotated[
        YesOrNo,
        Query(description="The names were read again: what looks like personal data in them concerns no person."),
    ] = False,
) -> AreaImport:
    """Replace the municipality's areas by those of a GeoJSON file: `code`, `name` and `parent` of each feature.

    Siblings lie apart and children inside their parents; strips of up to 10 m, as two hands draw one border, are no
    fault. Of a file with faults nothing is stored, and all of them are told in `errors`, each with the area's code in
    `about` and one of these codes: empty, missing, unusable-text, duplicate, unknown-parent, cycle, too-deep,
    not-a-polygon, self-crossing, invalid-polygon, out-of-range, overlap, outside-parent. One `crs` in a
    file that is not the one asked for is other-system.
    """
    home, of, sure = request.app.state.ground.crs, principal.organisation_id, confirmed_no_personal_data
    async with spooled(request.stream()) as file:
        tree = await read_file(request.app.state.readers, file, of=of, crs=crs, home_crs=home, confirmed=sure)
    confirmed = await asyncio.to_thread(_confirmed, tree) if sure else ()
    return await _replace(request, principal, tree, source="geojson", crs=crs, confirmed=confirmed)


def _confirmed(tree: Sequence[domain.Area]) -> Kinds:
    """What of the names of areas their sender confirmed, by field and kind."""
    return check_texts({f"/{area.code}/name": area.name for area in tree}, confirmed=True)


@router.post("/areas/grid", openapi_extra=costing(60))
async def lay_grid(body: NewGrid, request: Request, principal: Writer) -> AreaImport:
    """Replace the municipality's areas by a grid of squares under one root."""
    home, here = request.app.state.ground.crs, request.app.state.settings.municipality
    crs = body.crs or home

    def squares() -> list[domain.Area]:
        box = domain.box_in_metres(body.bbox, crs=crs, home=home)
        return domain.tree(grid_areas(box, size_m=body.size_m, crs=home, code=here.code, name=here.name))

    # Ten thousand squares take a second to lay: beside the loop, which goes on answering.
    return await _replace(request, principal, await asyncio.to_thread(squares), source="grid", crs=crs)


async def _replace(
    request: Request,
    principal: Principal,
    tree: Sequence[domain.Area],
    *,
    source: domain.Source,
    crs: str,
    confirmed: Kinds = (),
) -> AreaImport:
    # Not the usual session, which commits after this function: the caller's next report must find the new areas.
    async with request.app.state.database.sessions() as session, session.begin():
        version, change = await replace_areas(session, tree, principal=principal, source=source, crs=crs)
        await keep_confirmed(session, {f"areas {version}": confirmed}, principal=principal)
    await request.app.state.reload_areas()
    return AreaImport(
        version=version,
        added=len(change.added),
        changed=len(change.changed),
        retired=len(change.retired),
        unchanged=change.unchanged,
        reports_to_move=await request.app.state.count_moving(),
    )


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
