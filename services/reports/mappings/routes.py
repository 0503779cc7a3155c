"""Mappings: how the files of the caller's organisation are read."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ValidationError

from services.reports.mappings import queries
from services.reports.mappings.commands import delete_mapping as forget
from services.reports.mappings.commands import keep_draft
from services.reports.mappings.commands import put_mapping as keep
from services.reports.mappings.kept import MappingAsRead, MappingDraft, Mappings, NamedMapping, SentMapping
from services.reports.mappings.schemas import Mapping, Name, NewMapping
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.http.costs import costing
from shared.http.operations import Operation
from shared.http.preconditions import IfMatch, IfMatchToReplace, bears, etag
from shared.http.problems import problems
from shared.ids import ordered_uuid7
from shared.privacy import check_texts
from shared.privacy.beside import admit
from shared.privacy.free_text import keep_confirmed

router = APIRouter(route_class=Operation, tags=["imports"])

Writer = Annotated[Principal, may("reports:write")]
OwnName = Annotated[Name, Path()]


def said(document: dict[str, Any]) -> dict[str, Any]:
    """What a kept mapping says, also one that was kept with all that goes without saying, or by rules of before."""
    try:
        return Mapping.model_validate(document).kept()
    except ValidationError:
        return document


@router.put(
    "/mappings/{name}", responses=problems(400, 404, 409, 412, 413, 428) | bears("ETag"), openapi_extra=costing(20)
)
async def put_mapping(
    name: OwnName,
    body: SentMapping,
    versions: IfMatchToReplace,
    request: Request,
    session: Session,
    principal: Writer,
    response: Response,
) -> NamedMapping:
    """Keep a mapping under a name of your own. One that is there is replaced where If-Match names its version.

    The same again changes nothing and needs no If-Match. What GET gave can be sent back whole. The JSON Schema of a
    mapping stands in `docs/mapping.schema.json`, for editors that check as one types.
    """

    async def read() -> NamedMapping:
        return NamedMapping.kept_as(await queries.get_mapping(session, name, principal=principal))

    resent = body if isinstance(body, MappingAsRead) else None
    confirmed = [
        *check_texts({"/name": name}, confirmed=body.confirmed_no_personal_data, codes=("/name",)),
        *await (
            resent.admit(request, principal=principal, read=read)
            if resent
            else admit(request, body, principal=principal)
        ),
    ]
    before = await resent.as_read(read) if resent else None
    now, document = datetime.now(UTC), body.kept()
    kept = await keep(
        session, name, principal=principal, document=document, same=lambda each: said(each) == document,
        versions=versions, now=now,
    )  # fmt: skip
    if resent:
        resent.check_read_only(before)
    await keep_confirmed(session, {f"mapping {name}": confirmed}, principal=principal)
    response.headers["ETag"] = etag(kept["version"])
    return NamedMapping.model_validate(kept)


@router.delete("/mappings/{name}", status_code=204, responses=problems(400, 404, 409, 412, 428))
async def delete_mapping(name: OwnName, session: Session, principal: Writer, versions: IfMatch) -> None:
    """Forget how files are read. What came in by it stays; while a file waits that was sent with it, 409 names that."""
    await forget(session, name, principal=principal, versions=versions)


@router.post("/mappings/drafts", status_code=201, responses=problems(400, 413), openapi_extra=costing(20))
async def hold_draft(
    body: NewMapping,
    request: Request,
    session: Session,
    principal: Writer,
    replacing: Annotated[
        Name | None, Query(description="The name that it would be kept under: rows are then known as they would be.")
    ] = None,
) -> MappingDraft:
    """Hold a mapping to try files with: `POST /imports?draft={id}&dry_run=true`. None that is kept is changed.

    The newest twenty of an organisation are held.
    """
    confirmed = await admit(request, body, principal=principal)
    draft_id = ordered_uuid7()
    document = body.kept()
    await keep_draft(session, draft_id, principal=principal, document=document, replacing=replacing)
    await keep_confirmed(session, {f"mapping draft {draft_id}": confirmed}, principal=principal)
    return MappingDraft.model_validate({"id": draft_id, "mapping": document})


@router.get(
    "/mappings/{name}", responses=problems(404) | bears("ETag"), response_model=NamedMapping, openapi_extra=costing(2)
)
async def get_mapping(name: OwnName, session: Session, principal: Writer) -> Response:
    """A mapping of your organisation. Its ETag is what a change must match."""
    found = await queries.get_mapping(session, name, principal=principal)
    return _written(NamedMapping.kept_as(found), headers={"ETag": etag(found["version"])})


@router.get("/mappings", response_model=Mappings, openapi_extra=costing(10))
async def list_mappings(session: Session, principal: Writer) -> Response:
    """The mappings of your organisation."""
    found = await queries.list_mappings(session, principal=principal)
    return _written(Mappings.model_construct(mappings=[NamedMapping.kept_as(dict(row)) for row in found]))


def _written(answer: BaseModel, *, headers: dict[str, str] | None = None) -> Response:
    return Response(answer.model_dump_json(warnings=False), media_type="application/json", headers=headers)
