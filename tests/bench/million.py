"""A million reports in the reports service's table within seconds: made by PostgreSQL itself."""

from uuid import UUID

import asyncpg

from tests.support.servers.postgres import Database, connected

ORGANISATIONS = tuple(UUID(int=n, version=4) for n in range(1, 13))
# A year and some days up to this one; ids grow with the day, as they do where reports come in as things happen.
LAST_DAY = "2026-11-15"
DAYS = 380

_FILL = """
    INSERT INTO reports (id, organisation_id, client_id, external_reference, category, subcategory, occurred_from,
        occurred_to, occurred_on, band, lon, lat, e, n, cell, area_code, dark, severity, location_kind, text, certainty,
        status, counts, row_hash, received_at)
    SELECT (lpad(to_hex(1760000000000 + i * 33000::bigint), 12, '0') || '7' || substr(hash, 1, 3) || '8'
            || substr(hash, 4, 15))::uuid,
           ($1::uuid[])[1 + ('x' || substr(hash, 20, 4))::bit(16)::int % 12], 'bench', 'B-' || i,
           (ARRAY['order', 'order', 'order', 'damage', 'damage', 'theft', 'traffic', 'environment', 'violence',
                  CASE WHEN i % 997 = 9 THEN 'rumour' ELSE 'drugs' END])
                  [1 + ('x' || substr(hash, 24, 4))::bit(16)::int % 10],
           CASE WHEN i % 10 < 3 THEN 'noise' END, day + (i % 24) * interval '1 hour', NULL, day, (i % 24) / 2,
           14.5 + (i % 4001) / 10000.0, 63.1 + (i % 997) / 10000.0, 479000 + i % 20000, 7000000 + i % 15000,
           'E' || (479000 + i % 20000) / 250 * 250 || 'N' || (7000000 + i % 15000) / 250 * 250,
           ($2::text[])[(1 + i * 7919::bigint % cardinality($2::text[]))::int], i % 24 NOT BETWEEN 7 AND 16,
           1 + (i % 20) / 9,
           'public', (ARRAY['Klotter på gaveln mot gården', 'Buller och hög musik vid väntsalen',
                  'Krossat glas i porten', 'Samling vid busstorget, störande',
                  'Belysningen är trasig vid gångvägen'])[1 + i % 5]
                  || ' kvarter' || substr(hash, 28, 3) || CASE WHEN i % 4999 = 0 THEN ' bakom cykelstället' ELSE '' END,
           'likely', status, status NOT IN ('withdrawn', 'rejected'), decode(hash, 'hex'), day + interval '30 hours'
    FROM (SELECT i, md5(i::text) AS hash, DATE '{last}' - {days} + (i * {days}::bigint / {rows})::int AS day,
                 CASE i % 2500 WHEN 1 THEN 'withdrawn' WHEN 2 THEN 'rejected' WHEN 3 THEN 'question' ELSE 'accepted' END
                 AS status
          FROM generate_series(1, {rows}) AS i) AS made
"""


async def fill(database: Database, *, rows: int = 1_000_000, days: int = DAYS) -> None:
    """Put so many reports and their senders into a migrated database that has areas; the index of words comes last."""
    async with connected(database.admin_url) as admin:
        areas = [
            row[0] for row in await admin.fetch("SELECT code FROM areas WHERE active AND parent IS NOT NULL ORDER BY 1")
        ]
        known = [(organisation, f"Organisation {number}", 0) for number, organisation in enumerate(ORGANISATIONS, 1)]
        await admin.copy_records_to_table("organisations", records=known, columns=("id", "name", "sequence"))
        await admin.execute("DROP INDEX ix_reports_words")
        await admin.execute("SET maintenance_work_mem = '256MB'")
        await admin.execute(_FILL.format(last=LAST_DAY, days=days, rows=rows), ORGANISATIONS, areas, timeout=600)
        await _words(admin)
        await admin.execute("VACUUM ANALYZE reports", timeout=300)


async def _words(admin: asyncpg.Connection) -> None:
    await admin.execute(
        "CREATE INDEX ix_reports_words ON reports USING gin (to_tsvector('swedish', text))", timeout=300
    )
