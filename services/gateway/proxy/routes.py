"""HTTP in: what the API says of itself. The services' operations come from the route table (`forwarding`)."""

from datetime import date

from fastapi import APIRouter, Request, Response

from services.gateway.proxy import catalogue
from services.gateway.proxy.schemas import ApiInfo
from shared.http.operations import Operation
from shared.http.representations import is_there, takes_gzip

router = APIRouter(route_class=Operation)
VERSION = "1.0.0"
RELEASED = date(2026, 11, 23)
_KEPT_S = 300


@router.get(catalogue.PREFIX + "/api-info", tags=["access"])
async def get_api_info(request: Request) -> ApiInfo:
    """What this API is and where it is described."""
    return ApiInfo(
        api_name="Samsyn",
        api_version=VERSION,
        api_released=RELEASED,
        api_documentation=f"{request.app.state.settings.public_url}/docs",
        api_status="active",
    )


@router.get(catalogue.PREFIX + "/openapi.json", include_in_schema=False)
async def get_openapi(request: Request) -> Response:
    """The description of every public operation, as committed; public, so it may be kept and is sent compressed."""
    description = catalogue.described()
    headers = {"Cache-Control": f"public, max-age={_KEPT_S}", "ETag": description.etag, "Vary": "Accept-Encoding"}
    if is_there(request, description.etag):
        return Response(status_code=304, headers=headers)
    if not takes_gzip(request):
        return Response(description.content, media_type="application/json", headers=headers)
    return Response(description.zipped, media_type="application/json", headers=headers | {"Content-Encoding": "gzip"})
