"""Everything that changes what is to be sent: claims, outcomes, test sends, replays.

Claims and outcomes work on hundreds of deliveries per statement. One row with a commit of its own costs PostgreSQL
about twenty times as much as the same row in a batch, so this decides how many webhooks a machine can send.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.deliveries.domain import TEST_TYPE, Claimed, Outcome
from services.notify.deliveries.queries import get_last_sent
from services.notify.subscriptions.queries import get_subscription
from services.notify.tables import attempts
from services.notify.webhooks.ladder import RETRY
from shared import moments
from shared.access import Principal, Role
from shared.database.copying import copy_rows
from shared.errors import ITSELF, Conflict
from shared.ids import ordered_uuid7, uuid7s

# One probe of ix_deliveries_subscription_id_next_at per lane, so that a lane with a long queue costs no other lane
# anything; the array of ids keeps the planner from ever scanning the whole table. A claim that a crash of PostgreSQL
# forgets means a webhook sent twice with one id, so its commit need not wait for the disk.
_CLAIM = sa.text("""
    WITH wanted AS (
        SELECT s.id, w.room FROM unnest(CAST(:lanes AS uuid[]), CAST(:rooms AS integer[])) AS w (id, room)
        CROSS JOIN set_config('synchronous_commit', 'off', true) AS relaxed
        JOIN subscriptions AS s ON s.id = w.id AND s.status = 'active'
    )
    UPDATE deliveries AS d SET next_at = now() + make_interval(secs => :lease_s)
    FROM subscriptions AS s
    WHERE d.id = ANY (ARRAY(
        SELECT due.id FROM wanted CROSS JOIN LATERAL (
            SELECT id FROM deliveries WHERE subscription_id = wanted.id AND next_at <= now()
            ORDER BY next_at LIMIT wanted.room FOR UPDATE SKIP LOCKED
        ) AS due
    )) AND s.id = d.subscription_id
    RETURNING d.id, d.subscription_id, d.body_id, d.attempts, d.replay, s.version
""")
_DONE = sa.text("DELETE FROM deliveries WHERE id = ANY (CAST(:ids AS uuid[]))")
_AGAIN = sa.text("""
    UPDATE deliveries AS d SET attempts = u.attempts, next_at = now() + make_interval(secs => u.delay_s)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:attempts AS integer[]), CAST(:delays AS float8[]))
         AS u (id, attempts, delay_s)
    WHERE d.id = u.id
""")
_STORE_BODIES = sa.text("""
    INSERT INTO messages (id, message_id, type, role, told_at, body)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:message_ids AS uuid[]), CAST(:types AS text[]),
                         CAST(:roles AS text[]), CAST(:told AS timestamptz[]), CAST(:bodies AS bytea[]))
""")
_STORE = sa.text("""
    INSERT INTO deliveries (id, subscription_id, body_id)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:subscriptions AS uuid[]), CAST(:bodies AS uuid[]))
""")
_REPLAY = sa.text("""
    INSERT INTO deliveries (id, subscription_id, body_id, replay) VALUES (:id, :subscription_id, :body_id, true)
    ON CONFLICT (id) DO UPDATE SET next_at = now(), attempts = 0, replay = true
""")
_ATTEMPTS = [column.name for column in attempts.columns]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBody:
    """A body that goes to one or more subscriptions, all of this role."""

    message_id: UUID
    type: str
    role: Role
    told_at: datetime
    content: bytes
    subscriptions: Sequence[UUID]


async def claim_deliveries(
    session: AsyncSession, lanes: Mapping[UUID, int], *, lease_s: float
) -> Sequence[tuple[Claimed, int]]:
    """Take due deliveries for sending, at most so many per subscription; one statement.

    Returns each with its subscription's version. Nobody else gets them until the lease ends.
    """
    given = {"lanes": list(lanes), "rooms": list(lanes.values()), "lease_s": lease_s}
    rows = await session.execute(_CLAIM, given)
    return [
        (
            Claimed(id=id_, subscription_id=subscription_id, body_id=body_id, attempts=attempts_, replay=replay),
            version,
        )
        for id_, subscription_id, body_id, attempts_, replay, version in rows.all()
    ]


async def record_outcomes(session: AsyncSession, outcomes: Sequence[Outcome]) -> None:
    """Store what came of deliveries: an attempt for each that was sent; at most three statements for any number.

    Raises Unavailable when the database goes away half-way.
    """
    done = [o.delivery.id for o in outcomes if o.verdict.outcome != RETRY]
    await session.execute(_DONE, {"ids": done})  # also begins the transaction in which COPY runs
    again = [o for o in outcomes if o.verdict.outcome == RETRY]
    if again:
        values = {
            "ids": [o.delivery.id for o in again],
            "attempts": [_number(o) for o in again],
            "delays": [o.verdict.delay_s for o in again],
        }
        await session.execute(_AGAIN, values)
    rows = [_row(o) for o in outcomes if o.answer is not None]
    if rows:
        await copy_rows(session, attempts.name, columns=_ATTEMPTS, rows=rows)


async def store_bodies(session: AsyncSession, bodies: Sequence[NewBody]) -> Sequence[UUID]:
    """Queue bodies for their subscriptions; two statements. Returns the deliveries' ids."""
    if not bodies:
        return []
    body_ids = uuid7s(len(bodies))
    columns = {
        "ids": body_ids,
        "message_ids": [body.message_id for body in bodies],
        "types": [body.type for body in bodies],
        "roles": [body.role for body in bodies],
        "told": [body.told_at for body in bodies],
        "bodies": [body.content for body in bodies],
    }
    await session.execute(_STORE_BODIES, columns)
    pairs = [(each, body_id) for body, body_id in zip(bodies, body_ids, strict=True) for each in body.subscriptions]
    ids = uuid7s(len(pairs))
    subscriptions, of_bodies = [each for each, _ in pairs], [body_id for _, body_id in pairs]
    await session.execute(_STORE, {"ids": ids, "subscriptions": subscriptions, "bodies": of_bodies})
    return ids


async def send_test(
    session: AsyncSession,
    subscription_id: UUID,
    *,
    principal: Principal,
    message_id: UUID,
    challenge: str,
    now: datetime,
) -> UUID:
    """Queue a test message for one subscription; it goes the way of all others. Returns the delivery.

    challenge: a random text that nobody else knows; who writes it back has proved that the endpoint is theirs.

    Raises NotFound, and Conflict while the subscription is paused or disabled.
    """
    subscription = await get_subscription(session, subscription_id, principal=principal)
    if subscription["status"] != "active":
        raise Conflict("The subscription is not active. Resume it first.", code="subscription-inactive", of=ITSELF)
    data = {"subscription_id": subscription_id, "challenge": challenge}
    content = orjson.dumps({"type": TEST_TYPE, "timestamp": moments.written(now), "data": data})
    to = {"role": subscription["role"], "subscriptions": [subscription_id]}
    body = NewBody(message_id=message_id, type=TEST_TYPE, told_at=now, content=content, **to)
    (delivery_id,) = await store_bodies(session, [body])
    return delivery_id


async def replay_delivery(session: AsyncSession, delivery_id: UUID, *, principal: Principal) -> UUID:
    """Send a delivery again from the first step, whatever came of it. Returns its subscription.

    Raises NotFound, and Conflict while the subscription is disabled.
    """
    last = await get_last_sent(session, delivery_id, principal=principal)
    if last.status == "disabled":
        raise Conflict(
            "The subscription is disabled. Resume it first.", code="subscription-inactive", of=[last.subscription_id]
        )
    row = {"id": delivery_id, "subscription_id": last.subscription_id, "body_id": last.body_id}
    await session.execute(_REPLAY, row)
    return last.subscription_id


def _number(outcome: Outcome) -> int:
    """Attempts made on this ladder, with this one if it was sent."""
    return outcome.delivery.attempts + (outcome.answer is not None)


def _row(outcome: Outcome) -> tuple[object, ...]:
    delivery, answer = outcome.delivery, outcome.answer
    assert answer is not None  # noqa: S101
    return (
        delivery.subscription_id,
        delivery.id,
        ordered_uuid7(),
        delivery.body_id,
        delivery.attempts + 1,
        outcome.at.astimezone(UTC),
        outcome.verdict.outcome,
        answer.status,
        answer.error,
        answer.excerpt,
        answer.duration_ms,
    )
