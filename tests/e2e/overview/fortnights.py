"""Fortnights of an invented municipality: the demo's areas, reports to send, findings and gatherings to tell."""

import json
import random
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from shared.bus import Bus, Record, Topic
from shared.geo.geometry import shape_of
from shared.messages import COMPACTED, Message
from shared.messages.events import GatheringRegistered
from shared.messages.reports import AreaChanged
from shared.messages.walks import FindingAnswered, FindingRaised, WalkPlanned
from shared.travel.envelope import seal
from tests.support import ROOT

GEOJSON = ROOT / "deploy/demo/areas.geojson"
# How busy a place is, roughly; the others have one or two reports, or none.
_BUSY = {"0112": 19, "0111": 7, "0114": 6, "0161": 9, "018": 8, "014": 5, "0121": 4, "015": 3, "071": 3, "021": 1}
_CATEGORIES = ("order", "order", "order", "damage", "damage", "traffic", "environment", "drugs", "theft", "positive")


@lru_cache
def demo_areas() -> list[AreaChanged]:
    """The areas of the demo municipality as they are told, parents first."""
    features = {each["properties"]["code"]: each for each in json.loads(GEOJSON.read_text())["features"]}

    def path(code: str | None) -> list[str]:
        return [*path(features[code]["properties"]["parent"]), code] if code else []

    return [
        AreaChanged(
            sequence=1,
            code=code,
            name=feature["properties"]["name"],
            level=len(path(code)) - 1,
            path=path(code),
            geometry=feature["geometry"],
            active=True,
        )
        for code, feature in features.items()
    ]


def make_reports(first: date, *, days: int, seed: int, scale: float = 1.0) -> list[dict[str, Any]]:
    """Reports of some days from `first` as partners send them: most where it is busy, and on Friday evenings."""
    chance = random.Random(seed)
    where = {area.code: shape_of(area.geometry).representative_point() for area in demo_areas()}
    evenings = [
        day for day in range(days) for _ in range(3 if (first + timedelta(days=day)).weekday() in (4, 5) else 1)
    ]
    return [
        {
            "category": chance.choice(_CATEGORIES),
            "occurred_from": datetime.combine(
                first + timedelta(days=chance.choice(evenings)),
                time(chance.choice((7, 12, 15, 17, 19, 20, 20, 21, 21, 22, 23)), chance.randrange(60)),
            ).isoformat(),
            "point": {"lon": where[code].x, "lat": where[code].y},
            "severity": 1,
        }
        for code, busy in _BUSY.items()
        for _ in range(max(1, round(busy * scale * chance.uniform(0.7, 1.3))))
    ]


def make_plans(owner: UUID, *, today: date) -> list[Message]:
    """A late finding, one with a plan, one to come; a walk; two gatherings."""
    start = datetime.combine(today + timedelta(days=6), time(11), tzinfo=UTC)
    chance = random.Random(3)

    def new() -> UUID:
        return UUID(int=chance.getrandbits(128), version=4)

    def finding(area: str, due_in: int) -> dict[str, Any]:
        due = today + timedelta(days=due_in)
        return {"finding_id": new(), "walk_id": new(), "area_code": area, "owner_id": owner, "due_on": due}

    planned = finding("0161", 40)
    return [
        FindingRaised(sequence=1, kind="lighting", priority=1, **finding("0112", -12)),
        FindingRaised(sequence=1, kind="vegetation", priority=2, **planned),
        FindingRaised(sequence=1, kind="litter", priority=3, **finding("014", 75)),
        FindingAnswered(sequence=2, status="planned", **planned),
        WalkPlanned(
            sequence=1, walk_id=new(), organisation_id=owner, area_code="0162", planned_on=today + timedelta(days=9)
        ),
        GatheringRegistered(
            sequence=1, gathering_id=new(), organisation_id=owner, area_code="0111", clashes=0,
            starts_at=start, ends_at=start + timedelta(hours=9), expected_attendance=1200,
        ),
        GatheringRegistered(
            sequence=1, gathering_id=new(), organisation_id=owner, area_code="0121", clashes=0,
            starts_at=start + timedelta(days=7), ends_at=start + timedelta(days=7, hours=3), expected_attendance=4500,
        ),
    ]  # fmt: skip


async def publish(bus: Bus, messages: list[Message]) -> None:
    """Put messages on the bus as their services' relays would; makes the topics."""
    topics = {message.topic for message in messages}
    await bus.ensure_topics([Topic(name=topic, compacted=topic in COMPACTED) for topic in sorted(topics)])
    for each in (seal(message, source=message.topic.partition(".")[0]) for message in messages):
        headers = tuple((name, value.encode()) for name, value in orjson.loads(each.headers).items())
        await bus.publish([Record(topic=each.topic, key=each.key, value=each.value, headers=headers)])
