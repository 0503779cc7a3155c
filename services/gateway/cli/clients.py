"""`samsyn admin client`: systems that call the API. A secret is printed once, when it is made, and stored nowhere."""

from datetime import UTC, datetime, timedelta
from math import isnan
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access import partners, queries
from services.gateway.cli.running import (
    ACTOR,
    Confirmed,
    HandOverTo,
    MaybeOrganisation,
    OrganisationArgument,
    Role,
    Typed,
    find_organisation,
    run,
    show,
    text,
)
from services.gateway.settings import Settings
from shared.errors import Invalid

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
            actor=ACTOR,
            quota=quota,
            name_confirmed=name_confirmed,
        )

    client_id, secret = run(work)
    print(f"client_id:     {client_id}\nclient_secret: {secret}")


@app.command("stop")
def stop_client(client_id: Typed, hand_over_to: HandOverTo = None) -> None:
    """Shut a client out, with its keys and tokens, within a second. What it made ends, or is handed over."""
    found = run(
        lambda session, _: partners.set_client_active(
            session, client_id, active=False, actor=ACTOR, hand_over_to=hand_over_to
        )
    )
    _need(found, client_id)


@app.command("start")
def start_client(client_id: Typed) -> None:
    """Let a client in again. What ended with it stays ended until somebody lets it go on."""
    _need(run(lambda session, _: partners.set_client_active(session, client_id, active=True, actor=ACTOR)), client_id)


@app.command("list")
def list_clients(organisation: MaybeOrganisation = None) -> None:
    """Clients, and under each the webhooks that it answers for."""

    async def work(session: AsyncSession, _: Settings) -> list[tuple[Any, list[Any]]]:
        found = await find_organisation(session, organisation) if organisation else None
        return await queries.list_clients(session, organisation_id=found.id if found else None)

    for row, made in run(work):
        standing = "active " if row.active else "stopped"
        show(f"{row.id}  {standing}  {row.role:<16} {row.keys} keys  {row.name}, {row.organisation}")
        for each in made:
            show(f"    webhook {each.subscription_id}  {each.status}")


@app.command("rotate")
def rotate_secret(
    client_id: Typed,
    overlap_hours: Annotated[
        float, typer.Option(min=0, max=_MOST_HOURS, help="How long the old secret still holds; 0 if it leaked.")
    ] = 24,
    end_webhooks: Annotated[bool, typer.Option("--end-webhooks", help="End the webhooks it made as well.")] = False,
) -> None:
    """Give a client a new secret and print it, this once. With 0 hours its tokens end too; its webhooks go on."""
    if isnan(overlap_hours):  # which lies between all bounds
        raise typer.BadParameter("The overlap is a number of hours.")
    overlap = timedelta(hours=overlap_hours)
    secret = run(
        lambda session, settings: partners.rotate_secret(
            session, client_id, overlap=overlap, pepper=settings.pepper, now=datetime.now(UTC), actor=ACTOR,
            end_webhooks=end_webhooks,
        )
    )  # fmt: skip
    print(f"client_id:     {client_id}\nclient_secret: {secret}")


def _need(found: bool, client_id: str) -> None:
    if not found:
        raise Invalid(f"There is no client {client_id}.")
