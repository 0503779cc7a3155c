"""Messages in: every fact goes into the feed, and into the projection it belongs to."""

from collections.abc import Awaitable, Callable, Sequence

from services.gateway.readmodel import projections
from services.gateway.readmodel.projections import Cycle
from shared.database import Session
from shared.messages import MESSAGES, Message
from shared.messages.events import GatheringCancelled, GatheringChanged, GatheringRegistered
from shared.messages.reports import AreaChanged, ReportCorrected, ReportReviewed, ReportSubmitted, ReportWithdrawn
from shared.messages.walks import FindingAnswered, FindingRaised
from shared.travel.consumer import Consumer
from shared.travel.envelope import Incoming

GROUP = "gateway"
# Nobody sees it, and under load a transaction counts ten reports instead of one: half of the gateway's work.
PAUSE_S = 0.05
Projection = Callable[[Session, Sequence[Incoming]], Awaitable[None]]


def consumers(cycle: Cycle) -> list[Consumer]:
    """The gateway's one consumer group. `cycle` decides in which period a report counts."""
    group = Consumer(GROUP, pause_s=PAUSE_S)

    async def count(session: Session, batch: Sequence[Incoming]) -> None:
        await projections.count_reports(session, batch, cycle=cycle)

    _project(group, count, ReportSubmitted, ReportCorrected, ReportReviewed, ReportWithdrawn)
    _project(group, projections.note_findings, FindingRaised, FindingAnswered)
    _project(group, projections.note_gatherings, GatheringRegistered, GatheringChanged, GatheringCancelled)
    _project(group, projections.keep_areas, AreaChanged)
    rest = [fact for fact in MESSAGES if not group.handles(fact)]
    group.on_batch(*rest)(projections.append_to_feed)
    return [group]


def _project(group: Consumer, projection: Projection, *facts: type[Message]) -> None:
    @group.on_batch(*facts)
    async def on_facts(session: Session, batch: Sequence[Incoming]) -> None:
        await projection(session, batch)
        await projections.append_to_feed(session, batch)
