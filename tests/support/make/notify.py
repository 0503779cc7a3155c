"""Builders for the notify service: subscriptions, facts on the bus, and the service as it runs."""

import asyncio
import base64
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import psutil
import sqlalchemy as sa
from fastapi import FastAPI
from standardwebhooks.webhooks import Webhook

from deploy.local.children import die_with_parent
from deploy.ports import free_port
from services.notify.settings import Settings
from services.notify.webhooks import sealing
from services.notify.webhooks.signatures import write_secret
from shared.access import Principal
from shared.bus import Bus, Record, Topic
from shared.bus.opening import open_bus
from shared.messages import COMPACTED, TOPICS, Message
from shared.messages.reports import AreaChanged, ReportSubmitted, ReportWithdrawn
from shared.travel.envelope import seal
from tests.support.servers.postgres import Database, DatabaseServer, connected
from tests.support.servers.receivers import Delivery
from tests.support.servers.services import INTERNAL_PUBLIC, TRUST, client, wait_until

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
        "cool_down_s": 0.3,
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


def report_withdrawn(**changes: Any) -> ReportWithdrawn:
    """A report that its sender took back, as the reports service tells it."""
    values: dict[str, Any] = {
        "sequence": 2,
        "report_id": uuid4(),
        "organisation_id": uuid4(),
        "category": "order",
        "area_code": "010101",
    }
    return ReportWithdrawn(**(values | changes))


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
        ids.append(UUID(str(sealed.message_id)))
    await bus.publish(records)
    return ids


def verified(delivery: Delivery, secret: str) -> dict[str, Any]:
    """The body of a webhook, if the reference library accepts its signature. Raises WebhookVerificationError."""
    return dict(Webhook(secret).verify(delivery.body, delivery.headers))


def ids_of(got: Sequence[Delivery]) -> list[str]:
    """The `webhook-id` of each."""
    return [each.headers["webhook-id"] for each in got]


@dataclass(frozen=True, slots=True)
class NotifyProcess:
    """The service as a process of its own."""

    pid: int
    url: str
    inner_url: str

    @property
    def alive(self) -> bool:
        """Whether the process that was started still runs."""
        return psutil.pid_exists(self.pid) and psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.pid, signal.SIGKILL)


@asynccontextmanager
async def notify_process(
    database: Database, bus_url: str, *, dies: bool = False, **changes: Any
) -> AsyncIterator[NotifyProcess]:
    """`samsyn serve notify` on a free port while the block runs, then stopped in an orderly way, unless it `dies`."""
    values = notify_settings(database, bus_url, **changes)
    port, inner_port = free_port(), free_port()
    environment = {
        **os.environ,
        "NOTIFY_DATABASE_URL": database.url,
        "NOTIFY_PORT": str(port),
        "NOTIFY_INNER_PORT": str(inner_port),
        "BUS_URL": bus_url,
        "INTERNAL_PUBLIC_KEY": INTERNAL_PUBLIC,
        "LOG_FORMAT": "json",
        "NOTIFY_SEALING_KEY": SEALING_KEY,
        "NOTIFY_ALLOWED_NETWORKS": orjson.dumps(values.allowed_networks).decode(),
        "NOTIFY_SEND_TIMEOUT_S": str(values.send_timeout_s),
        "NOTIFY_LEASE_S": str(values.lease_s),
        "NOTIFY_COOL_DOWN_S": str(values.cool_down_s),
        "NOTIFY_POLL_S": str(values.poll_s),
        "NOTIFY_RETRY_STEPS_S": orjson.dumps(values.retry_steps_s).decode(),
    }
    command = [sys.executable, "-m", "deploy.cli", "serve", "notify"]
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGKILL),
    )
    url, inner_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{inner_port}"
    try:
        await wait_until(lambda: answers(inner_url), timeout_s=120, what="the notify service to answer")
        yield NotifyProcess(process.pid, url, inner_url)
        if not dies:
            process.terminate()
        async with asyncio.timeout(15):
            await process.wait()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def answers(inner_url: str) -> bool:
    """Whether a service is ready."""
    async with httpx.AsyncClient(verify=TRUST) as caller:
        try:
            return (await caller.get(f"{inner_url}/readyz")).status_code == 200
        except httpx.TransportError:
            return False


@asynccontextmanager
async def own_bus(server: DatabaseServer) -> AsyncIterator[tuple[str, Bus]]:
    """A bus with every topic that nobody else is on: PostgreSQL, or the cluster that the environment names."""
    if cluster := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        url = f"kafka://{cluster}/notify-{os.urandom(4).hex()}"
    else:
        url = (await server.fresh_database("samsyn_bus")).owner_url
    bus = open_bus(url)
    await bus.start()
    try:
        await bus.ensure_topics([Topic(name=name, compacted=name in COMPACTED) for name in TOPICS])
        yield url, bus
    finally:
        await bus.stop()


async def subscribe_in_database(database: Database, *, url: str) -> UUID:
    """A coordinator's subscription to everything, written without the service."""
    subscription_id = uuid4()
    secret = write_secret(os.urandom(32), scheme="v1")
    ring = sealing.ring(base64.b64decode(SEALING_KEY))
    sealed = sealing.seal(ring, secret, owner=subscription_id, nonce=os.urandom(12))
    async with connected(database.admin_url) as admin:
        await admin.execute(
            "INSERT INTO subscriptions (id, organisation_id, kind, role, areas, url, types, categories, area_codes,"
            " description, signature, status) VALUES ($1, $2, 'municipality', 'coordinator', '{}', $3, '{}', '{}',"
            " '{}', '', 'v1', 'active')",
            subscription_id, uuid4(), url,
        )  # fmt: skip
        await admin.execute(
            "INSERT INTO subscription_secrets (id, subscription_id, sealed) VALUES ($1, $2, $3)",
            uuid4(), subscription_id, sealed,
        )  # fmt: skip
    return subscription_id


@contextmanager
def statements_of_dispatcher(app: FastAPI) -> Iterator[list[str]]:
    """Collects what the dispatcher of a running app says to its database, but for BEGIN, COMMIT and COPY."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        task = asyncio.current_task()
        if task is not None and task.get_name() in ("dispatcher", "outcomes"):
            said.append(" ".join(statement.split()))

    engine = app.state.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
