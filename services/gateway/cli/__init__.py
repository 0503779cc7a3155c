"""`samsyn admin`: who may call, by noun. And `samsyn rebuild`: the read model made again from the bus."""

from typing import Annotated

import typer

from services.gateway.access import queries
from services.gateway.cli import clients, keys, organisations, subscriptions, users
from services.gateway.cli.rebuilding import rebuild_app
from services.gateway.cli.running import AsJson, name_operator, run, show_rows

app = typer.Typer(no_args_is_help=True)


@app.callback()
def name_who_does_it(
    by: Annotated[
        str | None, typer.Option("--by", help="Who gives the command, for the audit trail; else the account.")
    ] = None,
) -> None:
    """Organisations, their clients, keys and webhooks, people, and who changed what of them."""
    name_operator(by)


app.add_typer(organisations.app, name="organisation")
app.add_typer(clients.app, name="client")
app.add_typer(users.app, name="user")
app.add_typer(keys.app, name="key")
app.add_typer(subscriptions.app, name="subscription")


@app.command("audit")
def show_audit(last: Annotated[int, typer.Option(min=1, max=10_000)] = 50, as_json: AsJson = False) -> None:
    """Who changed what of who may call, newest first."""
    rows = run(lambda session, _: queries.list_audit(session, limit=last))
    detail = [{"detail": row.detail} if as_json else {} for row in rows]
    show_rows(
        [
            {"at": row.at, "actor": row.actor, "action": row.action, "object": row.object, **more}
            for row, more in zip(rows, detail, strict=True)
        ],
        as_json=as_json,
    )


__all__ = ["app", "rebuild_app"]
