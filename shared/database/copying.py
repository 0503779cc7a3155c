"""Many rows at once by COPY, in a session's own transaction: three times faster than arrays of parameters."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.engine import AWAY, DRIVER_PASSING
from shared.errors import Unavailable

_BEGIN = text("SELECT 1")
_STRETCH = 200


async def copy_rows(
    session: AsyncSession, table: str, *, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows, in their order; one statement. Raises Unavailable where the database went away meanwhile."""
    connection = await (await session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    if not driver.is_in_transaction():
        # SQLAlchemy begins with the first statement it sees, and COPY goes past it.
        await session.execute(_BEGIN)
    try:
        await driver.copy_records_to_table(table, records=_in_stretches(rows), columns=columns)
    except DRIVER_PASSING as away:
        raise Unavailable(AWAY) from away


async def _in_stretches(rows: Iterable[Sequence[Any]]) -> AsyncIterator[Sequence[Any]]:
    # The driver writes rows as fast as it gets them: thousands would keep requests waiting for tens of milliseconds.
    for number, row in enumerate(rows, start=1):
        yield row
        if number % _STRETCH == 0:
            await asyncio.sleep(0)
