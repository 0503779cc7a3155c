"""Builders for the notify service: subscriptions, facts on the bus, and the service as it runs."""

import base64
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
from standardwebhooks.webhooks import Webhook

from services.notify.settings import Settings
from shared.access import Principal
from shared.bus import Bus, Record
from shared.envelope import seal
from shared.messages import Message
from shared.messages.reports import AreaChanged, ReportSubmitted
from tests.support.postgres import Database
from tests.support.receivers import Delivery
from tests.support.services import INTERNAL_PUBLIC, client

SEALING_KEY = base64.b64encode(bytes(range(32))).decode()


def notify_settings(database: Database, bus_url: str, **changes: Any) -> Settings:
    """The service as tests run it: loopback allowed, short times, a ladder of three attempts."""
    values: dict[str, Any] = {
        "database_url": database.url,
        "migration_url": database.owner_url,
        "bus_url": bus_url,
        "internal_public_key": INTERNAL_PUBLIC,
        "log_format": "json",
        "sealing_key": SEALING_KEY,
        "allowed_networks": ["127.0.0.0/8"],
        "send_timeout_s": 1,
        "lease_s": 4,
        "poll_s": 0.05,
        "retry_steps_s": [0, 0.1, 0.2],
    }
    return Settings(**(values | changes))


def make_subscription(**changes: Any) -> dict[str, Any]:
    """A subscription as a partner asks for it; give it a `url`."""
    return {"url": "https://hooks.example.org/", "types": ["report.submitted"]} | changes


def new_key() -> dict[str, str]:
    """A new Idempotency-Key."""
    return {"Idempotency-Key": uuid4().hex}


def notify_client(url: str, principal: Principal) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    """A caller of the notify service."""
    return client(url, service="notify", principal=principal)


async def subscribe(caller: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    """Make a subscription and return the answer, secret included."""
    answer = await caller.post("/subscriptions", json=make_subscription(**changes), headers=new_key())
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def report_submitted(**changes: Any) -> ReportSubmitted:
    """A report as the reports service tells it."""
    values: dict[str, Any] = {
        "sequence": 1,
        "report_id": uuid4(),
        "organisation_id": uuid4(),
        "category": "order",
        "subcategory": "gathering",
        "area_code": "010101",
        "cell": "E481750N7005250",
        "occurred_on": date(2026, 11, 20),
        "band": 8,
        "dark": True,
        "severity": 2,
    }
    return ReportSubmitted(**(values | changes))


def area_changed(*path: str, **changes: Any) -> AreaChanged:
    """An area whose path from the root is given; the last code is its own."""
    geometry = {"type": "Polygon", "coordinates": [[[14.6, 63.1], [14.7, 63.1], [14.7, 63.2], [14.6, 63.1]]]}
    values: dict[str, Any] = {
        "sequence": 1,
        "code": path[-1],
        "name": path[-1],
        "level": len(path) - 1,
        "path": list(path),
        "geometry": geometry,
        "active": True,
    }
    return AreaChanged(**(values | changes))


async def tell(bus: Bus, *facts: Message, at: datetime | None = None) -> list[UUID]:
    """Publish facts as their producers would. Returns their message ids."""
    records, ids = [], []
    for fact in facts:
        sealed = seal(fact, source=fact.topic.split(".", maxsplit=1)[0], now=at or datetime.now(UTC))
        headers = orjson.loads(sealed.headers)
        records.append(
            Record(
                topic=sealed.topic,
                key=sealed.key,
                value=sealed.value,
                headers=tuple((name, value.encode()) for name, value in headers.items()),
            )
        )
        ids.append(sealed.message_id)
    await bus.publish(records)
    return ids


def verified(delivery: Delivery, secret: str) -> dict[str, Any]:
    """The body of a webhook, if the reference library accepts its signature. Raises WebhookVerificationError."""
    return dict(Webhook(secret).verify(delivery.body, delivery.headers))


def ids_of(got: Sequence[Delivery]) -> list[str]:
    """The `webhook-id` of each."""
    return [each.headers["webhook-id"] for each in got]
