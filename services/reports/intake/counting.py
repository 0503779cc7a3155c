"""How many reports a list has: asked for by itself, because a page of the list is found without it."""

from fastapi import APIRouter

from services.reports.intake.queries import MOST_COUNTED, count_reports
from services.reports.intake.routes import Reader, Wanted
from services.reports.intake.schemas import ReportCount
from services.reports.searching import in_time
from shared.database import Session
from shared.http.operations import Operation
from shared.http.problems import problems

router = APIRouter(route_class=Operation, tags=["reports"])


@router.get("/reports/count", responses=problems(400))
async def count_listed_reports(session: Session, principal: Reader, wanted: Wanted) -> ReportCount:
    """How many reports GET /reports lists with the same filters, on all its pages: 10,000 at most."""
    async with in_time(session):
        found = await count_reports(session, wanted, principal=principal)
    return ReportCount(reports=min(found, MOST_COUNTED), at_least=found > MOST_COUNTED)
