"""A topic that this release does not have reaches the feed and the overview by its own file alone."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import UUID as UUID_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel import queries
from services.gateway.readmodel.consumers import consumers
from services.gateway.readmodel.overview import make_overview, until
from services.gateway.readmodel.topic import Asked, Cycle, Part, Topic
from services.gateway.readmodel.topics import TOPICS
from services.gateway.tables import areas
from shared.access import Principal, sight
from shared.bus import Received
from shared.messages import Message
from shared.travel.envelope import Incoming
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import make_principal

# The topic's file ---------------------------------------------------------------------------------


class LampBroke(Message):
    """A street lamp went out."""

    topic: ClassVar[str] = "lamps.lamp.v1"
    type: ClassVar[str] = "lamp.broke"
    keyed_by: ClassVar[str] = "lamp_id"
    thing: ClassVar[str] = "finding"  # shown as findings are
    whose: ClassVar[tuple[str, ...]] = ("keeper_id",)
    lamp_id: UUID
    keeper_id: UUID
    area_code: str


class Lamps(BaseModel):
    """Lamps that are out."""

    out: int


NEVER_MENDED = datetime(2027, 1, 1, tzinfo=UTC)
lamp_facts = sa.Table(
    "lamp_facts", sa.MetaData(), sa.Column("lamp_id", UUID_(as_uuid=True), primary_key=True),
    sa.Column("keeper_id", UUID_(as_uuid=True)), sa.Column("area_code", sa.Text),
)  # fmt: skip


async def note_lamps(session: AsyncSession, batch: Sequence[Incoming], _: Cycle) -> None:
    """Keep one row a lamp."""
    rows = [each.message.model_dump(exclude={"sequence"}) for each in batch if isinstance(each.message, LampBroke)]
    await session.execute(insert(lamp_facts).on_conflict_do_nothing(), rows)


def _columns(asked: Asked) -> Mapping[str, sa.ColumnElement[Any]]:
    of = sight.Rows(thing="finding", whose=(lamp_facts.c.keeper_id,), area=lamp_facts.c.area_code, areas=areas)
    count = sa.select(sa.func.json_build_object(sa.literal_column("'out'"), sa.func.count(), type_=sa.JSON))
    return {"lamps": count.select_from(lamp_facts).where(sight.visible(asked.principal, of)).scalar_subquery()}


TOPIC = Topic(
    messages=(LampBroke,),
    tables=(lamp_facts,),
    project=note_lamps,
    overview=Part(columns=_columns, fields={"lamps": Lamps}, until=lambda _: NEVER_MENDED),
)

# What is seen of it -------------------------------------------------------------------------------

WITH_IT = (*TOPICS, TOPIC)
KEEPER = make_principal(organisation_id=uuid4(), kind="housing", role="member", areas=())
STRANGER = make_principal(organisation_id=uuid4(), kind="housing", role="member", areas=())


@pytest.fixture
async def lamps(clean: None, gateway_database: Database) -> AsyncIterator[None]:
    """The table of the topic's migration."""
    async with connected(gateway_database.admin_url) as admin:
        await admin.execute("CREATE TABLE lamp_facts (lamp_id uuid PRIMARY KEY, keeper_id uuid, area_code text)")
        await admin.execute("GRANT ALL ON lamp_facts TO PUBLIC")
        yield
        await admin.execute("DROP TABLE lamp_facts")


def arrived(message: LampBroke) -> Incoming:
    """A message as the bus brings it."""
    received = Received(
        topic=message.topic, partition=0, offset=0, key=message.key, value=message.model_dump_json().encode(),
        headers=(), at=datetime.now(UTC),
    )  # fmt: skip
    return Incoming(
        message_id=uuid4(), type=message.type, at=datetime.now(UTC), received=received, message=message,
        traceparent=None,
    )  # fmt: skip


async def test_it_reaches_feed_and_overview(lamps: None, gateway_app: FastAPI) -> None:
    """Its keeper and the coordinator see it; an organisation elsewhere does not."""
    state = gateway_app.state
    [group] = consumers(state.cycle, topics=WITH_IT)
    fact = LampBroke(sequence=1, lamp_id=uuid4(), keeper_id=KEEPER.organisation_id, area_code="01")
    async with state.database.sessions() as session, session.begin():
        await group.handle(session, [arrived(fact)])

    async def seen_by(principal: Principal) -> tuple[int, int]:
        async with state.database.sessions() as session:
            overview = await make_overview(
                session,
                principal,
                cycle=state.cycle,
                zone=state.zone,
                cursors=state.cursors,
                memory=state.published,
                topics=WITH_IT,
            )
            items = await queries.read_feed(session, principal=principal, zone="UTC", after=0, limit=10, topics=WITH_IT)
        assert until(overview, topics=WITH_IT) == NEVER_MENDED
        return overview.lamps.out, len([item for item in items if item["type"] == LampBroke.type])

    assert "lamps.lamp.v1" in group.topics
    assert await seen_by(make_principal()) == (1, 1)
    assert await seen_by(KEEPER) == (1, 1)
    assert await seen_by(STRANGER) == (0, 0)


async def test_what_no_topic_has_is_shown_to_nobody(lamps: None, gateway_app: FastAPI) -> None:
    """Default is deny: rows of a type that the topics do not name stay in the database."""
    state = gateway_app.state
    [group] = consumers(state.cycle, topics=WITH_IT)
    fact = LampBroke(sequence=1, lamp_id=uuid4(), keeper_id=KEEPER.organisation_id, area_code="01")
    async with state.database.sessions() as session, session.begin():
        await group.handle(session, [arrived(fact)])
    async with state.database.sessions() as session:
        for principal in (make_principal(), KEEPER):
            assert await queries.read_feed(session, principal=principal, zone="UTC", after=0, limit=10) == []
