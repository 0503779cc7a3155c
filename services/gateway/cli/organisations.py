"""`samsyn admin organisation`: partner organisations."""

from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access import partners, queries, renaming
from services.gateway.cli.running import (
    AsJson,
    Confirmed,
    OrganisationArgument,
    Typed,
    Yes,
    actor,
    ask_first,
    find_organisation,
    run,
    show_one,
    show_rows,
    text,
)
from services.gateway.settings import Settings
from shared.terminal import show

app = typer.Typer(no_args_is_help=True, help="Partner organisations.")

Areas = Annotated[
    list[str] | None, typer.Option("--area", parser=text, help="Code of an area of theirs; may be repeated.")
]


@app.command("add")
def add_organisation(
    name: Typed,
    kind: Annotated[
        str, typer.Option(parser=text, help="municipality, police, housing, guard, night_walk, rescue, ...")
    ],
    area: Areas = None,
    name_confirmed: Confirmed = False,
) -> None:
    """Make an organisation and print its id."""
    made = run(
        lambda session, _: partners.add_organisation(
            session, name=name, kind=kind, areas=area or [], actor=actor(), name_confirmed=name_confirmed
        )
    )
    show(str(made))


@app.command("list")
def list_organisations(as_json: AsJson = False) -> None:
    """All organisations: whether they are let in, their kind, how many clients and people they have."""
    rows = run(lambda session, _: queries.list_organisations(session))
    show_rows([_shown(row) for row in rows], as_json=as_json)


@app.command("show")
def show_organisation(organisation: OrganisationArgument, as_json: AsJson = False) -> None:
    """One organisation, with its areas."""

    async def work(session: AsyncSession, _: Settings) -> dict[str, Any]:
        found = await find_organisation(session, organisation)
        row = next(each for each in await queries.list_organisations(session) if each.id == found.id)
        return {**_shown(row), "areas": list(row.areas)}

    show_one(run(work), as_json=as_json)


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "active": row.active, "kind": row.kind, "clients": row.clients, "people": row.users,
        "name": row.name,
    }  # fmt: skip


@app.command("rename")
def rename_organisation(organisation: OrganisationArgument, new_name: Typed, name_confirmed: Confirmed = False) -> None:
    """Give an organisation another name. Its clients ask for new tokens, all else goes on."""

    async def work(session: AsyncSession, _: Settings) -> None:
        found = await find_organisation(session, organisation)
        await renaming.rename_organisation(session, found.id, new_name, actor=actor(), name_confirmed=name_confirmed)

    run(work)


@app.command("stop")
def stop_organisation(organisation: OrganisationArgument, yes: Yes = False) -> None:
    """Shut an organisation out, with its systems and people, within a second. The webhooks they made end."""
    ask_first("Shut it out with all its systems and people, and end their webhooks?", yes=yes)
    _set_organisation(organisation, active=False)


@app.command("start")
def start_organisation(organisation: OrganisationArgument) -> None:
    """Let an organisation in again. Webhooks that ended with it stay ended until somebody of it lets them go on."""
    _set_organisation(organisation, active=True)


def _set_organisation(name_or_id: str, *, active: bool) -> None:
    async def work(session: AsyncSession, _: Settings) -> None:
        found = await find_organisation(session, name_or_id)
        await partners.set_organisation_active(session, found.id, active=active, actor=actor())

    run(work)
