"""Everything that changes who may call: organisations, clients and their secrets, local accounts, sessions."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway import domain
from services.gateway.tables import client_secrets, clients, organisations, sessions, sign_in_tries, users
from shared.access import KINDS
from shared.database import constraint
from shared.errors import Conflict, Invalid, TooMany
from shared.ids import uuid7
from shared.messages.gateway import OrganisationChanged
from shared.outbox import announce

# argon2id with the library's defaults: RFC 9106's second recommendation.
HASHER = PasswordHasher()
TRIES_WINDOW = timedelta(minutes=10)
_TAKE_TRIES = sa.text("""
    INSERT INTO sign_in_tries AS known (digest, tries, since)
    SELECT digest, 1, :now FROM unnest(:digests) AS digest ORDER BY digest
    ON CONFLICT (digest) DO UPDATE SET
        tries = CASE WHEN known.since < :over THEN 1 ELSE least(known.tries + 1, 1000000) END,
        since = CASE WHEN known.since < :over THEN excluded.since ELSE known.since END
    RETURNING digest, tries, since
""").bindparams(sa.bindparam("digests", type_=ARRAY(sa.LargeBinary)))
_FORGET_TRIES = sa.text("""
    DELETE FROM sign_in_tries WHERE digest IN (
        SELECT digest FROM sign_in_tries WHERE since < :over FOR UPDATE SKIP LOCKED)
""")


async def add_organisation(session: AsyncSession, *, name: str, kind: str, areas: Sequence[str]) -> UUID:
    """Make an organisation and tell it. Raises Conflict for a name that is taken, Invalid for an unknown kind."""
    if kind not in KINDS:
        raise Invalid(f"There is no such kind of organisation. One of {', '.join(KINDS)}.")
    organisation_id = uuid7()
    try:
        await session.execute(
            sa.insert(organisations).values(id=organisation_id, name=name, kind=kind, areas=list(areas))
        )
    except IntegrityError as broken:
        if constraint(broken) == "uq_organisations_name":
            raise Conflict("There is an organisation of that name.") from None
        raise
    await announce(
        session,
        OrganisationChanged(
            sequence=1, organisation_id=organisation_id, name=name, kind=kind, areas=list(areas), active=True
        ),
    )
    return organisation_id


async def add_client(
    session: AsyncSession,
    *,
    organisation_id: UUID,
    kind: str,
    name: str,
    role: str,
    scopes: frozenset[str] | None,
    pepper: str,
) -> tuple[str, str]:
    """Make a client of an organisation. Returns its id and its secret, which is nowhere stored and shown once.

    Raises Invalid for a role that the kind does not have, or scopes beyond the role's.
    """
    domain.check_role(kind, role)
    allowed = domain.SCOPES_OF_ROLE[role]
    if scopes is not None and not scopes <= allowed:
        raise Invalid(f"A {role} has the scopes {', '.join(sorted(allowed))}.")
    client_id, secret = f"client_{secrets.token_hex(8)}", f"secret_{secrets.token_urlsafe(32)}"
    await session.execute(
        sa.insert(clients).values(
            id=client_id, organisation_id=organisation_id, name=name, role=role, scopes=sorted(scopes or allowed)
        )
    )
    await session.execute(
        sa.insert(client_secrets).values(id=uuid7(), client_id=client_id, digest=domain.digest(secret, pepper=pepper))
    )
    return client_id, secret


async def set_client_active(session: AsyncSession, client_id: str, *, active: bool) -> bool:
    """Let a client in or shut it out; it gets no new token. Returns whether there is such a client."""
    done = await session.execute(
        sa.update(clients).where(clients.c.id == client_id).values(active=active).returning(clients.c.id)
    )
    return done.first() is not None


async def add_user(
    session: AsyncSession, *, organisation_id: UUID, kind: str, name: str, role: str, password: str
) -> None:
    """Make a local account. Raises Conflict for a name that is taken, Invalid for a role the kind does not have."""
    domain.check_role(kind, role)
    if len(password) < 12:
        raise Invalid("A password has at least 12 characters.")
    try:
        await session.execute(
            sa.insert(users).values(
                id=uuid7(), name=name, password_hash=HASHER.hash(password), organisation_id=organisation_id, role=role
            )
        )
    except IntegrityError as broken:
        if constraint(broken) == "uq_users_name":
            raise Conflict("There is an account of that name.") from None
        raise


async def open_session(
    session: AsyncSession, *, user_id: UUID, pepper: str, now: datetime, lifetime_s: int
) -> tuple[str, str]:
    """Sign a person in. Returns the cookie's value, of which a digest is stored, and the token forms must carry."""
    cookie, form_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    await session.execute(
        sa.insert(sessions).values(
            digest=domain.digest(cookie, pepper=pepper),
            user_id=user_id,
            form_token=form_token,
            expires_at=now + timedelta(seconds=lifetime_s),
        )
    )
    return cookie, form_token


async def close_session(session: AsyncSession, digest: bytes, *, now: datetime) -> None:
    """Sign a person out, and forget sessions that have ended by themselves."""
    await session.execute(sa.delete(sessions).where(sa.or_(sessions.c.digest == digest, sessions.c.expires_at < now)))


async def take_try(session: AsyncSession, limits: Mapping[bytes, int], *, now: datetime) -> None:
    """Count one try to sign in against each of these digests (of the account, of the address); one statement.

    Counted before the password is looked at, so that tries sent side by side count too: commit it first. Raises
    TooMany once a digest has had more tries than its limit within TRIES_WINDOW, until that time has passed.
    """
    found = await session.execute(_TAKE_TRIES, {"digests": list(limits), "now": now, "over": now - TRIES_WINDOW})
    waits = [row.since + TRIES_WINDOW - now for row in found if row.tries > limits[bytes(row.digest)]]
    if waits:
        seconds = max(1, int(max(waits).total_seconds()))
        raise TooMany("Too many tries to sign in. Wait some minutes.", retry_after_s=seconds)


async def forgive_tries(session: AsyncSession, *, account: bytes, address: bytes, now: datetime) -> None:
    """After a sign-in that succeeded: forget the account's tries and give the address back its last one."""
    await session.execute(sa.delete(sign_in_tries).where(sign_in_tries.c.digest == account))
    one_less = sa.update(sign_in_tries).values(tries=sa.func.greatest(sign_in_tries.c.tries - 1, 0))
    await session.execute(one_less.where(sign_in_tries.c.digest == address))
    await session.execute(_FORGET_TRIES, {"over": now - TRIES_WINDOW})
