"""Which reports rows are about that go by another reference now: known in an earlier way, or corrected since.

The rows' references are those of today; what is found is one way or the other brought into line with them.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.imports import Waiting
from services.reports.files.domain.rows import Batch
from services.reports.files.staging import SAME

# Each gives the number of a row, the id of its report, and the references that it has now and had before.
_IN_AN_EARLIER_WAY = f"""
    SELECT DISTINCT ON (before) number, reports.id, now, before
    FROM (
        SELECT number, organisation_id, external_reference AS now, earlier[CAST(:way AS integer)] AS before
        FROM staging WHERE NOT repeated AND NOT EXISTS (SELECT FROM reports WHERE {SAME})
    ) AS loose JOIN reports ON reports.organisation_id = loose.organisation_id AND reports.external_reference = before
    WHERE before <> now AND {{there}} ORDER BY before, number
"""
# Of the same kin, and said by no other row: not by one of this batch, nor by one before it. Rows and reports go
# together in their order, by one key: by two, all of one kin would be compared with each other. Kin by kin, by
# ix_reports_kin: joined freely, a table of which nothing is known yet was compared row by row (measured over
# 30,000 rows: 40 s, and 0.2 s so).
_CORRECTED = f"""
    WITH loose AS MATERIALIZED (
        SELECT number, external_reference AS now, {{kin}} AS kin,
               {{kin}} || row_number() OVER (PARTITION BY {{kin}} ORDER BY number) AS place
        FROM staging WHERE kin IS NOT NULL AND NOT EXISTS (SELECT FROM reports WHERE {SAME})
    )
    SELECT number, id, now, before FROM loose JOIN (
        SELECT id, before, kin || row_number() OVER (PARTITION BY kin ORDER BY id) AS place
        FROM (SELECT DISTINCT kin FROM loose) AS kins CROSS JOIN LATERAL (
            SELECT reports.id, reports.external_reference AS before FROM reports
            WHERE reports.organisation_id = :organisation_id AND reports.external_reference LIKE 'row:%'
              AND "left"(reports.external_reference, 20) = kins.kin AND reports.mapping = :mapping AND reports.counts
              AND reports.external_reference NOT IN (SELECT external_reference FROM staging) AND NOT EXISTS ({{said}})
            OFFSET 0
        ) AS of_kin
    ) AS free USING (place)
"""
_SAID = "SELECT FROM import_seen WHERE import_id = :import_id AND report_id = reports.id"
_RENAME_REPORTS = "UPDATE reports SET external_reference = found.now FROM found WHERE reports.id = found.id"
# In a trial reports keep their references, and rows go by those instead. It is kept for rows behind them: those of the
# new reference go by the old one too, and those of the old one are as if no report had it.
_MAKE_RENAMED = sa.text("""
    CREATE TEMPORARY TABLE IF NOT EXISTS renamed (
        import_id uuid, now text, before text NOT NULL, PRIMARY KEY (import_id, now), UNIQUE (import_id, before)
    )
""")
_FORGET_RENAMED = sa.text("DELETE FROM renamed WHERE import_id = :import_id")
_NOBODYS = "chr(31) || staging.external_reference"
_BY_ITS_REPORT = f"""
    UPDATE staging SET external_reference =
        CASE WHEN staging.external_reference = {{by}}.now THEN {{by}}.before ELSE {_NOBODYS} END
    FROM {{by}} WHERE staging.external_reference IN ({{by}}.now, {{by}}.before)
"""
_RENAME_ROWS = f""", kept AS (
        INSERT INTO renamed SELECT CAST(:import_id AS uuid), now, before FROM found
    ) {_BY_ITS_REPORT.format(by="found")}
"""
_GO_BY_REPORTS = sa.text(_BY_ITS_REPORT.format(by="renamed") + " AND renamed.import_id = :import_id")
_STILL_THERE = "NOT EXISTS (SELECT FROM renamed WHERE import_id = :import_id AND renamed.before = loose.before)"
_REMEMBER = sa.text(f"""
    INSERT INTO import_seen SELECT :import_id, reports.id FROM staging JOIN reports ON {SAME} ON CONFLICT DO NOTHING
""")
_REMEMBER_MENTIONED = sa.text("""
    INSERT INTO import_seen
    SELECT :import_id, id FROM reports
    WHERE organisation_id = :organisation_id AND external_reference = ANY(CAST(:mentioned AS text[]))
    ON CONFLICT DO NOTHING
""")
_ADOPT = sa.text(f"""
    UPDATE reports SET mapping = CAST(:mapping AS text) FROM staging
    WHERE {SAME} AND (
        reports.mapping IS NULL OR CAST(:takes_over AS boolean) AND reports.mapping <> CAST(:mapping AS text)
    )
""")


def _renaming(found: str, rename: str) -> sa.TextClause:
    return sa.text(f"WITH found AS ({found}) {rename}")


# What begins a reference that an earlier way gave, as `identifying.KIN_LENGTH` has it.
_KIN_BEFORE = '"left"(earlier[CAST(:way AS integer)], 20)'


def _ways(there: str, rename: str) -> tuple[sa.TextClause, sa.TextClause, sa.TextClause]:
    """Known in an earlier way; corrected, by the kin of today; corrected, by the kin of an earlier way."""
    corrected = (_CORRECTED.format(said=_SAID, kin=kin) for kin in ("staging.kin", _KIN_BEFORE))
    first, second = (_renaming(each, rename) for each in corrected)
    return _renaming(_IN_AN_EARLIER_WAY.format(there=there), rename), first, second


_STORED, _TRIED = _ways("true", _RENAME_REPORTS), _ways(_STILL_THERE, _RENAME_ROWS)


async def recognise(session: AsyncSession, file: Waiting, batch: Batch, *, dry_run: bool) -> None:
    """Let reports have the references of their rows; in a trial rows those of their reports.

    None for a batch whose rows have references of their sender's, in the columns in which they always had them; else a
    statement for each way in which rows were known before, and one for corrected ones; until reports are known by what
    their rows mean, one more for those. In a trial one more where there are such ways.
    """
    by_way, corrected, corrected_before = _TRIED if dry_run else _STORED
    of_file = {"import_id": file.id} if dry_run else {}
    if dry_run and (batch.earlier or any(batch.kin)):
        await session.execute(_GO_BY_REPORTS, of_file)
    for way in range(1, len(batch.earlier) + 1):
        await session.execute(by_way, {"way": way} | of_file)
    if any(batch.kin):
        here = {"import_id": file.id, "organisation_id": file.organisation_id, "mapping": mapping_of(file)}
        await session.execute(corrected, here)
        for way in batch.written:
            await session.execute(corrected_before, here | {"way": way})


async def begin_to_rename(session: AsyncSession, import_id: UUID) -> None:
    """Make ready for the first row of a trial, by whose reports no row goes yet."""
    await session.execute(_MAKE_RENAMED)
    await forget_renamed(session, import_id)


async def forget_renamed(session: AsyncSession, import_id: UUID) -> None:
    """By which references the rows of a trial went is of no more use."""
    await session.execute(_FORGET_RENAMED, {"import_id": import_id})


async def remember(session: AsyncSession, file: Waiting, batch: Batch) -> None:
    """Note which reports rows said, where that is asked later: of a file that is all there is, and of kin.

    The import and its trial note it alike, also of rows that are refused: what is noted stands in the file.
    """
    here = {"import_id": file.id}
    if file.snapshot or any(batch.kin):
        await session.execute(_REMEMBER, here)
    if file.snapshot:
        mentioned = {**here, "organisation_id": file.organisation_id, "mentioned": list(batch.mentioned)}
        await session.execute(_REMEMBER_MENTIONED, mentioned)


async def adopt(session: AsyncSession, file: Waiting) -> None:
    """Have reports that rows named be of their mapping: those that were of none, and of a file that takes over all."""
    if file.snapshot or file.takes_over:
        await session.execute(_ADOPT, {"mapping": mapping_of(file), "takes_over": file.takes_over})


def mapping_of(file: Waiting) -> str | None:
    """The name of the mapping whose reports a file is about: a draft is tried in the place of one."""
    name: str | None = file.mapping or (file.identity or {}).get("mapping")
    return name
