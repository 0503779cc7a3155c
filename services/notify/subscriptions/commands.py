"""Everything that changes a subscription. Each change raises its version, by which dispatchers see it at once."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.subscriptions import domain
from services.notify.subscriptions.answered import still_there
from services.notify.subscriptions.domain import MOST_PER_ORGANISATION, Reached, in_order
from services.notify.subscriptions.queries import lock_subscription, own
from services.notify.tables import deliveries, messages, subscription_secrets, subscriptions
from services.notify.webhooks import sealing, signatures
from shared.access import TO_BE_TOLD, Principal, roles_within
from shared.database.ceilings import alone
from shared.errors import A_LIMIT, NO_IF_MATCH, Conflict, NotFound, Stale, VersionNeeded
from shared.messages.gateway import CredentialEnded, OrganisationChanged, SubscriptionStopped
from shared.messages.notify import SubscriptionDisabled, SubscriptionKept
from shared.travel import endings
from shared.travel.outbox import announce

_OTHER_VERSION = "This subscription is at no version that If-Match names. Read it again, and send its ETag of now."
_KEPT = tuple(subscriptions.c[name] for name in ("id", "organisation_id", "client_id", "role", "status", "version"))
# Whoever answers for it next has to prove anew that the endpoint is theirs.
_DISABLED = {"status": "disabled", "version": subscriptions.c.version + 1, "verified_at": None}

# What waits longer than any lease is not on its way. In the order in which it would have come.
_SOONER = sa.text("""
    UPDATE deliveries AS d
    SET next_at = now() + make_interval(secs => :within_s) + waits.place * interval '1 microsecond'
    FROM (
        SELECT id, row_number() OVER (ORDER BY next_at) AS place FROM deliveries
        WHERE subscription_id = :subscription_id AND next_at > now() + make_interval(secs => :within_s)
    ) AS waits
    WHERE d.id = waits.id
""")


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
    """Subscribe the caller's organisation. The URL was checked before.

    Raises Conflict above the limit, and as all here that a caller changes Unauthenticated for one that ended.
    """
    await endings.check_goes_on(session, principal)
    await alone(session, "subscriptions", organisation_id=principal.organisation_id)
    own = sa.select(sa.func.count()).where(subscriptions.c.organisation_id == principal.organisation_id)
    if (await session.scalar(own) or 0) >= MOST_PER_ORGANISATION:
        detail = f"An organisation has at most {MOST_PER_ORGANISATION} subscriptions. Delete one first."
        raise Conflict(detail, code="limit-reached", of=A_LIMIT)
    await session.execute(
        sa.insert(subscriptions).values(
            id=subscription_id,
            organisation_id=principal.organisation_id,
            kind=principal.kind,
            url=url,
            types=in_order(types),
            categories=in_order(categories),
            area_codes=in_order(area_codes),
            description=description,
            signature=signature,
            status="active",
            **_maker(principal),
        )
    )
    await _store_secret(session, subscription_id, secret)
    fact = {"subscription_id": subscription_id, "organisation_id": principal.organisation_id}
    await announce(session, SubscriptionKept(sequence=1, **fact, made_by=principal.client_id, status="active"))


async def change_subscription(
    session: AsyncSession,
    subscription_id: UUID,
    said: Mapping[str, Any],
    *,
    principal: Principal,
    versions: frozenset[int] | None,
    within_s: float,
) -> None:
    """Change what a subscription asks for, where it leads, or whether it goes on; what was held back goes out then.

    Of a new URL what waits for another try waits `within_s` seconds at most: how the old one answered says nothing of
    it. Whoever changes a disabled one answers for it from then on, with their own role, which sees no less: it would
    not be theirs to change. Raises NotFound, Stale, VersionNeeded, Invalid.
    """
    await endings.check_goes_on(session, principal)
    kept = await lock_subscription(session, subscription_id, principal=principal)
    _check_version(kept, said, versions)
    changes = domain.changes(kept, said)
    if not changes:
        return
    taken_over = _maker(principal) if kept["status"] == "disabled" else {}
    row = await _touch(session, subscription_id, principal=principal, **changes, **taken_over)
    if "url" in changes:
        await session.execute(_SOONER, {"subscription_id": subscription_id, "within_s": within_s})
    await announce(session, _kept(row))


def _check_version(kept: Mapping[str, Any], said: Mapping[str, Any], versions: frozenset[int] | None) -> None:
    """Raise VersionNeeded, Stale; an empty set is of a request that names no version."""
    if versions is None or kept["version"] in versions:
        return
    if versions:
        raise Stale(_OTHER_VERSION)
    if said.keys() - domain.AT_ANY_TIME:
        raise VersionNeeded("Send If-Match: the ETag that GET gave, or *. A status needs none.", errors=NO_IF_MATCH)


async def delete_subscription(
    session: AsyncSession, subscription_id: UUID, *, principal: Principal, versions: frozenset[int] | None
) -> None:
    """Remove a subscription, its secrets, and what was still to be sent to it. Raises NotFound, Stale."""
    await endings.check_goes_on(session, principal)
    if versions is not None:
        kept = await lock_subscription(session, subscription_id, principal=principal)
        if kept["version"] not in versions:
            raise Stale(_OTHER_VERSION)
    gone = sa.delete(subscriptions).where(*_own(subscription_id, principal)).returning(*_KEPT)
    row = (await session.execute(gone)).first()
    if row is None:
        raise NotFound("No such subscription.")
    await session.execute(sa.delete(deliveries).where(deliveries.c.subscription_id == subscription_id))
    await announce(session, _kept(row, sequence=row.version + 1, status="deleted"))


async def replace_secret(
    session: AsyncSession, subscription_id: UUID, *, principal: Principal, secret: SealedSecret, old_until: datetime
) -> None:
    """Sign with a new secret from now on, and with the old ones as well until `old_until`. Raises NotFound."""
    await endings.check_goes_on(session, principal)
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
    session: AsyncSession, reached: Reached, *, reason: Literal["gone", "unreachable"]
) -> bool:
    """Stop sending to an endpoint and tell its organisation. Returns whether it was not disabled already.

    Not a subscription that leads elsewhere by now.
    """
    return bool(await _disable(session, still_there([reached]), reason=reason))


async def end_subscriptions(session: AsyncSession, of: sa.ColumnElement[bool]) -> None:
    """Disable subscriptions, drop what was still to be sent to them, and tell it; two statements, one more for each."""
    await _drop_deliveries(session, await _disable(session, of, reason="ended"))


async def _disable(
    session: AsyncSession, of: sa.ColumnElement[bool], *, reason: Literal["gone", "unreachable", "ended"]
) -> list[UUID]:
    change = sa.update(subscriptions).where(of, subscriptions.c.status != "disabled").values(_DISABLED)
    rows = (await session.execute(change.returning(*_KEPT))).all()
    for row in rows:
        told = SubscriptionDisabled(
            sequence=row.version,
            subscription_id=row.id,
            organisation_id=row.organisation_id,
            role=row.role,
            reason=reason,
        )
        await announce(session, told)
    return [row.id for row in rows]


async def end_of_credential(session: AsyncSession, ended: CredentialEnded) -> None:
    """End what a credential made, or make it another client's, for what that one's role may see.

    Only of a client that could have made it itself, and has not ended since.
    """
    await endings.remember(session, ended)
    made = endings.made_by(subscriptions, ended)
    if ended.role is None or not set(TO_BE_TOLD) <= set(ended.scopes) or not await endings.has_heir(session, ended):
        await end_subscriptions(session, made)
        return
    heir = {**endings.heir_of(ended), "role": ended.role, "verified_at": None}
    change = sa.update(subscriptions).where(made).values(heir | {"version": subscriptions.c.version + 1})
    rows = (await session.execute(change.returning(*_KEPT))).all()
    await _drop_unseen(session, rows)
    for row in rows:
        await announce(session, _kept(row))


async def end_of_subscription(session: AsyncSession, ended: SubscriptionStopped) -> None:
    """End one that whoever runs the installation stopped."""
    await end_subscriptions(session, subscriptions.c.id == ended.subscription_id)


async def end_of_organisation(session: AsyncSession, ended: OrganisationChanged) -> None:
    """End what an organisation's clients and people made."""
    await endings.remember(session, ended)
    await end_subscriptions(session, endings.made_in(subscriptions, ended))


async def _touch(session: AsyncSession, subscription_id: UUID, *, principal: Principal, **values: object) -> Any:
    change = (
        sa.update(subscriptions)
        .where(*_own(subscription_id, principal))
        .values(version=subscriptions.c.version + 1, **values)
        .returning(*_KEPT)
    )
    row = (await session.execute(change)).first()
    if row is None:
        raise NotFound("No such subscription.")
    return row


def _maker(principal: Principal) -> dict[str, Any]:
    """Whoever answers for a subscription, and as whom it hears what it tells."""
    return {**endings.maker(principal), "role": principal.role, "areas": list(principal.areas)}


def _kept(row: Any, **changes: Any) -> SubscriptionKept:
    values = {
        "sequence": row.version,
        "subscription_id": row.id,
        "organisation_id": row.organisation_id,
        "made_by": row.client_id,
        "status": row.status,
    }
    return SubscriptionKept(**(values | changes))


async def _drop_deliveries(session: AsyncSession, subscription_ids: Collection[UUID]) -> None:
    if subscription_ids:
        await session.execute(sa.delete(deliveries).where(deliveries.c.subscription_id.in_(subscription_ids)))


async def _drop_unseen(session: AsyncSession, rows: Collection[Any]) -> None:
    """Drop what waits for subscriptions and was made for eyes that see more than their roles of now.

    What a dispatcher or the fan-out has in hand meanwhile is theirs to drop: a body knows whose it is.
    """
    for role in {row.role for row in rows}:
        await session.execute(
            sa.delete(deliveries).where(
                deliveries.c.subscription_id.in_([row.id for row in rows if row.role == role]),
                deliveries.c.body_id == messages.c.id,
                messages.c.role.not_in(sorted(roles_within(role))),
            )
        )


def _own(subscription_id: UUID, principal: Principal) -> tuple[sa.ColumnElement[bool], ...]:
    return subscriptions.c.id == subscription_id, own(principal)


async def _store_secret(session: AsyncSession, subscription_id: UUID, secret: SealedSecret) -> None:
    await session.execute(
        sa.insert(subscription_secrets).values(
            id=secret.id, subscription_id=subscription_id, sealed=secret.sealed, public_key=secret.public_key
        )
    )
