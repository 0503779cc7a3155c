"""Who may call: organisations, their clients, secrets and keys, local accounts and sessions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.tables import (
    api_keys,
    audit,
    client_secrets,
    clients,
    organisations,
    sessions,
    subscription_facts,
    users,
)
from shared.access import Principal


async def find_client(
    session: AsyncSession, client_id: str, *, now: datetime
) -> tuple[Principal, list[bytes], bool] | None:
    """A client as the principal it acts as, the digests of its living secrets, and whether it is let in.

    None if there is no such client.
    """
    living = sa.or_(client_secrets.c.expires_at.is_(None), client_secrets.c.expires_at > now)
    query = (
        sa.select(
            clients.c.id,
            clients.c.organisation_id,
            clients.c.role,
            clients.c.scopes,
            clients.c.ends,
            organisations.c.kind,
            organisations.c.areas,
            organisations.c.version,
            sa.func.array_agg(client_secrets.c.digest).label("digests"),
            sa.and_(clients.c.active, organisations.c.active).label("let_in"),
        )
        .join(organisations, organisations.c.id == clients.c.organisation_id)
        .join(client_secrets, sa.and_(client_secrets.c.client_id == clients.c.id, living))
        .where(clients.c.id == client_id)
        .group_by(clients.c.id, organisations.c.id)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    principal = Principal(
        client_id=row.id,
        organisation_id=row.organisation_id,
        kind=row.kind,
        role=row.role,
        scopes=frozenset(row.scopes),
        areas=tuple(row.areas),
        era=(row.ends, row.version),
    )
    return principal, list(row.digests), row.let_in


async def find_user(session: AsyncSession, name: str) -> tuple[UUID, str] | None:
    """The id and the password's hash of a local account by its name; None where nobody is let in by it.

    Who was shut out, alone or with the organisation, and who never was there are one and the same to whoever asks.
    """
    query = (
        sa.select(users.c.id, users.c.password_hash)
        .join(organisations, organisations.c.id == users.c.organisation_id)
        .where(users.c.name == name, users.c.active, users.c.issuer.is_(None), organisations.c.active)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row.id, row.password_hash)


async def find_session(session: AsyncSession, digest: bytes, *, now: datetime) -> Any:
    """A signed-in person: user name, organisation, role, language, form_token, expires_at; None when it has ended."""
    query = (
        sa.select(
            users.c.id.label("user_id"),
            users.c.name,
            users.c.role,
            users.c.language,
            users.c.ends,
            sessions.c.form_token,
            sessions.c.expires_at,
            organisations.c.id.label("organisation_id"),
            organisations.c.name.label("organisation"),
            organisations.c.kind,
            organisations.c.areas,
            organisations.c.version,
        )
        .select_from(sessions)
        .join(users, users.c.id == sessions.c.user_id)
        .join(organisations, organisations.c.id == users.c.organisation_id)
        .where(sessions.c.digest == digest, sessions.c.expires_at > now, users.c.active, organisations.c.active)
    )
    return (await session.execute(query)).one_or_none()


async def list_organisations(session: AsyncSession) -> Sequence[Any]:
    """All organisations with the number of their clients and users, by name."""
    count = sa.select(sa.func.count()).where(clients.c.organisation_id == organisations.c.id).scalar_subquery()
    people = sa.select(sa.func.count()).where(users.c.organisation_id == organisations.c.id).scalar_subquery()
    query = sa.select(organisations, count.label("clients"), people.label("users")).order_by(organisations.c.name)
    return (await session.execute(query)).all()


async def list_known_organisations(session: AsyncSession) -> Sequence[Any]:
    """Every organisation, and whether it takes part, by name: the table shows them to everybody."""
    c = organisations.c
    return (await session.execute(sa.select(c.id, c.name, c.kind, c.active).order_by(c.name))).all()


async def caller_names(session: AsyncSession, ids: Iterable[str]) -> dict[str, str]:
    """What accounts and clients are called, by the id that services know them under; one statement."""
    own = sa.literal("user_").concat(sa.cast(users.c.id, sa.Text))
    wanted = list(ids)
    query = sa.union_all(
        sa.select(own.label("id"), users.c.name).where(own.in_(wanted)),
        sa.select(clients.c.id, clients.c.name).where(clients.c.id.in_(wanted)),
    )
    return {row.id: row.name for row in await session.execute(query)}


async def find_organisation(session: AsyncSession, name_or_id: str) -> Any:
    """An organisation by its name or its id; None if there is none."""
    query = sa.select(organisations).where(
        sa.or_(organisations.c.name == name_or_id, sa.cast(organisations.c.id, sa.Text) == name_or_id)
    )
    return (await session.execute(query)).one_or_none()


async def directory_mark(session: AsyncSession) -> object:
    """A value that changes with every change of who may call; one statement on the end of the audit trail.

    Ids are given before transactions commit, so the newest id alone would miss a change that commits late.
    """
    query = sa.text("SELECT max(id), count(*) FROM audit WHERE id > (SELECT max(id) - 200 FROM audit)")
    return tuple((await session.execute(query)).one())


async def list_standings(session: AsyncSession) -> list[tuple[Principal, int | None]]:
    """Every active client of an active organisation as the principal it acts as, with its own quota if it has one."""
    query = (
        sa.select(
            clients.c.id, clients.c.organisation_id, clients.c.role, clients.c.scopes, clients.c.quota,
            clients.c.ends, organisations.c.kind, organisations.c.areas, organisations.c.version,
        )
        .join(organisations, organisations.c.id == clients.c.organisation_id)
        .where(clients.c.active, organisations.c.active)
    )  # fmt: skip
    return [
        (
            Principal(
                client_id=row.id,
                organisation_id=row.organisation_id,
                kind=row.kind,
                role=row.role,
                scopes=frozenset(row.scopes),
                areas=tuple(row.areas),
                era=(row.ends, row.version),
            ),
            row.quota,
        )
        for row in await session.execute(query)
    ]


async def list_living_keys(session: AsyncSession) -> Sequence[Any]:
    """Digest, id, client and expiry of all keys that were not revoked, and of which no end was told."""
    query = sa.select(api_keys.c.digest, api_keys.c.id, api_keys.c.client_id, api_keys.c.expires_at)
    living = api_keys.c.revoked_at.is_(None), api_keys.c.expiry_told_at.is_(None)
    return (await session.execute(query.where(*living))).all()


async def list_audit(session: AsyncSession, *, limit: int, before: int | None = None) -> Sequence[Any]:
    """What was changed of who may call, newest first."""
    query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
    return (await session.execute(query if before is None else query.where(audit.c.id < before))).all()


async def list_clients(session: AsyncSession, *, organisation_id: UUID | None) -> list[tuple[Any, list[Any]]]:
    """Clients by organisation and name, of one or of all, each with the webhooks it answers for; two statements."""
    keys = sa.select(sa.func.count()).where(api_keys.c.client_id == clients.c.id, api_keys.c.revoked_at.is_(None))
    query = (
        sa.select(clients, organisations.c.name.label("organisation"), keys.scalar_subquery().label("keys"))
        .join(organisations, organisations.c.id == clients.c.organisation_id)
        .order_by(organisations.c.name, clients.c.name, clients.c.id)
    )
    if organisation_id is not None:
        query = query.where(clients.c.organisation_id == organisation_id)
    found, made = (await session.execute(query)).all(), await _webhooks(session)
    return [(row, [each for each in made if each.made_by == row.id]) for row in found]


async def list_users(session: AsyncSession, *, organisation_id: UUID | None) -> list[tuple[Any, list[Any]]]:
    """People by organisation and name, of one or of all, each with the webhooks they answer for; two statements.

    `let_in`: they and their organisation are active. `local`: they sign in with a password here.
    """
    query = (
        sa.select(
            users.c.id, users.c.name, users.c.role, organisations.c.name.label("organisation"),
            sa.and_(users.c.active, organisations.c.active).label("let_in"), users.c.issuer.is_(None).label("local"),
        )
        .join(organisations, organisations.c.id == users.c.organisation_id)
        .order_by(organisations.c.name, users.c.name)
    )  # fmt: skip
    if organisation_id is not None:
        query = query.where(users.c.organisation_id == organisation_id)
    found, made = (await session.execute(query)).all(), await _webhooks(session)
    return [(row, [each for each in made if each.made_by == f"user_{row.id}"]) for row in found]


async def list_keys(session: AsyncSession, *, client_id: str | None) -> Sequence[Any]:
    """API keys, of one client or of all, the newest first: when each was made, ends, ended and was last used."""
    query = (
        sa.select(
            api_keys.c.id, api_keys.c.hint, api_keys.c.client_id, api_keys.c.created_at, api_keys.c.expires_at,
            api_keys.c.revoked_at, api_keys.c.last_used_at, clients.c.name, organisations.c.name.label("organisation"),
        )
        .join(clients, clients.c.id == api_keys.c.client_id)
        .join(organisations, organisations.c.id == clients.c.organisation_id)
        .order_by(api_keys.c.created_at.desc(), api_keys.c.id)
    )  # fmt: skip
    return (await session.execute(query if client_id is None else query.where(api_keys.c.client_id == client_id))).all()


async def list_subscriptions(session: AsyncSession, *, organisation_id: UUID | None) -> Sequence[Any]:
    """Webhooks by organisation, of one or of all: who answers for each, and how it stands as far as was told."""
    kept = subscription_facts.c
    query = (
        sa.select(
            subscription_facts, organisations.c.name.label("organisation"),
            sa.func.coalesce(clients.c.name, users.c.name).label("name"),
        )
        .join(organisations, organisations.c.id == kept.organisation_id)
        .outerjoin(clients, clients.c.id == kept.made_by)
        .outerjoin(users, sa.literal("user_") + sa.cast(users.c.id, sa.Text) == kept.made_by)
        .where(kept.status != "deleted")
        .order_by(organisations.c.name, kept.subscription_id)
    )  # fmt: skip
    if organisation_id is not None:
        query = query.where(kept.organisation_id == organisation_id)
    return (await session.execute(query)).all()


async def _webhooks(session: AsyncSession) -> Sequence[Any]:
    kept = sa.select(subscription_facts).where(subscription_facts.c.status != "deleted")
    return (await session.execute(kept.order_by(subscription_facts.c.subscription_id))).all()
