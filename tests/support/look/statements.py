"""How many statements a request costs."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
import sqlalchemy as sa
import structlog
from fastapi import FastAPI


@contextmanager
def statements_of(app: FastAPI) -> Iterator[list[str]]:
    """Collects what requests of a running app say to its database while the block runs, BEGIN and COMMIT aside.

    What the service does beside its requests is left out: only a request has an id.
    """
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "request.id" in structlog.contextvars.get_contextvars():
            said.append(" ".join(statement.split()))

    database = app.state.database
    direct = database.direct

    @asynccontextmanager
    async def noted() -> AsyncIterator[asyncpg.Connection]:
        async with direct() as connection:
            with connection.query_logger(lambda query: said.append(" ".join(query.query.split()))):
                yield connection

    engine = database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    database.direct = noted
    try:
        yield said
    finally:
        database.direct = direct
        sa.event.remove(engine, "before_cursor_execute", note)
