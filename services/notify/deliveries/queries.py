"""Reads of deliveries: the delivery log for partners, and what the dispatcher must know."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.deliveries.domain import TEST_TYPE, Body, Due, LastSent
from services.notify.subscriptions.queries import own
from services.notify.tables import attempts, messages, subscriptions
from shared.access import Principal, Role, roles_within
from shared.errors import NotFound

# Which subscriptions have anything to be sent, and when the first of it is due: one index probe per subscription,
# however long their queues are.
_DUE = sa.text("""
    WITH RECURSIVE lane AS (
        (SELECT subscription_id, next_at FROM deliveries ORDER BY subscription_id, next_at LIMIT 1)
        UNION ALL
        SELECT n.subscription_id, n.next_at FROM lane CROSS JOIN LATERAL (
            SELECT subscription_id, next_at FROM deliveries WHERE subscription_id > lane.subscription_id
            ORDER BY subscription_id, next_at LIMIT 1
        ) AS n
    )
    SELECT lane.subscription_id, s.version, CAST(extract(epoch FROM next_at - now()) AS float8) AS wait_s
    FROM lane JOIN subscriptions AS s ON s.id = lane.subscription_id AND s.status = 'active'
""")
# When a fact was told is what its body says: the day alone where its reader sees it coarsely. Until the first attempt,
# which its receiver knows of, `next_at` is when it was queued, and is not shown; ids hold the day, and order by it.
# What waits, and how what was sent ended; a delivery that waits again hides its earlier ends. After a lease that ran
# out a failed attempt may be written after the successful one, so an end counts more than a retry.
_LOG = sa.text("""
    WITH held AS (
        SELECT max(held_until) AS held_until FROM subscriptions
        WHERE id = :subscription_id AND status = 'active' AND held_until > now()
    ), waiting AS (
        SELECT d.id, body_id, attempts, next_at, last.status, last.error FROM deliveries AS d
        JOIN messages AS m ON m.id = body_id AND m.role = ANY (CAST(:roles AS text[]))
        LEFT JOIN LATERAL (
            SELECT a.status, a.error FROM attempts AS a
            WHERE a.subscription_id = d.subscription_id AND a.delivery_id = d.id ORDER BY a.id DESC LIMIT 1
        ) AS last ON d.attempts > 0
        WHERE d.subscription_id = :subscription_id AND (CAST(:before AS uuid) IS NULL OR d.id < :before)
        ORDER BY d.id DESC LIMIT :limit
    ), ended AS (
        SELECT DISTINCT ON (delivery_id) delivery_id AS id, body_id, attempt AS attempts,
               CASE outcome WHEN 'retry' THEN 'dead' ELSE outcome END AS outcome, status, error
        FROM attempts JOIN messages AS m ON m.id = body_id AND m.role = ANY (CAST(:roles AS text[]))
        WHERE subscription_id = :subscription_id AND (CAST(:before AS uuid) IS NULL OR delivery_id < :before)
        AND NOT EXISTS (SELECT FROM deliveries WHERE deliveries.id = attempts.delivery_id)
        ORDER BY delivery_id DESC, attempts.outcome = 'retry', attempts.id DESC LIMIT :limit
    ), both_kinds AS (
        SELECT id, body_id, attempts, CASE attempts WHEN 0 THEN 'waiting' ELSE 'retrying' END AS state,
               CASE WHEN attempts > 0 THEN greatest(next_at, held_until) ELSE held_until END AS next_at, held_until,
               status, error FROM waiting CROSS JOIN held
        UNION ALL
        SELECT id, body_id, attempts, outcome, NULL, NULL, status, error FROM ended
    )
    SELECT b.id, b.attempts, b.state, b.next_at, b.held_until, b.status, b.error, m.message_id, m.type,
           coalesce(CAST(CAST(convert_from(m.body, 'UTF8') AS jsonb) ->> 'timestamp' AS timestamptz),
                    date_trunc('day', m.told_at, 'UTC')) AS told_at
    FROM both_kinds AS b JOIN messages AS m ON m.id = b.body_id
    ORDER BY b.id DESC LIMIT :limit
""")
_LAST = sa.text("""
    SELECT found.subscription_id, found.body_id, m.role AS made_for, s.role, s.status FROM subscriptions AS s JOIN (
        SELECT subscription_id, body_id FROM deliveries WHERE id = :id
        UNION ALL
        (SELECT a.subscription_id, a.body_id FROM subscriptions AS own JOIN attempts AS a
         ON a.subscription_id = own.id AND a.delivery_id = :id
         WHERE own.organisation_id = :organisation_id AND own.role = ANY (CAST(:roles AS text[])) LIMIT 1)
    ) AS found ON found.subscription_id = s.id JOIN messages AS m ON m.id = found.body_id
    WHERE s.organisation_id = :organisation_id AND s.role = ANY (CAST(:roles AS text[])) LIMIT 1
""")


async def list_due(session: AsyncSession) -> Mapping[UUID, Due]:
    """The active subscriptions that have anything to be sent."""
    rows = await session.execute(_DUE)
    return {row.subscription_id: Due(wait_s=row.wait_s, version=row.version) for row in rows}


async def load_bodies(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Body]:
    """Bodies by their id; one statement."""
    c = messages.c
    found = sa.select(c.id, c.message_id, c.type, c.role, c.told_at, c.body).where(c.id.in_(ids))
    return {
        id_: Body(
            message_id=str(message_id),
            role=role,
            told_at=told_at,
            content=content,
            challenge=orjson.loads(content)["data"].get("challenge") if type_ == TEST_TYPE else None,
        )
        for id_, message_id, type_, role, told_at, content in (await session.execute(found)).all()
    }


async def count_failed(session: AsyncSession, subscription_id: UUID, *, since: datetime) -> int:
    """How many deliveries were tried in vain since then."""
    c = attempts.c
    query = sa.select(sa.func.count(sa.distinct(c.delivery_id))).where(
        c.subscription_id == subscription_id, c.at >= since
    )
    return int(await session.scalar(query) or 0)


async def list_deliveries(
    session: AsyncSession, subscription_id: UUID, *, role: Role, before: UUID | None, limit: int
) -> Sequence[dict[str, Any]]:
    """The delivery log of a subscription, the newest day first. The caller's right to it is checked before.

    role: whose the subscription is now; what was made for eyes that see more is not there.
    """
    roles = sorted(roles_within(role))
    given = {"subscription_id": subscription_id, "before": before, "limit": limit, "roles": roles}
    return [dict(row._mapping) for row in await session.execute(_LOG, given)]


async def get_last_sent(session: AsyncSession, delivery_id: UUID, *, principal: Principal) -> LastSent:
    """Subscription, body and the subscription's status of a delivery of the caller's organisation. Raises NotFound.

    What was made for eyes that see more than the subscription's role of now is nobody's to look at, nor to send there.
    """
    roles = sorted(roles_within(principal.role))
    given = {"id": delivery_id, "organisation_id": principal.organisation_id, "roles": roles}
    row = (await session.execute(_LAST, given)).one_or_none()
    if row is None or row.made_for not in roles_within(row.role):
        raise NotFound("No such delivery.")
    return LastSent._make(row)


async def list_attempts(session: AsyncSession, delivery_id: UUID, *, principal: Principal) -> Sequence[dict[str, Any]]:
    """Every attempt of a delivery of the caller's organisation, oldest first. Raises NotFound."""
    await get_last_sent(session, delivery_id, principal=principal)
    theirs = sa.select(subscriptions.c.id).where(own(principal))
    c = attempts.c
    query = (
        sa.select(c.id, c.at, c.attempt, c.outcome, c.status, c.error, c.excerpt, c.duration_ms)
        .where(c.subscription_id.in_(theirs), c.delivery_id == delivery_id)
        .order_by(c.id)
        .limit(500)
    )
    return [dict(row._mapping) for row in await session.execute(query)]
