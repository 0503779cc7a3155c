"""What commands of `samsyn admin` share: one transaction each, and the organisation that somebody named."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access import queries
from services.gateway.settings import Settings
from shared.errors import NotFound
from shared.service import open_database
from shared.settings import read

Result = TypeVar("Result")
ACTOR = "command line"
HandOverTo = Annotated[
    str | None, typer.Option("--hand-over-to", help="Client of the same organisation that what it made goes to.")
]
Confirmed = Annotated[
    bool, typer.Option("--name-confirmed", help="What looks like personal data in the name concerns no person.")
]


def run(work: Callable[[AsyncSession, Settings], Awaitable[Result]]) -> Result:
    """Do something in one transaction of the gateway's database."""

    async def whole() -> Result:
        settings = read(Settings)
        database = open_database("gateway", settings)
        try:
            async with database.sessions() as session, session.begin():
                return await work(session, settings)
        finally:
            await database.stop()

    return asyncio.run(whole())


async def find_organisation(session: AsyncSession, name_or_id: str) -> Any:
    """An organisation by its name or id. Raises NotFound."""
    found = await queries.find_organisation(session, name_or_id)
    if found is None:
        raise NotFound("There is no organisation of that name or id. `samsyn admin organisation list` shows them.")
    return found
