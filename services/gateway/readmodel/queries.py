"""The read model: each answer is one query, filtered by the access table."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.tables import (
    areas,
    feed,
    feed_epoch,
)
from shared.access import COARSE_FACTS, Principal, sight
from shared.cycles import Period

# One trip: counts of two periods by area and category, findings open and late, the next gatherings, how fresh it is.
# area_counts is read by its primary key (period first): some thousand rows whatever the number of reports.
_OVERVIEW = sa.text("""
    SELECT
      (SELECT coalesce(json_agg(json_build_object('code', code, 'name', name, 'level', level, 'path', path,
                                                  'active', active) ORDER BY code), '[]') FROM areas) AS areas,
      (SELECT coalesce(json_agg(json_build_array(period, area_code, category, reports, own)), '[]')
       FROM (SELECT period, area_code, category, sum(reports) AS reports,
                    coalesce(sum(reports) FILTER (WHERE organisation_id = :organisation), 0) AS own
             FROM area_counts WHERE period IN (:current, :previous) AND reports > 0
             GROUP BY period, area_code, category) AS counted) AS counts,
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
      (SELECT epoch FROM feed_epoch) AS epoch,
      (SELECT coalesce(max(position), 0) FROM feed) AS position
""")
_END_OF_FEED = "SELECT epoch, coalesce((SELECT max(position) FROM feed), 0) FROM feed_epoch"
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


_COARSE: sa.ColumnElement[Any] = sa.literal_column(
    "(SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(feed.data) WHERE key IN ("
    + ", ".join(f"'{name}'" for name in sorted(COARSE_FACTS))
    + "))"
)


async def overview(
    session: AsyncSession, *, principal: Principal, current: Period, previous: Period, now: datetime, today: date
) -> dict[str, Any]:
    """What the overview is made of: areas, counts, findings, gatherings; one statement.

    Findings and gatherings are those the reader may see. The counts are everybody's, [period, area, category, reports,
    of these the reader's own]: `shape.told` makes them fit for who may see counts only.
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
    """The feed as this reader may have it: of a report, what is coarse, unless it is their own or they see everything.

    Of other things everybody may know everything but whose they are.
    """
    everybodys = feed.c.organisation_id.is_(None)
    seen = sa.or_(
        everybodys, sight.rows(principal, organisation=feed.c.organisation_id, area=feed.c.area_code, areas=areas)
    )
    whole = sa.or_(everybodys, sight.own(principal, organisation=feed.c.organisation_id))
    data = (
        feed.c.data
        if principal.sees_everything
        else sa.case(
            (whole, feed.c.data),
            (feed.c.type.like("report.%"), _COARSE),
            else_=feed.c.data - "organisation_id",
        )
    )
    return sa.select(feed.c.position, feed.c.message_id, feed.c.type, feed.c.at, data.label("data")).where(seen)


async def end_of_feed(connection: asyncpg.Connection) -> tuple[str, int]:
    """Which feed this is, and its last position (0: nothing was told); one statement, by the primary key."""
    return tuple(await connection.fetchrow(_END_OF_FEED))


async def epoch(session: AsyncSession) -> str:
    """Which feed this is; a database made anew has another."""
    return str(await session.scalar(sa.select(feed_epoch.c.epoch)))


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
