"""Which reports a number is of: what beside area, category and days decides whether one is counted in it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import Field

from services.reports.intake.queries import check_organisation
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.http.parameters import DIGITS, YesOrNo
from shared.shapes import Written

_Weekday = Annotated[int, Field(ge=1, le=7), DIGITS]
_Band = Annotated[int, Field(ge=0, le=11), DIGITS]
_Hour = Annotated[int, Field(ge=0, le=23), DIGITS]
CellCode = Annotated[str, Written(r"^E-?[0-9]{1,8}N-?[0-9]{1,8}$", "The code of a square, as E481750N7005250.")]


def came_of_a_file(
    new_in_import: Annotated[
        UUID | None,
        Query(description="Those that this file of yours brought (POST /imports): its `new`, whatever became of them."),
    ] = None,
    changed_in_import: Annotated[
        UUID | None, Query(description="Those that this file of yours changed, or has again: its `changed`.")
    ] = None,
    withdrawn_in_import: Annotated[
        UUID | None, Query(description="Those that it had no more, and that were withdrawn for that: its `withdrawn`.")
    ] = None,
) -> dict[str, UUID | None]:
    """What an address asks for of a file, as fields of `Filter`."""
    return {
        "new_in_import": new_in_import,
        "changed_in_import": changed_in_import,
        "withdrawn_in_import": withdrawn_in_import,
    }


async def wanted_sender(
    session: Session,
    principal: Annotated[Principal, may("reports:read")],
    organisation_id: Annotated[UUID | None, Query(description="As `status`.")] = None,
) -> UUID | None:
    """The organisation whose reports are wanted. Raises UnknownOrganisation for one that there never was.

    Who takes part, everybody may know, and not who sent what.
    """
    if organisation_id not in (None, principal.organisation_id):
        await check_organisation(session, organisation_id)
    return organisation_id


def wanted_slice(
    request: Request,
    of_a_file: Annotated[dict[str, UUID | None], Depends(came_of_a_file)],
    counted: Annotated[
        YesOrNo | None,
        Query(description="true: only those that count; false: only rejected, withdrawn or duplicate ones."),
    ] = None,
    positive: Annotated[
        YesOrNo | None,
        Query(description="true: only positive observations; false: only problems, which are all others."),
    ] = None,
    placed: Annotated[YesOrNo | None, Query(description="Whether they lie in a known area.")] = None,
    timed: Annotated[YesOrNo | None, Query(description="Whether the time of day is known.")] = None,
    weekday: Annotated[_Weekday | None, Query(description="1 is Monday.", examples=[5])] = None,
    band: Annotated[
        _Band | None, Query(description="Two-hour band of the local day, 0 is 00:00 to 02:00.", examples=[11])
    ] = None,
    hour: Annotated[
        _Hour | None, Query(description="Local hour. Finds only your own, unless you see everything.", examples=[22])
    ] = None,
    incident_id: Annotated[UUID | None, Query(description="The duplicates of this report. As `hour`.")] = None,
    cell: Annotated[
        CellCode | None, Query(description="The square of 250 m that they lie in.", examples=["E481750N7005250"])
    ] = None,
) -> dict[str, Any]:
    """What an address asks for beside area, category and days, as fields of `Filter`."""
    return {
        "counted": counted,
        "positive": positive,
        "placed": placed,
        "timed": timed,
        "weekday": weekday,
        "band": band,
        "hour": hour,
        "incident_id": incident_id,
        "cell": cell,
        **of_a_file,
        "zone": request.app.state.ground.zone.key,
    }
