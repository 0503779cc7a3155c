"""`samsyn admin`: who may call, by noun. And `samsyn rebuild`: the read model made again from the bus."""

from typing import Annotated

import typer

from services.gateway.access import queries
from services.gateway.cli import clients, keys, organisations, users
from services.gateway.cli.rebuilding import rebuild_app
from services.gateway.cli.running import run, show

app = typer.Typer(no_args_is_help=True, help="Organisations, their clients and local accounts.")
app.add_typer(organisations.app, name="organisation")
app.add_typer(clients.app, name="client")
app.add_typer(users.app, name="user")
app.add_typer(keys.app, name="key")


@app.command("audit")
def show_audit(last: Annotated[int, typer.Option(min=1, max=10_000)] = 50) -> None:
    """Who changed what of who may call, newest first."""
    for row in run(lambda session, _: queries.list_audit(session, limit=last)):
        show(f"{row.at:%Y-%m-%d %H:%M:%S}Z  {row.actor:<14} {row.action:<22} {row.object}")


__all__ = ["app", "rebuild_app"]
