"""Rows that are known under another mapping of the same organisation: read twice, an incident would be two reports."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.imports import Waiting
from services.reports.files.domain.rows import Batch
from services.reports.files.recognising import mapping_of
from services.reports.files.staging import SAME
from services.reports.tables import imports

# Of the rows that are new: the mapping whose reports most of them are like, by when, where and of what kind. Each kin
# once, by ix_reports_kin: row by row, a batch of one kin would look at all its reports thousands of times. A report
# that a row of this batch became just now has this mapping.
_ALIKE = sa.text(f"""
    WITH loose AS MATERIALIZED (
        SELECT kin, count(*) AS rows FROM staging
        WHERE kin IS NOT NULL AND NOT EXISTS (SELECT FROM reports WHERE {SAME} AND reports.id <> staging.id)
        GROUP BY kin
    )
    SELECT mapping, CAST(sum(loose.rows) AS integer) AS rows FROM loose CROSS JOIN LATERAL (
        SELECT DISTINCT reports.mapping FROM reports
        WHERE reports.organisation_id = :organisation_id AND reports.external_reference LIKE 'row:%'
          AND "left"(reports.external_reference, 20) = loose.kin AND reports.counts
          AND reports.mapping IS DISTINCT FROM CAST(:mapping AS text) AND reports.mapping IS NOT NULL
    ) AS others GROUP BY mapping ORDER BY rows DESC, mapping LIMIT 1
""")


async def note_alike(session: AsyncSession, file: Waiting, batch: Batch) -> None:
    """Count the rows of a batch, merged or tried just now, that another mapping knows; a statement, two where it does.

    None where rows have references of their sender's: those are the same under each mapping.
    """
    if not any(batch.kin):
        return
    here = {"organisation_id": file.organisation_id, "mapping": mapping_of(file)}
    found = (await session.execute(_ALIKE, here)).one_or_none()
    if found is None:
        return
    known = sa.func.coalesce(imports.c.alike_mapping, found.mapping)
    counted = {"rows_alike": imports.c.rows_alike + found.rows, "alike_mapping": known}
    await session.execute(sa.update(imports).where(imports.c.id == file.id).values(counted))
