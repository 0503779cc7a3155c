"""`samsyn admin client`: systems that call the API. A secret is printed once, when it is made, and stored nowhere."""

from datetime import UTC, datetime, timedelta
from math import isnan
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access import partners, queries, renaming
from services.gateway.cli.running import (
    AsJson,
    Confirmed,
    HandOverTo,
    MaybeOrganisation,
    OrganisationArgument,
    Role,
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
from shared.errors import NotFound
from shared.terminal import show

app = typer.Typer(no_args_is_help=True, help="Systems that call the API.")
_MOST_HOURS = partners.LONGEST_OVERLAP / timedelta(hours=1)


@app.command("add")
def add_client(
    organisation: OrganisationArgument,
    name: Annotated[str, typer.Option(parser=text, help="What it is, for people.")],
    role: Role = "member",
    scope: Annotated[
        list[str] | None, typer.Option(parser=text, help="May be repeated; all of the role's by default.")
    ] = None,
    quota: Annotated[
        int | None, typer.Option(min=1, max=1_000_000_000, help="Requests a window, if not the usual number.")
    ] = None,
    name_confirmed: Confirmed = False,
) -> None:
    """Make a client and print its id and secret. The secret is shown this once."""

    async def work(session: AsyncSession, settings: Settings) -> tuple[str, str]:
        found = await find_organisation(session, organisation)
        return await partners.add_client(
            session,
            organisation_id=found.id,
            kind=found.kind,
            name=name,
            role=role,
            scopes=frozenset(scope) if scope else None,
            pepper=settings.pepper,
            actor=actor(),
            quota=quota,
            name_confirmed=name_confirmed,
        )

    client_id, secret = run(work)
    show(f"client_id:     {client_id}\nclient_secret: {secret}")


@app.command("stop")
def stop_client(client_id: Typed, hand_over_to: HandOverTo = None, yes: Yes = False) -> None:
    """Shut a client out, with its keys and tokens, within a second. What it made ends, or is handed over."""
    ask_first("Shut it out, and end or hand over what it made?", yes=yes)
    found = run(
        lambda session, _: partners.set_client_active(
            session, client_id, active=False, actor=actor(), hand_over_to=hand_over_to
        )
    )
    _need(found)


@app.command("start")
def start_client(client_id: Typed) -> None:
    """Let a client in again. What ended with it stays ended until somebody lets it go on."""
    _need(run(lambda session, _: partners.set_client_active(session, client_id, active=True, actor=actor())))


@app.command("list")
def list_clients(organisation: MaybeOrganisation = None, as_json: AsJson = False) -> None:
    """Clients, with how many keys they have and the webhooks that they answer for."""

    async def work(session: AsyncSession, _: Settings) -> list[tuple[Any, list[Any]]]:
        found = await find_organisation(session, organisation) if organisation else None
        return await queries.list_clients(session, organisation_id=found.id if found else None)

    show_rows([_shown(row, made) for row, made in run(work)], as_json=as_json)


@app.command("show")
def show_client(client_id: Typed, as_json: AsJson = False) -> None:
    """One client, with its scopes, its quota and when it was made."""
    all_of_them = run(lambda session, _: queries.list_clients(session, organisation_id=None))
    found = next(((row, made) for row, made in all_of_them if row.id == client_id), None)
    if found is None:
        raise NotFound(_NONE)
    row, made = found
    more = {"scopes": list(row.scopes), "quota": row.quota, "created_at": row.created_at, "ended": row.ends}
    show_one({**_shown(row, made), **more}, as_json=as_json)


def _shown(row: Any, made: list[Any]) -> dict[str, Any]:
    webhooks = [f"{each.subscription_id} {each.status}" for each in made]
    return {
        "id": row.id, "active": row.active, "role": row.role, "keys": row.keys, "organisation": row.organisation,
        "name": row.name, "webhooks": webhooks,
    }  # fmt: skip


@app.command("rename")
def rename_client(client_id: Typed, new_name: Typed, name_confirmed: Confirmed = False) -> None:
    """Call a client something else, for people; its id and secret stay."""
    _need(
        run(
            lambda session, _: renaming.rename_client(
                session, client_id, new_name, actor=actor(), name_confirmed=name_confirmed
            )
        )
    )


@app.command("rotate")
def rotate_secret(
    client_id: Typed,
    overlap_hours: Annotated[
        float, typer.Option(min=0, max=_MOST_HOURS, help="How long the old secret still holds; 0 if it leaked.")
    ] = 24,
    end_webhooks: Annotated[bool, typer.Option("--end-webhooks", help="End the webhooks it made as well.")] = False,
    yes: Yes = False,
) -> None:
    """Give a client a new secret and print it, this once. With 0 hours its tokens end too; its webhooks go on."""
    if isnan(overlap_hours):  # which lies between all bounds
        raise typer.BadParameter("The overlap is a number of hours.")
    if end_webhooks or not overlap_hours:
        ask_first("End the secret, or webhooks, that are in use now?", yes=yes)
    overlap = timedelta(hours=overlap_hours)
    secret = run(
        lambda session, settings: partners.rotate_secret(
            session, client_id, overlap=overlap, pepper=settings.pepper, now=datetime.now(UTC), actor=actor(),
            end_webhooks=end_webhooks,
        )
    )  # fmt: skip
    show(f"client_id:     {client_id}\nclient_secret: {secret}")


_NONE = "There is no such client. `samsyn admin client list` shows them."


def _need(found: bool) -> None:
    if not found:
        raise NotFound(_NONE)
