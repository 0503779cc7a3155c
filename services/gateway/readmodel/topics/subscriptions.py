"""Webhooks: who answers for each, and how it stands; for `samsyn admin`, not for the overview."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel.topic import Cycle, Topic, store_newer
from services.gateway.tables import subscription_facts
from shared.messages.notify import SubscriptionDisabled, SubscriptionKept
from shared.travel.envelope import Incoming


async def note_subscriptions(session: AsyncSession, batch: Sequence[Incoming], _: Cycle) -> None:
    """Keep one row a subscription: whose it is, and how it stands. One that stopped keeps whose it was."""
    for message in (each.message for each in batch):
        if isinstance(message, SubscriptionKept):
            await store_newer(session, subscription_facts, [message.model_dump()], key="subscription_id")
        elif isinstance(message, SubscriptionDisabled):
            await _stopped(session, message.subscription_id, sequence=message.sequence)


async def _stopped(session: AsyncSession, subscription_id: UUID, *, sequence: int) -> None:
    known = sa.and_(subscription_facts.c.subscription_id == subscription_id, subscription_facts.c.sequence < sequence)
    await session.execute(sa.update(subscription_facts).where(known).values(status="disabled", sequence=sequence))


TOPIC = Topic(
    messages=(SubscriptionKept, SubscriptionDisabled), tables=(subscription_facts,), project=note_subscriptions
)
