"""Where a file stands, and its rows on the way in."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.defaulting import Words
from services.reports.files.domain.faultkinds import Kind
from services.reports.files.domain.imports import UNFINISHED
from services.reports.files.domain.rows import Batch
from services.reports.intake.commands import COLUMNS
from services.reports.intake.domain import is_of_a_row
from services.reports.tables import imports
from shared.database.copying import copy_rows

SAME = "reports.organisation_id = staging.organisation_id AND reports.external_reference = staging.external_reference"
STAGING = sa.text("""
    CREATE TEMPORARY TABLE IF NOT EXISTS staging (
        LIKE reports INCLUDING DEFAULTS, number integer NOT NULL, repeated boolean NOT NULL, own boolean NOT NULL,
        kin text, earlier text[]
    ) ON COMMIT DELETE ROWS
""")


class GoneOn(Exception):
    """Another process has gone on with this file; what was prepared here is of no use."""


class Before(NamedTuple):
    """Of the rows before a place of a file: how much was struck out, which words were not known, what was wrong."""

    masked_kinds: Mapping[str, int]
    words_by_default: Words
    words_unknown: Words
    fault_kinds: Sequence[Kind]


async def lock_import(session: AsyncSession, import_id: UUID, *, done: int) -> Before:
    """Hold the file's place until commit. Returns what is known of the rows before it. Raises GoneOn."""
    waiting = sa.and_(imports.c.id == import_id, imports.c.state.in_(UNFINISHED))
    kept = [imports.c[name] for name in Before._fields]
    query = sa.select(imports.c.rows_read, *kept).where(waiting).with_for_update()
    file = (await session.execute(query)).one_or_none()
    if file is None or file.rows_read != done:
        raise GoneOn
    return Before(*(getattr(file, name) for name in Before._fields))


async def stage(session: AsyncSession, batch: Batch) -> None:
    """Copy a batch into the temporary table; one statement. own: a row's reference is its sender's."""
    columns = {name: batch.columns[name] for name in COLUMNS}
    columns["own"] = [not is_of_a_row(reference) for reference in columns["external_reference"]]
    columns |= {"number": range(len(batch.lines)), "repeated": batch.repeated}
    if any(batch.kin):
        columns["kin"] = batch.kin
    if batch.earlier:
        columns["earlier"] = [list(each) for each in zip(*batch.earlier, strict=True)]
    await copy_rows(session, "staging", columns=list(columns), rows=zip(*columns.values(), strict=True))
