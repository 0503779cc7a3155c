"""Closes units of days: tells by how much their counts changed since all earlier publications, once and for ever."""

import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.publications.domain import Calendar, Last, around
from services.reports.tables import areas, publication_rows, publication_tables, publications
from services.reports.taxonomy import RETIRED_MAIN, today_called
from shared.messages.reports import PublicationClosed, PublicationCounted
from shared.travel.outbox import announce_many

SECRET_BYTES = 32
# Some 30 bytes each: far below what a message may weigh.
MOST_ROWS = 5_000
# A publication is made once and never changes. Numbering its messages would tell everybody, by that of the last one,
# how many tables there are: that a week which is long over was reported to late.
ONLY_VERSION = 1
# The first publication of a long history takes longer than a request may, and nobody waits for it.
_AS_LONG_AS_IT_TAKES = sa.text("SET LOCAL statement_timeout = 0")
_TURN = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('publications', 0))")
# Duplicates, rejected and withdrawn reports are no incidents of their own, and do not count. One pass over all reports
# and all that was told. Measured with 1,000,000 reports: the first time 28 s, then 4 s.
_TELL = sa.text("""
    INSERT INTO publication_rows (unit, publication, organisation_id, area_code, category, weekday, band, reports)
    SELECT unit, :publication, organisation_id, area_code, category, weekday, band, sum(reports)
    FROM (
        SELECT occurred_on - ((occurred_on - CAST(:start AS date)) % :days + :days) % :days AS unit, organisation_id,
               coalesce(area_code, '') AS area_code, coalesce(renamed.now, category) AS category,
               CAST(extract(isodow FROM occurred_on) AS smallint) AS weekday, band, count(*) AS reports
        FROM reports
             LEFT JOIN unnest(CAST(:old AS text[]), CAST(:new AS text[])) AS renamed (old, now) ON old = category
        WHERE counts AND occurred_on <= :through
        GROUP BY 1, 2, 3, 4, 5, 6
        UNION ALL
        SELECT unit, organisation_id, area_code, category, weekday, band, -reports FROM publication_rows
    ) AS change
    GROUP BY unit, organisation_id, area_code, category, weekday, band
    HAVING sum(reports) <> 0
""")
_TOLD = sa.text("""
    SELECT unit, organisation_id, area_code, category, sum(reports) AS change
    FROM publication_rows WHERE publication = :publication
    GROUP BY unit, organisation_id, area_code, category ORDER BY unit, area_code, category, organisation_id
""")


async def take_turn(session: AsyncSession) -> None:
    """Hold off every other process that would publish, until commit."""
    await session.execute(_AS_LONG_AS_IT_TAKES)
    await session.execute(_TURN)


async def publish(
    session: AsyncSession, last: Last | None, *, through: date, calendar: Calendar, now: datetime, today: date
) -> int:
    """Publish all units up to a day, after `take_turn`, and tell it. Returns the publication's number.

    Of units that were published before it tells what changed meanwhile. However much that is, MOST_ROWS of it are held
    at once: a first publication has about as many rows as there are reports.
    """
    number = last.number + 1 if last else 1
    row = {"number": number, "through": through, "unit_days": calendar.days, "closed_at": now}
    await session.execute(sa.insert(publications).values(row))
    old = sorted(RETIRED_MAIN)
    values = {"publication": number, "start": calendar.start, "days": calendar.days, "through": through}
    await session.execute(_TELL, values | {"old": old, "new": [today_called(each) for each in old]})
    units = await _seal(session, number)
    async for part, rows in parts_of(session, number):
        unit = rows[0].unit
        secret, parents = units[unit]
        facts = {"sequence": ONLY_VERSION, "publication": number, "unit": unit, "part": part, "secret": secret.hex()}
        await announce_many(session, [_message(rows, parents, **facts)])
    closed = PublicationClosed(sequence=ONLY_VERSION, publication=number, through=through, closed_on=today)
    await announce_many(session, [closed])
    return number


async def parts_of(session: AsyncSession, number: int) -> AsyncIterator[tuple[int, list[sa.Row[Any]]]]:
    """The rows of each unit in parts as a message holds them, and the part's number in its unit; unit by unit."""
    told = await session.stream(_TOLD, {"publication": number}, execution_options={"yield_per": MOST_ROWS})
    part, held = 1, list[sa.Row[Any]]()
    async for some in told.partitions(MOST_ROWS):
        for row in some:
            if held and (row.unit != held[0].unit or len(held) == MOST_ROWS):
                yield part, held
                part, held = part + 1 if row.unit == held[0].unit else 1, []
            held.append(row)
    if held:
        yield part, held


async def _seal(session: AsyncSession, number: int) -> dict[date, tuple[bytes, dict[str, str | None]]]:
    """Give each table its secret and its areas. Returns them by unit."""
    occur = sa.select(publication_rows.c.unit, publication_rows.c.area_code).distinct()
    found: dict[date, set[str]] = defaultdict(set)
    for unit, area in await session.execute(occur.where(publication_rows.c.publication == number)):
        found[unit].update([area] if area else [])
    parents = dict((await session.execute(sa.select(areas.c.code, areas.c.parent))).tuples().all())
    units = {unit: (secrets.token_bytes(SECRET_BYTES), around(sorted(codes), parents)) for unit, codes in found.items()}
    if units:
        rows = [
            {"unit": unit, "publication": number, "secret": secret, "parents": of_unit}
            for unit, (secret, of_unit) in units.items()
        ]
        await session.execute(sa.insert(publication_tables), rows)
    return units


def _message(rows: Sequence[sa.Row[Any]], parents: Mapping[str, str | None], **facts: Any) -> PublicationCounted:
    organisations = sorted({row.organisation_id for row in rows})
    place = {organisation_id: index for index, organisation_id in enumerate(organisations)}
    here = around(sorted({row.area_code for row in rows if row.area_code}), parents)
    return PublicationCounted(
        organisations=organisations,
        parents={code: parent or "" for code, parent in here.items()},
        senders=[place[row.organisation_id] for row in rows],
        areas=[row.area_code for row in rows],
        categories=[row.category for row in rows],
        changes=[row.change for row in rows],
        **facts,
    )
