"""How many statements a request costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI

# Tables that only the background work of a service touches through the same connections.
_NOT_OF_REQUESTS = (" inbox", " parked")


@contextmanager
def statements_of(app: FastAPI) -> Iterator[list[str]]:
    """Collects what requests of a running app say to its database, BEGIN and COMMIT aside, while the block runs."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not any(table in statement for table in _NOT_OF_REQUESTS):
            said.append(" ".join(statement.split()))

    engine = app.state.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
