"""`samsyn admin organisation`: partner organisations."""

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access import partners, queries
from services.gateway.cli.running import (
    ACTOR,
    Confirmed,
    OrganisationArgument,
    Typed,
    find_organisation,
    run,
    show,
    text,
)
from services.gateway.settings import Settings

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
            session, name=name, kind=kind, areas=area or [], actor=ACTOR, name_confirmed=name_confirmed
        )
    )
    print(made)


@app.command("list")
def list_organisations() -> None:
    """All organisations: id, kind, clients, users, name."""
    for row in run(lambda session, _: queries.list_organisations(session)):
        show(f"{row.id}  {row.kind:<12} {row.clients:>3} clients {row.users:>3} users  {row.name}")


@app.command("stop")
def stop_organisation(organisation: OrganisationArgument) -> None:
    """Shut an organisation out, with its systems and people, within a second. The webhooks they made end."""
    _set_organisation(organisation, active=False)


@app.command("start")
def start_organisation(organisation: OrganisationArgument) -> None:
    """Let an organisation in again. Webhooks that ended with it stay ended until somebody of it lets them go on."""
    _set_organisation(organisation, active=True)


def _set_organisation(name_or_id: str, *, active: bool) -> None:
    async def work(session: AsyncSession, _: Settings) -> None:
        found = await find_organisation(session, name_or_id)
        await partners.set_organisation_active(session, found.id, active=active, actor=ACTOR)

    run(work)
