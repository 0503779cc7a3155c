"""People and their accounts: made, let in and shut out, signed in and signed out."""

import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access import domain
from services.gateway.access.auditing import note
from services.gateway.access.ending import find_heir, tell_ended
from services.gateway.tables import sessions, users
from shared.access import Role, roles_within
from shared.database import constraint
from shared.errors import Conflict, Forbidden, Invalid
from shared.ids import uuid7
from shared.privacy import check_texts
from shared.texts import is_kept

# argon2id with the library's defaults: RFC 9106's second recommendation.
HASHER = PasswordHasher()
# Fits nothing: it is no hash at all.
_FITS_NOTHING = "!"


@cache
def nobodys_hash() -> str:
    """What to verify a password against where there is no account: it fits none, and costs as much as a real one."""
    return HASHER.hash(secrets.token_urlsafe(16))


async def add_user(
    session: AsyncSession,
    *,
    organisation_id: UUID,
    kind: str,
    name: str,
    role: str,
    password: str,
    actor: str,
    language: str | None = None,
) -> None:
    """Make a local account. Raises Conflict for a name that is taken, Invalid for a role the kind lacks or no name.

    The name may be a person's, and no personnummer or the like: raises PersonalData.
    """
    name = domain.name_of(name)
    check_texts({"/name": name}, confirmed=True)
    domain.check_role(kind, role)
    _check_password(password)
    try:
        await session.execute(
            sa.insert(users).values(
                id=uuid7(),
                name=name,
                password_hash=HASHER.hash(password),
                organisation_id=organisation_id,
                role=role,
                language=language,
            )
        )
    except IntegrityError as broken:
        if constraint(broken) == "uq_users_name":
            raise Conflict("There is an account of that name.", code="name-taken", of=[name]) from None
        raise
    await note(session, actor=actor, action="user.added", of=name, detail={"role": role})


async def set_user_active(
    session: AsyncSession, name: str, *, active: bool, actor: str, hand_over_to: str | None = None
) -> bool:
    """Let a person in or shut them out; their sessions end with the commit. Returns whether there is one.

    What they made ends, or goes to the client named in `hand_over_to`. Raises what `find_heir` does.
    """
    change = sa.update(users).where(users.c.name == name).values(active=active)
    row = (await session.execute(change.returning(users.c.id))).first()
    if row is None:
        return False
    if not active:
        await _end(session, row.id, hand_over_to=hand_over_to)
    await note(session, actor=actor, action="user.started" if active else "user.stopped", of=name)
    return True


async def set_language(session: AsyncSession, name: str, language: str | None, *, actor: str) -> bool:
    """Say which language a person reads; None lets their browser say it. Returns whether there is such an account."""
    change = sa.update(users).where(users.c.name == name).values(language=language).returning(users.c.id)
    if (await session.execute(change)).first() is None:
        return False
    await note(session, actor=actor, action="user.language_set", of=name, detail={"language": language})
    return True


async def choose_language(session: AsyncSession, user_id: UUID, language: str) -> None:
    """Keep the language that a person chose for themselves."""
    await session.execute(sa.update(users).where(users.c.id == user_id).values(language=language))


async def set_password(session: AsyncSession, name: str, password: str, *, actor: str) -> bool:
    """Give a local account another password; its sessions end. Returns whether there is such an account.

    Raises Invalid for a password that is too short, or that nobody can type.
    """
    _check_password(password)
    local = sa.and_(users.c.name == name, users.c.issuer.is_(None))
    change = sa.update(users).where(local).values(password_hash=HASHER.hash(password)).returning(users.c.id)
    row = (await session.execute(change)).first()
    if row is None:
        return False
    await session.execute(sa.delete(sessions).where(sessions.c.user_id == row.id))
    await note(session, actor=actor, action="user.password_set", of=name)
    return True


def _check_password(password: str) -> None:
    if len(password) < 12 or not is_kept(password):
        raise Invalid("A password has at least 12 characters, all of which a key types.")


async def admit_person(
    session: AsyncSession,
    *,
    issuer: str,
    subject: str,
    name: str,
    organisation_id: UUID,
    kind: str,
    role: str,
    language: str | None = None,
) -> UUID:
    """The account of somebody an OpenID provider vouches for, made on their first sign-in.

    Role and organisation follow the provider each time, the language only while there is none. What they made as
    somebody who saw more, or elsewhere, ends. Raises Invalid for a role the kind does not have or what is no name,
    Forbidden for an account that was closed.
    """
    name = domain.name_of(name)
    given = domain.check_role(kind, role)
    theirs = sa.and_(users.c.issuer == issuer, users.c.subject == subject)
    wanted = sa.select(users.c.id, users.c.name, users.c.active, users.c.organisation_id, users.c.role)
    known = (await session.execute(wanted.where(theirs).with_for_update())).one_or_none()
    if known is not None:
        if not known.active:
            raise Forbidden("The account is closed.")
        await _follow(session, known, organisation_id=organisation_id, role=given, language=language)
        return UUID(str(known.id))
    user_id = uuid7()
    # Names are for people to read and may be taken, also by a local account: this one is nobody else's.
    taken = (await session.execute(sa.select(users.c.id).where(users.c.name == name))).first()
    called = f"{name} ({user_id.hex[-6:]})" if taken else name
    await session.execute(
        sa.insert(users).values(
            id=user_id, name=called, password_hash=_FITS_NOTHING, organisation_id=organisation_id, role=role,
            issuer=issuer, subject=subject, language=language,
        )
    )  # fmt: skip
    await note(session, actor="oidc", action="user.added", of=called, detail={"role": role})
    return user_id


async def _follow(
    session: AsyncSession, known: Any, *, organisation_id: UUID, role: Role, language: str | None
) -> None:
    if known.organisation_id != organisation_id or known.role not in roles_within(role):
        await _end_made(session, known.id, hand_over_to=None)
    kept = {"role": role, "language": sa.func.coalesce(users.c.language, language)}
    await session.execute(
        sa.update(users).where(users.c.id == known.id).values(organisation_id=organisation_id, **kept)
    )
    if (known.organisation_id, known.role) != (organisation_id, role):
        detail = {"role": role, "organisation_id": str(organisation_id)}
        await note(session, actor="oidc", action="user.changed", of=known.name, detail=detail)


async def dismiss_person(session: AsyncSession, *, issuer: str, subject: str) -> None:
    """End the sessions of somebody for whom the provider names no role here any longer."""
    theirs = sa.select(users.c.id, users.c.name).where(users.c.issuer == issuer, users.c.subject == subject)
    known = (await session.execute(theirs)).one_or_none()
    if known is not None:
        await _end(session, known.id, hand_over_to=None)
        await note(session, actor="oidc", action="user.dismissed", of=known.name)


async def _end(session: AsyncSession, user_id: UUID, *, hand_over_to: str | None) -> None:
    """End somebody's sessions and what they made."""
    await session.execute(sa.delete(sessions).where(sessions.c.user_id == user_id))
    await _end_made(session, user_id, hand_over_to=hand_over_to)


async def _end_made(session: AsyncSession, user_id: UUID, *, hand_over_to: str | None) -> None:
    """End what somebody made in the organisation that they are in."""
    change = sa.update(users).where(users.c.id == user_id).values(ends=users.c.ends + 1)
    row = (await session.execute(change.returning(users.c.organisation_id, users.c.ends))).one()
    heir = await find_heir(session, hand_over_to, organisation_id=row.organisation_id)
    await tell_ended(session, f"user_{user_id}", times=row.ends, organisation_id=row.organisation_id, heir=heir)


async def open_session(
    session: AsyncSession, *, user_id: UUID, pepper: str, now: datetime, lifetime_s: int
) -> tuple[str, str]:
    """Sign a person in. Returns the cookie's value, of which a digest is stored, and the token forms must carry."""
    cookie = secrets.token_urlsafe(32)
    nonce = domain.form_nonce(secrets.token_urlsafe(32), now=now)
    form_token = domain.form_token(nonce, str(user_id), pepper=pepper)
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
