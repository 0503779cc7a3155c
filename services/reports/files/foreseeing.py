"""What merging a file would do, told without doing it: reports are read, none is written, nothing is announced."""

from collections import Counter
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.imports import COUNTED, Counts, Waiting
from services.reports.files.domain.rows import Batch
from services.reports.files.recognising import recognise
from services.reports.files.returning import TAKEN_BY_A_FILE
from services.reports.files.staging import SAME, closed, lock_import, repeated, settle, stage
from services.reports.tables import import_errors, import_missing, imports

# What the rows so far would have left behind, for later rows with the same reference. On disk: memory stays constant.
_REMEMBER = sa.text("""
    CREATE TEMPORARY TABLE IF NOT EXISTS foreseen (
        import_id uuid, external_reference text, row_hash bytea NOT NULL, PRIMARY KEY (import_id, external_reference)
    )
""")
_FORGET = sa.text("DELETE FROM foreseen WHERE import_id = :import_id")
_KEEP = sa.text(f"""
    INSERT INTO foreseen
    SELECT :import_id, staging.external_reference, CASE
        WHEN reports.counts OR reports.status = 'withdrawn' AND {TAKEN_BY_A_FILE} THEN staging.row_hash
        ELSE coalesce(reports.row_hash, staging.row_hash) END
    FROM staging LEFT JOIN reports ON {SAME} WHERE NOT staging.repeated
""")
_WEIGH = sa.text(f"""
    SELECT staging.number, CASE
        WHEN staging.repeated THEN
            CASE WHEN coalesce(foreseen.row_hash, reports.row_hash) = staging.row_hash THEN 'unchanged'
            ELSE 'repeated' END
        WHEN reports.id IS NULL THEN 'new'
        WHEN reports.status = 'withdrawn' THEN CASE WHEN {TAKEN_BY_A_FILE} THEN 'changed'
            WHEN reports.row_hash = staging.row_hash THEN 'still_withdrawn' ELSE 'closed' END
        WHEN reports.row_hash = staging.row_hash THEN 'unchanged'
        WHEN reports.counts THEN 'changed'
        ELSE 'closed' END AS fate
    FROM staging LEFT JOIN reports ON {SAME}
        LEFT JOIN foreseen
            ON foreseen.import_id = :import_id AND foreseen.external_reference = staging.external_reference
""")


async def begin_again(session: AsyncSession, import_id: UUID) -> None:
    """Make ready for the first row of a dry run, which begins anew whenever a process takes it up."""
    await session.execute(_REMEMBER)
    await session.execute(_FORGET, {"import_id": import_id})
    values: dict[str, object] = {f"rows_{name}": 0 for name in COUNTED}
    values |= {"masked_kinds": {}, "alike_mapping": None, "filler": None}
    await session.execute(sa.update(imports).where(imports.c.id == import_id).values(values))
    for kept in (import_errors, import_missing):
        await session.execute(sa.delete(kept).where(kept.c.import_id == import_id))


async def forget(session: AsyncSession, import_id: UUID) -> None:
    """What a dry run remembered is of no more use."""
    await session.execute(_FORGET, {"import_id": import_id})


async def foresee_rows(session: AsyncSession, file: Waiting, batch: Batch, *, done: int, now: datetime) -> Counts:
    """What `merge_rows` would make of a batch, if the rows before it had been merged; the file's place moves on.

    Raises GoneOn where the file stands elsewhere. Five statements, two more where there are faults, and those of
    `recognising` where rows have no references of their own.
    """
    masked_before = await lock_import(session, file.id, done=done)
    await stage(session, batch)
    await recognise(session, file, batch, dry_run=True)
    here = {"import_id": file.id}
    await session.execute(_KEEP, here)
    fates: dict[int, str] = {number: fate for number, fate in await session.execute(_WEIGH, here)}  # noqa: C416 - rows
    counts = Counter(fates.values())
    refused = {number: closed(batch, number) for number, fate in fates.items() if fate == "closed"}
    refused |= {number: repeated(batch, number) for number, fate in fates.items() if fate == "repeated"}
    return await settle(
        session,
        file.id,
        batch,
        new=counts["new"],
        changed=counts["changed"],
        refused=refused,
        masked_before=masked_before,
        still_withdrawn=counts["still_withdrawn"],
        now=now,
    )
