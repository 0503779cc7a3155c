"""Everything that changes a subscription. Each change raises its version, by which dispatchers see it at once."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.subscriptions.domain import MOST_PER_ORGANISATION
from services.notify.tables import deliveries, subscription_secrets, subscriptions
from services.notify.webhooks import sealing, signatures
from shared.access import Principal
from shared.database.ceilings import alone
from shared.errors import Conflict, NotFound
from shared.messages.notify import SubscriptionDisabled
from shared.travel.outbox import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSecret:
    """A signing secret as it is stored."""

    id: UUID
    sealed: str
    public_key: str | None


def make_secret(secret_id: UUID, *, owner: UUID, scheme: str, keys: sealing.Ring) -> tuple[str, SealedSecret]:
    """A fresh signing secret: its text, and the form in which it is stored."""
    text = signatures.write_secret(os.urandom(signatures.SECRET_BYTES), scheme=scheme)
    sealed = sealing.seal(keys, text, owner=owner, nonce=os.urandom(sealing.NONCE_BYTES))
    return text, SealedSecret(id=secret_id, sealed=sealed, public_key=public_half(text))


def public_half(secret: str) -> str | None:
    """What may always be shown of a secret: the public half of a v1a key."""
    return signatures.public_key(signatures.read_secret(secret))


async def create_subscription(
    session: AsyncSession,
    subscription_id: UUID,
    *,
    principal: Principal,
    url: str,
    types: Collection[str],
    categories: Collection[str],
    area_codes: Collection[str],
    description: str,
    signature: str,
    secret: SealedSecret,
) -> None:
    """Subscribe the caller's organisation. The URL was checked before. Raises Conflict above the limit."""
    await alone(session, "subscriptions", organisation_id=principal.organisation_id)
    own = sa.select(sa.func.count()).where(subscriptions.c.organisation_id == principal.organisation_id)
    if (await session.scalar(own) or 0) >= MOST_PER_ORGANISATION:
        raise Conflict(f"An organisation has at most {MOST_PER_ORGANISATION} subscriptions. Delete one first.")
    await session.execute(
        sa.insert(subscriptions).values(
            id=subscription_id,
            organisation_id=principal.organisation_id,
            kind=principal.kind,
            role=principal.role,
            areas=list(principal.areas),
            url=url,
            types=sorted(set(types)),
            categories=sorted(set(categories)),
            area_codes=sorted(set(area_codes)),
            description=description,
            signature=signature,
            status="active",
        )
    )
    await _store_secret(session, subscription_id, secret)


async def change_status(
    session: AsyncSession, subscription_id: UUID, *, principal: Principal, status: Literal["active", "paused"]
) -> None:
    """Pause a subscription, or let it go on; what was held back goes out then. Raises NotFound."""
    await _touch(session, subscription_id, principal=principal, status=status, failing_since=None)


async def delete_subscription(session: AsyncSession, subscription_id: UUID, *, principal: Principal) -> None:
    """Remove a subscription, its secrets, and what was still to be sent to it. Raises NotFound."""
    gone = sa.delete(subscriptions).where(*_own(subscription_id, principal)).returning(subscriptions.c.id)
    if (await session.execute(gone)).first() is None:
        raise NotFound("No such subscription.")
    await session.execute(sa.delete(deliveries).where(deliveries.c.subscription_id == subscription_id))


async def replace_secret(
    session: AsyncSession, subscription_id: UUID, *, principal: Principal, secret: SealedSecret, old_until: datetime
) -> None:
    """Sign with a new secret from now on, and with the old ones as well until `old_until`. Raises NotFound."""
    await _touch(session, subscription_id, principal=principal)
    kept = subscription_secrets.c
    mine = kept.subscription_id == subscription_id
    await session.execute(sa.delete(subscription_secrets).where(mine, kept.expires_at <= sa.func.now()))
    await session.execute(
        sa.update(subscription_secrets)
        .where(mine, sa.or_(kept.expires_at.is_(None), kept.expires_at > old_until))
        .values(expires_at=old_until)
    )
    await _store_secret(session, subscription_id, secret)


async def disable_subscription(
    session: AsyncSession, subscription_id: UUID, *, reason: Literal["gone", "unreachable"]
) -> bool:
    """Stop sending to an endpoint and tell its organisation. Returns whether it was not disabled already.

    Whoever is there when it is resumed has to prove anew that the endpoint is theirs.
    """
    change = (
        sa.update(subscriptions)
        .where(subscriptions.c.id == subscription_id, subscriptions.c.status != "disabled")
        .values(status="disabled", version=subscriptions.c.version + 1, verified_at=None)
        .returning(subscriptions.c.organisation_id, subscriptions.c.version)
    )
    row = (await session.execute(change)).one_or_none()
    if row is None:
        return False
    await announce(
        session,
        SubscriptionDisabled(
            sequence=row.version,
            subscription_id=subscription_id,
            organisation_id=row.organisation_id,
            reason=reason,
        ),
    )
    return True


async def note_health(session: AsyncSession, *, failing: Collection[UUID], well: Collection[UUID]) -> None:
    """Remember since when endpoints fail, and which recovered. Raises no version: it changes nothing that is sent."""
    if failing:
        begins = sa.update(subscriptions).where(
            subscriptions.c.id.in_(failing), subscriptions.c.failing_since.is_(None)
        )
        await session.execute(begins.values(failing_since=sa.func.now()))
    if well:
        ends = sa.update(subscriptions).where(subscriptions.c.id.in_(well))
        await session.execute(ends.values(failing_since=None))


async def note_verified(session: AsyncSession, proved: Collection[UUID]) -> None:
    """Remember which endpoints proved to be their subscribers'; dispatchers see it by the version."""
    c = subscriptions.c
    change = sa.update(subscriptions).where(c.id.in_(proved), c.verified_at.is_(None))
    await session.execute(change.values(verified_at=sa.func.now(), version=c.version + 1))


async def _touch(session: AsyncSession, subscription_id: UUID, *, principal: Principal, **values: object) -> None:
    change = (
        sa.update(subscriptions)
        .where(*_own(subscription_id, principal))
        .values(version=subscriptions.c.version + 1, **values)
        .returning(subscriptions.c.id)
    )
    if (await session.execute(change)).first() is None:
        raise NotFound("No such subscription.")


def _own(subscription_id: UUID, principal: Principal) -> tuple[sa.ColumnElement[bool], ...]:
    return subscriptions.c.id == subscription_id, subscriptions.c.organisation_id == principal.organisation_id


async def _store_secret(session: AsyncSession, subscription_id: UUID, secret: SealedSecret) -> None:
    await session.execute(
        sa.insert(subscription_secrets).values(
            id=secret.id, subscription_id=subscription_id, sealed=secret.sealed, public_key=secret.public_key
        )
    )
