"""What commands of `samsyn admin` share: one transaction each, and the organisation that somebody named."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access import queries
from services.gateway.access.domain import name_of
from services.gateway.settings import Settings
from shared.errors import Invalid, NotFound
from shared.service import open_database
from shared.settings import read

Result = TypeVar("Result")
ACTOR = "command line"


def text(said: str) -> str:
    """What was typed, if it is a text: every argument has this parser.

    Else one sentence and the code by which a command line ends that says nothing, before anything is asked for.
    """
    try:
        return name_of(said)
    except Invalid as refused:
        print(f"samsyn: {refused}", file=sys.stderr)
        raise typer.Exit(2) from None


Typed = Annotated[str, typer.Argument(parser=text)]
Role = Annotated[str, typer.Option(parser=text, help="coordinator, municipal_police, member or night_walker.")]
OrganisationArgument = Annotated[str, typer.Argument(parser=text, help="Name or id.")]
MaybeOrganisation = Annotated[str | None, typer.Argument(parser=text, help="Name or id; else of all.")]
HandOverTo = Annotated[
    str | None,
    typer.Option("--hand-over-to", parser=text, help="Client of the same organisation that what it made goes to."),
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


def show(line: str) -> None:
    """Print a line. What no terminal should be told, of texts that were kept by earlier releases, is a mark."""
    print("".join(sign if sign.isprintable() else "\ufffd" for sign in line))


async def find_organisation(session: AsyncSession, name_or_id: str) -> Any:
    """An organisation by its name or id. Raises NotFound."""
    found = await queries.find_organisation(session, name_or_id)
    if found is None:
        raise NotFound("There is no organisation of that name or id. `samsyn admin organisation list` shows them.")
    return found
