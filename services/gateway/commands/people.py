"""People with a local account: made, signed in, signed out, and held back after many tries."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway import domain
from services.gateway.commands.auditing import note
from services.gateway.tables import sessions, sign_in_tries, users
from shared.database import constraint
from shared.errors import Conflict, Forbidden, Invalid, TooMany
from shared.ids import uuid7
from shared.privacy import check_texts

# argon2id with the library's defaults: RFC 9106's second recommendation.
HASHER = PasswordHasher()
# Fits nothing: it is no hash at all.
_FITS_NOTHING = "!"
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


async def add_user(
    session: AsyncSession, *, organisation_id: UUID, kind: str, name: str, role: str, password: str, actor: str
) -> None:
    """Make a local account. Raises Conflict for a name that is taken, Invalid for a role the kind does not have.

    The name may be a person's, and no personnummer or the like: raises PersonalData.
    """
    check_texts({"/name": name}, confirmed=True)
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
    await note(session, actor=actor, action="user.added", of=name, detail={"role": role})


async def admit_person(
    session: AsyncSession, *, issuer: str, subject: str, name: str, organisation_id: UUID, kind: str, role: str
) -> UUID:
    """The account of somebody an OpenID provider vouches for, made on their first sign-in; role and organisation follow
    the provider each time. Raises Invalid for a role the kind does not have, Forbidden for an account that was closed.
    """
    domain.check_role(kind, role)
    theirs = sa.and_(users.c.issuer == issuer, users.c.subject == subject)
    known = (await session.execute(sa.select(users.c.id, users.c.active).where(theirs).with_for_update())).one_or_none()
    if known is not None:
        if not known.active:
            raise Forbidden("The account is closed.")
        change = sa.update(users).where(users.c.id == known.id).values(organisation_id=organisation_id, role=role)
        await session.execute(change)
        return UUID(str(known.id))
    user_id = uuid7()
    # Names are for people to read and may be taken, also by a local account: this one is nobody else's.
    taken = (await session.execute(sa.select(users.c.id).where(users.c.name == name))).first()
    called = f"{name} ({user_id.hex[-6:]})" if taken else name
    await session.execute(
        sa.insert(users).values(
            id=user_id, name=called, password_hash=_FITS_NOTHING, organisation_id=organisation_id, role=role,
            issuer=issuer, subject=subject,
        )
    )  # fmt: skip
    await note(session, actor="oidc", action="user.added", of=called, detail={"role": role})
    return user_id


async def dismiss_person(session: AsyncSession, *, issuer: str, subject: str) -> None:
    """End the sessions of somebody for whom the provider names no role here any longer."""
    theirs = sa.select(users.c.id).where(users.c.issuer == issuer, users.c.subject == subject)
    await session.execute(sa.delete(sessions).where(sessions.c.user_id.in_(theirs)))


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
