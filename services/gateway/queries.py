"""Everything that reads: who may call, and the read model. Each answer of the read model is one query."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.domain import Period
from services.gateway.tables import (
    areas,
    client_secrets,
    clients,
    feed,
    feed_epoch,
    organisations,
    sessions,
    users,
)
from shared import access
from shared.access import Principal

# One trip: counts of two periods by area and category, findings open and late, the next gatherings, how fresh it is.
# area_counts is read by its primary key (period first): a few hundred rows whatever the number of reports.
_OVERVIEW = sa.text("""
    SELECT
      (SELECT coalesce(json_agg(json_build_object('code', code, 'name', name, 'level', level, 'path', path)
                                ORDER BY code), '[]') FROM areas WHERE active) AS areas,
      (SELECT coalesce(json_agg(json_build_array(period, area_code, category, reports)), '[]')
       FROM area_counts WHERE period IN (:current, :previous) AND reports > 0) AS counts,
      (SELECT json_build_object('open', count(*) FILTER (WHERE status IN ('open', 'planned')),
                                'overdue', count(*) FILTER (WHERE status IN ('open', 'planned') AND due_on < :today))
       FROM finding_facts WHERE :everything OR owner_id = :organisation OR area_code = ANY(
           SELECT code FROM areas WHERE path && CAST(:areas AS text[]))) AS findings,
      (SELECT coalesce(json_agg(json_build_object('id', gathering_id, 'area_code', area_code, 'starts_at', starts_at,
                       'ends_at', ends_at, 'expected_attendance', expected_attendance) ORDER BY starts_at), '[]')
       FROM (SELECT * FROM gathering_facts WHERE NOT cancelled AND ends_at >= :now
             AND (:everything OR organisation_id = :organisation OR area_code = ANY(
                  SELECT code FROM areas WHERE path && CAST(:areas AS text[])))
             ORDER BY starts_at LIMIT 10) AS coming) AS gatherings,
      (SELECT max(position) FROM feed) AS position
""")


async def overview(
    session: AsyncSession, *, principal: Principal, current: Period, previous: Period, now: datetime, today: date
) -> dict[str, Any]:
    """What the overview is made of: areas, counts [period, area, category, n], findings, gatherings; one statement.

    Findings and gatherings are those the reader may see. The counts are everybody's: `shape.suppressed` makes them
    fit for who may see counts only.
    """
    found = await session.execute(
        _OVERVIEW,
        {
            "current": current.first,
            "previous": previous.first,
            "today": today,
            "now": now,
            "everything": principal.sees_everything,
            "organisation": principal.organisation_id,
            "areas": list(principal.areas),
        },
    )
    return dict(found.one()._mapping)


async def read_feed(session: AsyncSession, *, principal: Principal, after: int, limit: int) -> Sequence[dict[str, Any]]:
    """What happened after a position, oldest first, as far as this reader may know; one statement."""
    query = _seen_of_feed(principal).where(feed.c.position > after).order_by(feed.c.position).limit(limit)
    return [dict(row._mapping) for row in await session.execute(query)]


async def latest_feed(session: AsyncSession, *, principal: Principal, limit: int) -> Sequence[dict[str, Any]]:
    """What happened last, newest first, as far as this reader may know; one statement, by the primary key."""
    query = _seen_of_feed(principal).order_by(feed.c.position.desc()).limit(limit)
    return [dict(row._mapping) for row in await session.execute(query)]


def _seen_of_feed(principal: Principal) -> sa.Select[Any]:
    """The feed as this reader may have it. Whose report it was is for those who see everything, and for its owner."""
    everybodys = feed.c.organisation_id.is_(None)
    seen = sa.or_(
        everybodys, access.rows(principal, organisation=feed.c.organisation_id, area=feed.c.area_code, areas=areas)
    )
    whole = sa.or_(everybodys, access.own(principal, organisation=feed.c.organisation_id))
    data = (
        feed.c.data
        if principal.sees_everything
        else sa.case((whole, feed.c.data), else_=feed.c.data - "organisation_id")
    )
    return sa.select(feed.c.position, feed.c.message_id, feed.c.type, feed.c.at, data.label("data")).where(seen)


async def epoch(session: AsyncSession) -> str:
    """Which feed this is; a database made anew has another."""
    return str(await session.scalar(sa.select(feed_epoch.c.epoch)))


async def find_client(session: AsyncSession, client_id: str, *, now: datetime) -> tuple[Principal, list[bytes]] | None:
    """A client as the principal it acts as, with the digests of its living secrets; None if there is no such client."""
    living = sa.or_(client_secrets.c.expires_at.is_(None), client_secrets.c.expires_at > now)
    query = (
        sa.select(
            clients.c.id,
            clients.c.organisation_id,
            clients.c.role,
            clients.c.scopes,
            organisations.c.kind,
            organisations.c.areas,
            sa.func.array_agg(client_secrets.c.digest).label("digests"),
        )
        .join(organisations, organisations.c.id == clients.c.organisation_id)
        .join(client_secrets, sa.and_(client_secrets.c.client_id == clients.c.id, living))
        .where(clients.c.id == client_id, clients.c.active, organisations.c.active)
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
    )
    return principal, list(row.digests)


async def find_user(session: AsyncSession, name: str) -> Any:
    """A local account by its name: id, password_hash; None if there is no such account."""
    query = sa.select(users.c.id, users.c.password_hash).where(users.c.name == name, users.c.active)
    return (await session.execute(query)).one_or_none()


async def find_session(session: AsyncSession, digest: bytes, *, now: datetime) -> Any:
    """A signed-in person: user name, organisation, role, form_token; None when it has ended."""
    query = (
        sa.select(
            users.c.id.label("user_id"),
            users.c.name,
            users.c.role,
            sessions.c.form_token,
            organisations.c.id.label("organisation_id"),
            organisations.c.name.label("organisation"),
            organisations.c.kind,
            organisations.c.areas,
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


async def find_organisation(session: AsyncSession, name_or_id: str) -> Any:
    """An organisation by its name or its id; None if there is none."""
    query = sa.select(organisations).where(
        sa.or_(organisations.c.name == name_or_id, sa.cast(organisations.c.id, sa.Text) == name_or_id)
    )
    return (await session.execute(query)).one_or_none()


_OPEN_FINDINGS = sa.text("""
    SELECT finding.area_code, area.name AS area, owner.name AS owner, finding.status, finding.due_on,
           count(*) OVER () AS waiting, count(*) FILTER (WHERE due_on < :today) OVER () AS late
    FROM finding_facts AS finding
    LEFT JOIN areas AS area ON area.code = finding.area_code
    LEFT JOIN organisations AS owner ON owner.id = finding.owner_id
    WHERE finding.status IN ('open', 'planned')
      AND (CAST(:within AS text) IS NULL OR CAST(:within AS text) = ANY(area.path))
      AND (:everything OR finding.owner_id = :organisation OR area.path && CAST(:areas AS text[]))
    ORDER BY finding.due_on, finding.finding_id LIMIT :limit
""")


async def open_findings(
    session: AsyncSession, *, principal: Principal, today: date, within: str | None, limit: int
) -> Sequence[Any]:
    """Findings that wait for their owner, the most pressing first, `waiting` and `late` being how many there are.

    Those of one area and all areas in it where `within` is its code; always as far as this reader may see.
    """
    found = await session.execute(
        _OPEN_FINDINGS,
        {
            "today": today,
            "within": within,
            "everything": principal.sees_everything,
            "organisation": principal.organisation_id,
            "areas": list(principal.areas),
            "limit": limit,
        },
    )
    return found.all()


async def map_shapes(session: AsyncSession) -> Sequence[Any]:
    """Code, name, level and GeoJSON geometry of all active areas, parents first; they change a few times a year."""
    query = sa.select(areas.c.code, areas.c.name, areas.c.level, areas.c.path, areas.c.geometry)
    return (await session.execute(query.where(areas.c.active).order_by(areas.c.level, areas.c.code))).all()
