"""What merging a file would do, told without doing it: reports are read, none is written, nothing is announced."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.imports import COUNTED, Counts, Waiting
from services.reports.files.domain.rows import Batch
from services.reports.files.recognising import begin_to_rename, forget_renamed, recognise, remember
from services.reports.files.staging import SAME, lock_import, stage
from services.reports.files.telling import settle
from services.reports.files.weighing import OF_ANOTHER, SAID, TAKEN, Weighed, asked_of, weigh
from services.reports.tables import import_errors, import_missing, import_seen, imports

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
        WHEN (reports.counts OR {TAKEN}) AND {OF_ANOTHER} IS NOT TRUE THEN staging.row_hash
        ELSE coalesce({SAID}, staging.row_hash) END
    FROM staging LEFT JOIN reports ON {SAME} WHERE NOT staging.repeated
    ON CONFLICT (import_id, external_reference) DO UPDATE SET row_hash = excluded.row_hash
""")
_COUNT_NEW = sa.text(f"""
    SELECT count(*) FROM staging WHERE NOT staging.repeated AND NOT EXISTS (SELECT FROM reports WHERE {SAME})
""")
_REPEATED = sa.text(f"""
    SELECT staging.number, reports.status, reports.mapping, {OF_ANOTHER} AS of_another,
        reports.counts OR ({TAKEN} AND foreseen.import_id IS NOT NULL) AS counts
    FROM staging LEFT JOIN reports ON {SAME}
        LEFT JOIN foreseen
            ON foreseen.import_id = :import_id AND foreseen.external_reference = staging.external_reference
    WHERE staging.repeated AND coalesce(foreseen.row_hash, {SAID}) IS DISTINCT FROM staging.row_hash
""")


async def begin_again(session: AsyncSession, import_id: UUID) -> None:
    """Make ready for the first row of a dry run, which begins anew whenever a process takes it up."""
    await session.execute(_REMEMBER)
    await session.execute(_FORGET, {"import_id": import_id})
    await begin_to_rename(session, import_id)
    values: dict[str, object] = {f"rows_{name}": 0 for name in COUNTED}
    values |= {"masked_kinds": {}, "alike_mapping": None, "other_mapping": None, "filler": None}
    values |= {"words_by_default": {}, "words_unknown": {}, "fault_kinds": []}
    await session.execute(sa.update(imports).where(imports.c.id == import_id).values(values))
    for kept in (import_errors, import_missing, import_seen):
        await session.execute(sa.delete(kept).where(kept.c.import_id == import_id))


async def forget(session: AsyncSession, import_id: UUID) -> None:
    """What a dry run remembered is of no more use."""
    await session.execute(_FORGET, {"import_id": import_id})
    await forget_renamed(session, import_id)


async def foresee_rows(session: AsyncSession, file: Waiting, batch: Batch, *, done: int, now: datetime) -> Counts:
    """What `merge_rows` would make of a batch, if the rows before it had been merged; the file's place moves on.

    Raises GoneOn where the file stands elsewhere. Five statements where all is new, six where some are known, one more
    where people had a hand in their reports, three more where there are faults and repeats, two of a file that is all
    there is, and those of `recognising` where rows have no references of their own.
    """
    before = await lock_import(session, file.id, done=done)
    await stage(session, batch)
    await recognise(session, file, batch, dry_run=True)
    here = {"import_id": file.id, **asked_of(file)}
    await session.execute(_KEEP, here)
    new = await session.scalar(_COUNT_NEW) or 0
    some_known = new + sum(batch.repeated) < len(batch.lines)
    weighed = await weigh(session, file, batch, lock=False) if some_known else Weighed()
    if any(batch.repeated):
        weighed.weigh_repeated((await session.execute(_REPEATED, here)).all())
    await remember(session, file, batch)
    return await settle(session, file.id, batch, weighed, new=new, before=before, now=now)
