"""Faults of a file's rows as CSV."""

from contextlib import AbstractAsyncContextManager
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.queries import ERRORS_IN_ORDER
from services.reports.intake.export import Chunks, copied, defused
from services.reports.tables import import_errors


def copy_errors(session: AsyncSession, import_id: UUID) -> AbstractAsyncContextManager[Chunks]:
    """CSV of what is wrong with rows of a file, refused rows first: line, column, code, detail, reference, failed.

    failed: `true` of a row that is refused, `false` of a note on one that is taken in.
    """
    told = [defused(import_errors.c[name]) for name in ("line", "column", "code", "detail", "reference")]
    told.append(sa.cast(import_errors.c.failed, sa.Text).label("failed"))
    query = sa.select(*told).where(import_errors.c.import_id == import_id).order_by(*ERRORS_IN_ORDER)
    return copied(session, query)
