"""Mappings: how the files of the caller's organisation are read."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path

from services.reports.mappings import queries
from services.reports.mappings.commands import put_mapping as keep
from services.reports.mappings.schemas import Mappings, Name, NamedMapping, NewMapping
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.http.costs import costing
from shared.http.operations import Operation
from shared.http.problems import problems
from shared.privacy import check_texts
from shared.privacy.free_text import admit_texts, keep_confirmed

router = APIRouter(route_class=Operation, tags=["imports"])

Writer = Annotated[Principal, may("reports:write")]
OwnName = Annotated[Name, Path()]


@router.put("/mappings/{name}", responses=problems(400, 404, 409, 413), openapi_extra=costing(20))
async def put_mapping(name: OwnName, body: NewMapping, session: Session, principal: Writer) -> NamedMapping:
    """Keep a mapping under a name of your own, in the place of the one before.

    Its JSON Schema stands in `docs/mapping.schema.json`, for editors that check as one types.
    """
    # It may hold thousands of words: beside the loop, which goes on answering.
    confirmed = [
        *check_texts({"/name": name}, confirmed=body.confirmed_no_personal_data, codes=("/name",)),
        *await asyncio.to_thread(admit_texts, body),
    ]
    now = datetime.now(UTC)
    await keep(session, name, principal=principal, document=body.model_dump(mode="json", exclude_unset=True), now=now)
    await keep_confirmed(session, {f"mapping {name}": confirmed}, principal=principal)
    return NamedMapping(name=name, changed_at=now, mapping=body)


@router.get("/mappings/{name}", responses=problems(404))
async def get_mapping(name: OwnName, session: Session, principal: Writer) -> NamedMapping:
    """A mapping of your organisation."""
    return NamedMapping.model_validate(await queries.get_mapping(session, name, principal=principal))


@router.get("/mappings", openapi_extra=costing(10))
async def list_mappings(session: Session, principal: Writer) -> Mappings:
    """The mappings of your organisation."""
    return Mappings.model_validate({"mappings": await queries.list_mappings(session, principal=principal)})
