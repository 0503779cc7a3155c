"""What commands of `samsyn admin` share: one transaction each, who gave it, what is shown, what is asked first."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access import queries
from services.gateway.access.domain import name_of
from services.gateway.settings import Settings
from shared.errors import Invalid, NotFound
from shared.privacy import check_texts
from shared.service import open_database
from shared.settings import read
from shared.terminal import columns, printable, show

Result = TypeVar("Result")
# As whom somebody gives a command who does not say it: whoever became root, else whom the system knows.
ACCOUNTS = ("SUDO_USER", "USER", "LOGNAME")
MOST_OPERATOR = 60
_operator = ""


def name_operator(said: str | None) -> None:
    """Keep who gives this command, for the audit trail: what was said, else the account that gives it.

    Raises Invalid for what is no name, PersonalData for a personnummer or the like.
    """
    global _operator  # noqa: PLW0603 - one command line is one operator
    account = next((os.environ[each] for each in ACCOUNTS if os.environ.get(each)), "")
    _operator = ""
    if said is not None or account:
        name = name_of(account if said is None else said, most=MOST_OPERATOR)
        check_texts({"/by": name}, confirmed=True)
        _operator = name


def actor() -> str:
    """Who the audit trail says did it."""
    return f"command line: {_operator}" if _operator else "command line"


def text(said: str) -> str:
    """What was typed, if it is a text: every argument has this parser.

    Else one sentence and the code by which a command line ends that says nothing, before anything is asked for.
    """
    try:
        return name_of(said)
    except Invalid as refused:
        show(f"samsyn: {refused}", to=sys.stderr)
        raise typer.Exit(2) from None


Typed = Annotated[str, typer.Argument(parser=text)]
Role = Annotated[str, typer.Option(parser=text, help="coordinator, municipal_police, member or night_walker.")]
OrganisationArgument = Annotated[str, typer.Argument(parser=text, help="Name or id.")]
MaybeOrganisation = Annotated[str | None, typer.Argument(parser=text, help="Name or id; else of all.")]
HandOverTo = Annotated[
    str | None,
    typer.Option("--hand-over-to", parser=text, help="Client of the same organisation that what it made goes to."),
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs: JSON in place of a table.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask first.")]
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


def show_rows(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print a table with a line of headings, or a JSON list for programs."""
    if as_json:
        show(json.dumps(rows, default=str, ensure_ascii=True, indent=1))
        return
    if not rows:
        show("There are none.")
        return
    headings = [name.replace("_", " ").upper() for name in rows[0]]
    show(columns([headings, *([_cell(each) for each in row.values()] for row in rows)]))


def show_one(row: Mapping[str, Any], *, as_json: bool) -> None:
    """Print all that is known of one thing, a line each, or a JSON object."""
    if as_json:
        show(json.dumps(row, default=str, ensure_ascii=True, indent=1))
        return
    show(columns([name.replace("_", " "), _cell(value)] for name, value in row.items()))


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}Z"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def ask_first(what: str, *, yes: bool) -> None:
    """Ask before something that cannot be undone by the command that undoes it. Silence is a no."""
    if not yes:
        typer.confirm(printable(what), abort=True)


def need(found: bool, what: str) -> None:
    """Raise NotFound unless there is one."""
    if not found:
        raise NotFound(f"There is no {what} of that name or id. `samsyn admin {what} list` shows them.")


async def find_organisation(session: AsyncSession, name_or_id: str) -> Any:
    """An organisation by its name or id. Raises NotFound."""
    found = await queries.find_organisation(session, name_or_id)
    need(found is not None, "organisation")
    return found
