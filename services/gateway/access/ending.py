"""What a credential made ends with it, or is handed to another client of its organisation by name; or ends alone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access.auditing import note
from services.gateway.tables import api_keys, clients, subscription_facts
from shared.access import TO_BE_TOLD
from shared.errors import Invalid
from shared.messages.gateway import CredentialEnded, SubscriptionStopped
from shared.travel.outbox import announce


@dataclass(frozen=True, slots=True)
class Heir:
    """A client that what another made is handed to."""

    client_id: str
    role: str
    scopes: tuple[str, ...]
    ends: int


async def find_heir(
    session: AsyncSession, client_id: str | None, *, organisation_id: UUID, instead_of: str | None = None
) -> Heir | None:
    """The client to hand over to, None where none is named; its row is held until commit.

    Raises Invalid for one that is not there, not active, of another organisation, could make no webhook itself, or is
    the one that ends. Files that wait go to one that may send some, else they end (services/reports/files).
    """
    if client_id is None:
        return None
    wanted = sa.select(clients).where(clients.c.id == client_id, clients.c.organisation_id == organisation_id)
    row = (await session.execute(wanted.with_for_update())).one_or_none()
    if row is None or not row.active or row.id == instead_of:
        raise Invalid("Hand over to another active client of the same organisation.")
    if missing := sorted(set(TO_BE_TOLD) - set(row.scopes)):
        raise Invalid(f"That client lacks the scope {', '.join(missing)}: it could not have made what is handed over.")
    return Heir(row.id, row.role, tuple(sorted(row.scopes)), row.ends)


async def tell_ended(
    session: AsyncSession, credential: str, *, times: int, organisation_id: UUID, heir: Heir | None
) -> None:
    """Tell every service that keeps what was made with a credential; `times`: how often it has ended."""
    await announce(
        session,
        CredentialEnded(
            sequence=times,
            credential=credential,
            organisation_id=organisation_id,
            handed_to=heir and heir.client_id,
            role=heir and heir.role,
            scopes=list(heir.scopes) if heir else [],
            heir_era=heir.ends if heir else 0,
        ),
    )


async def end_expired_keys(session: AsyncSession, *, now: datetime) -> int:
    """End what was made with keys that have expired, once for each, whichever process looks first. Returns how many.

    Nobody asked for it, so nobody names an heir: a client that goes on gets its next key before, and makes its webhooks
    with its token or lets them go on afterwards.
    """
    over = (
        sa.update(api_keys)
        .where(api_keys.c.expires_at <= now, api_keys.c.revoked_at.is_(None), api_keys.c.expiry_told_at.is_(None))
        .where(clients.c.id == api_keys.c.client_id)
        .values(expiry_told_at=now)
        .returning(api_keys.c.id, api_keys.c.client_id, api_keys.c.expires_at, clients.c.organisation_id)
    )
    rows = (await session.execute(over)).all()
    for row in rows:
        await tell_ended(session, f"key_{row.id}", times=1, organisation_id=row.organisation_id, heir=None)
        detail = {"client_id": row.client_id, "expires_at": row.expires_at.isoformat()}
        await note(session, actor="gateway", action="key.expired", of=str(row.id), detail=detail)
    return len(rows)


async def stop_subscription(session: AsyncSession, subscription_id: UUID, *, actor: str) -> bool:
    """Have a webhook stopped, whoever answers for it. Returns whether there is such a one."""
    kept = subscription_facts.c
    here = sa.select(subscription_facts).where(kept.subscription_id == subscription_id, kept.status != "deleted")
    row = (await session.execute(here)).one_or_none()
    if row is None:
        return False
    told = SubscriptionStopped(
        sequence=row.sequence, subscription_id=subscription_id, organisation_id=row.organisation_id
    )
    await announce(session, told)
    detail = {"organisation_id": str(row.organisation_id), "made_by": row.made_by}
    await note(session, actor=actor, action="subscription.stopped", of=str(subscription_id), detail=detail)
    return True
