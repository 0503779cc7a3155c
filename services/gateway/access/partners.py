"""Organisations and the systems they call with: clients, their secrets and their API keys."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access import domain, keys
from services.gateway.access.auditing import note
from services.gateway.access.ending import find_heir, tell_ended
from services.gateway.tables import api_keys, client_secrets, clients, organisations, sessions, users
from shared.access import KINDS, SCOPES_OF_ROLE
from shared.database import constraint
from shared.errors import A_LIMIT, Conflict, Invalid, NotFound
from shared.ids import ordered_uuid7, uuid7
from shared.messages.gateway import OrganisationChanged
from shared.privacy import check_texts
from shared.shapes import MOST_AREA_CODE
from shared.travel.outbox import announce

KEYS_AT_ONCE = 2
LONGEST_OVERLAP = timedelta(days=7)


async def add_organisation(
    session: AsyncSession, *, name: str, kind: str, areas: Sequence[str], actor: str, name_confirmed: bool = False
) -> UUID:
    """Make an organisation and tell it. `name_confirmed`: what looks like personal data in the name concerns nobody.

    Raises Conflict for a name that is taken, Invalid for an unknown kind or what is no name, PersonalData.
    """
    name, areas = domain.name_of(name), [domain.name_of(code, most=MOST_AREA_CODE) for code in areas]
    codes = {f"/areas/{number}": code for number, code in enumerate(areas)}
    confirmed = check_texts({"/name": name, **codes}, confirmed=name_confirmed, codes=codes)
    if kind not in KINDS:
        raise Invalid(f"There is no such kind of organisation. One of {', '.join(KINDS)}.")
    organisation_id = uuid7()
    try:
        await session.execute(sa.insert(organisations).values(id=organisation_id, name=name, kind=kind, areas=areas))
    except IntegrityError as broken:
        if constraint(broken) == "uq_organisations_name":
            raise Conflict("There is an organisation of that name.", code="name-taken", of=[name]) from None
        raise
    await announce(
        session,
        OrganisationChanged(
            sequence=1, organisation_id=organisation_id, name=name, kind=kind, areas=areas, active=True
        ),
    )
    detail = {"name": name, "kind": kind, "areas": areas, "confirmed": [each for _, each in confirmed]}
    await note(session, actor=actor, action="organisation.added", of=str(organisation_id), detail=detail)
    return organisation_id


async def set_organisation_active(session: AsyncSession, organisation_id: UUID, *, active: bool, actor: str) -> None:
    """Let an organisation in or shut it out, with all its clients, keys, tokens and people. Raises NotFound.

    Tokens and sessions from before are ended for good.
    """
    change = (
        sa.update(organisations)
        .where(organisations.c.id == organisation_id)
        .values(active=active, version=organisations.c.version + 1)
        .returning(organisations.c.name, organisations.c.kind, organisations.c.areas, organisations.c.version)
    )
    row = (await session.execute(change)).first()
    if row is None:
        raise NotFound("There is no such organisation.")
    fact = OrganisationChanged(
        sequence=row.version, organisation_id=organisation_id, name=row.name, kind=row.kind, areas=row.areas,
        active=active,
    )  # fmt: skip
    await announce(session, fact)
    theirs = sa.select(users.c.id).where(users.c.organisation_id == organisation_id)
    await session.execute(sa.delete(sessions).where(sessions.c.user_id.in_(theirs)))
    action = "organisation.started" if active else "organisation.stopped"
    await note(session, actor=actor, action=action, of=str(organisation_id))


async def add_client(
    session: AsyncSession,
    *,
    organisation_id: UUID,
    kind: str,
    name: str,
    role: str,
    scopes: frozenset[str] | None,
    pepper: str,
    actor: str,
    quota: int | None = None,
    name_confirmed: bool = False,
) -> tuple[str, str]:
    """Make a client of an organisation. Returns its id and its secret, which is nowhere stored and shown once.

    `quota`: requests a window, where it is not the usual number. Raises Invalid for a role that the kind does not
    have, scopes beyond the role's, or what is no name; PersonalData as `add_organisation`.
    """
    name = domain.name_of(name)
    confirmed = [each for _, each in check_texts({"/name": name}, confirmed=name_confirmed)]
    allowed = SCOPES_OF_ROLE[domain.check_role(kind, role)]
    if scopes is not None and not scopes <= allowed:
        raise Invalid(f"A {role} has the scopes {', '.join(sorted(allowed))}.")
    client_id, secret = f"client_{secrets.token_hex(8)}", _new_secret()
    given = sorted(scopes or allowed)
    await session.execute(
        sa.insert(clients).values(
            id=client_id, organisation_id=organisation_id, name=name, role=role, scopes=given, quota=quota
        )
    )
    await _keep_secret(session, client_id, secret, pepper=pepper)
    detail = {
        "organisation_id": str(organisation_id),
        "role": role,
        "scopes": given,
        "quota": quota,
        "confirmed": confirmed,
    }
    await note(session, actor=actor, action="client.added", of=client_id, detail=detail)
    return client_id, secret


async def rotate_secret(
    session: AsyncSession,
    client_id: str,
    *,
    overlap: timedelta,
    pepper: str,
    now: datetime,
    actor: str,
    end_webhooks: bool = False,
) -> str:
    """Give a client a new secret; the one before holds for `overlap` more. Returns it, this once.

    With an overlap of 0 the one before ends now, and with it all tokens that are out. Webhooks go on unless
    `end_webhooks`. Two hold at once at most: any that was older still ends now.
    Raises NotFound for no such client, Invalid for an overlap beyond a week.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Invalid(f"The overlap is between 0 and {LONGEST_OVERLAP.days * 24} hours.")
    await _lock_client(session, client_id)
    mine = client_secrets.c.client_id == client_id
    latest = sa.select(client_secrets.c.id).where(mine).order_by(client_secrets.c.id.desc()).limit(1).scalar_subquery()
    end = sa.func.least(sa.func.coalesce(client_secrets.c.expires_at, now + overlap), now + overlap)
    ended = sa.func.least(sa.func.coalesce(client_secrets.c.expires_at, now), now)
    until = sa.case((client_secrets.c.id == latest, end), else_=ended)
    await session.execute(sa.update(client_secrets).where(mine).values(expires_at=until))
    secret = _new_secret()
    await _keep_secret(session, client_id, secret, pepper=pepper)
    if not overlap or end_webhooks:
        await _end_issued(session, client_id, end_webhooks=end_webhooks)
    detail = {"overlap_hours": overlap / timedelta(hours=1), "ended_webhooks": end_webhooks}
    await note(session, actor=actor, action="client.secret_rotated", of=client_id, detail=detail)
    return secret


async def _end_issued(session: AsyncSession, client_id: str, *, end_webhooks: bool) -> None:
    """End the tokens of a client that are out, and what it made where that is asked."""
    change = sa.update(clients).where(clients.c.id == client_id).values(ends=clients.c.ends + 1)
    row = (await session.execute(change.returning(clients.c.organisation_id, clients.c.ends))).one()
    if end_webhooks:
        await tell_ended(session, client_id, times=row.ends, organisation_id=row.organisation_id, heir=None)


async def set_client_active(
    session: AsyncSession, client_id: str, *, active: bool, actor: str, hand_over_to: str | None = None
) -> bool:
    """Let a client in or shut it out, with its keys and the tokens it holds. Returns whether there is such a client.

    What it made ends with it, or goes to the client named in `hand_over_to`. Raises what `find_heir` does.
    """
    ends = clients.c.ends + (0 if active else 1)
    done = await session.execute(
        sa.update(clients)
        .where(clients.c.id == client_id)
        .values(active=active, ends=ends)
        .returning(clients.c.organisation_id, clients.c.ends)
    )
    row = done.first()
    if row is None:
        return False
    detail = {}
    if not active:
        heir = await find_heir(session, hand_over_to, organisation_id=row.organisation_id, instead_of=client_id)
        await tell_ended(session, client_id, times=row.ends, organisation_id=row.organisation_id, heir=heir)
        detail = {"handed_to": hand_over_to}
    action = "client.started" if active else "client.stopped"
    await note(session, actor=actor, action=action, of=client_id, detail=detail)
    return True


async def add_api_key(
    session: AsyncSession, client_id: str, *, expires_at: datetime | None, pepper: str, now: datetime, actor: str
) -> tuple[UUID, str]:
    """Give a client an API key. Returns its id and the key, which is nowhere stored and shown once.

    Two may live at once, so that one can be changed for the next without a gap. Raises NotFound, Conflict, Invalid.
    """
    if expires_at is not None and expires_at <= now:
        raise Invalid("The key would have expired already.")
    await _lock_client(session, client_id)
    mine = sa.and_(api_keys.c.client_id == client_id, api_keys.c.revoked_at.is_(None))
    living = sa.or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > now)
    if int(await session.scalar(sa.select(sa.func.count()).where(mine, living)) or 0) >= KEYS_AT_ONCE:
        raise Conflict(f"The client has {KEYS_AT_ONCE} keys. Revoke one first.", code="limit-reached", of=A_LIMIT)
    key, key_id = keys.new_key(), uuid7()
    await session.execute(
        sa.insert(api_keys).values(
            id=key_id,
            client_id=client_id,
            hint=keys.hint(key),
            digest=domain.digest(key, pepper=pepper),
            expires_at=expires_at,
        )
    )
    detail = {"client_id": client_id, "hint": keys.hint(key), "expires_at": expires_at and expires_at.isoformat()}
    await note(session, actor=actor, action="key.added", of=str(key_id), detail=detail)
    return key_id, key


async def revoke_api_key(
    session: AsyncSession, key_id: UUID, *, now: datetime, actor: str, hand_over_to: str | None = None
) -> None:
    """End a key; every gateway refuses it within a second.

    What was made with it ends, or goes to the client named in `hand_over_to`, which may be the key's own. Raises
    NotFound, and what `find_heir` does.
    """
    done = await session.execute(
        sa.update(api_keys)
        .where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None), api_keys.c.expiry_told_at.is_(None))
        .values(revoked_at=now)
        .returning(api_keys.c.client_id)
    )
    row = done.first()
    if row is None:
        raise NotFound("There is no such living key.")
    client = sa.select(clients.c.organisation_id).where(clients.c.id == row.client_id)
    whose = (await session.execute(client)).scalar_one()
    heir = await find_heir(session, hand_over_to, organisation_id=whose)
    await tell_ended(session, f"key_{key_id}", times=1, organisation_id=whose, heir=heir)
    detail = {"client_id": row.client_id, "handed_to": hand_over_to}
    await note(session, actor=actor, action="key.revoked", of=str(key_id), detail=detail)


async def note_key_use(session: AsyncSession, used: Mapping[str, datetime]) -> None:
    """Write down when keys were last used; one statement."""
    await session.execute(
        sa.text(
            "UPDATE api_keys SET last_used_at = used.at"
            " FROM unnest(CAST(:ids AS uuid[]), CAST(:ats AS timestamptz[])) AS used (id, at)"
            " WHERE api_keys.id = used.id"
        ),
        {"ids": [UUID(each) for each in used], "ats": list(used.values())},
    )


async def _lock_client(session: AsyncSession, client_id: str) -> None:
    if (
        await session.execute(sa.select(clients.c.id).where(clients.c.id == client_id).with_for_update())
    ).first() is None:
        raise NotFound("There is no such client.")


def _new_secret() -> str:
    return f"secret_{secrets.token_urlsafe(32)}"


async def _keep_secret(session: AsyncSession, client_id: str, secret: str, *, pepper: str) -> None:
    digest = domain.digest(secret, pepper=pepper)
    await session.execute(sa.insert(client_secrets).values(id=ordered_uuid7(), client_id=client_id, digest=digest))
