"""Messages in: every fact goes into the feed, and into the projection of its topic."""

from collections.abc import Sequence

from services.gateway.readmodel.feed import append_to_feed
from services.gateway.readmodel.topic import Cycle, Projection, Topic
from services.gateway.readmodel.topics import TOPICS
from shared.database import Session
from shared.messages import Message
from shared.travel.consumer import Consumer
from shared.travel.envelope import Incoming

GROUP = "gateway"
# Nobody sees it, and under load a transaction counts ten reports instead of one: half of the gateway's work.
PAUSE_S = 0.05


def consumers(cycle: Cycle, *, topics: Sequence[Topic] = TOPICS) -> list[Consumer]:
    """The gateway's one consumer group. `cycle` decides in which period a report counts."""
    group = Consumer(GROUP, pause_s=PAUSE_S)
    for topic in topics:
        if topic.project is not None:
            _project(group, topic.messages, topic.project, cycle=cycle)
    rest = [message for topic in topics if topic.project is None for message in topic.messages]

    @group.on_batch(*rest)
    async def on_other_facts(session: Session, batch: Sequence[Incoming]) -> None:
        await append_to_feed(session, batch)

    return [group]


def _project(group: Consumer, facts: Sequence[type[Message]], projection: Projection, *, cycle: Cycle) -> None:
    @group.on_batch(*facts)
    async def on_facts(session: Session, batch: Sequence[Incoming]) -> None:
        await projection(session, batch, cycle)
        await append_to_feed(session, batch)
