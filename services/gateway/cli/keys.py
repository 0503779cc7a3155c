"""`samsyn admin key`: API keys, for systems that cannot ask for tokens. A key is printed once, when it is made."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from services.gateway.access import partners, queries
from services.gateway.cli.running import (
    AsJson,
    HandOverTo,
    Typed,
    Yes,
    actor,
    ask_first,
    run,
    show_one,
    show_rows,
    text,
)
from shared.errors import NotFound
from shared.terminal import show

app = typer.Typer(no_args_is_help=True, help="API keys, for systems that cannot ask for tokens.")
_MOST_DAYS = 36_500


@app.command("add")
def add_key(
    client_id: Typed,
    days: Annotated[int | None, typer.Option(min=1, max=_MOST_DAYS, help="Ends after so many days.")] = 365,
) -> None:
    """Give a client an API key and print it, this once. It goes into the header X-API-Key."""
    now = datetime.now(UTC)
    key_id, key = run(
        lambda session, settings: partners.add_api_key(
            session,
            client_id,
            expires_at=now + timedelta(days=days) if days else None,
            pepper=settings.pepper,
            now=now,
            actor=actor(),
        )
    )
    show(f"key_id:  {key_id}\napi_key: {key}")


@app.command("list")
def list_keys(
    client_id: Annotated[str | None, typer.Argument(parser=text, help="Of this client; else of all.")] = None,
    as_json: AsJson = False,
) -> None:
    """API keys, the newest first: how each begins and ends, whose it is, until when it opens, when it was last used."""
    now = datetime.now(UTC)
    rows = run(lambda session, _: queries.list_keys(session, client_id=client_id))
    show_rows([_shown(row, now=now) for row in rows], as_json=as_json)


@app.command("show")
def show_key(key_id: UUID, as_json: AsJson = False) -> None:
    """One API key, by its id; the key itself is shown to nobody."""
    rows = run(lambda session, _: queries.list_keys(session, client_id=None))
    row = next((each for each in rows if each.id == key_id), None)
    if row is None:
        raise NotFound("There is no such key. `samsyn admin key list` shows them.")
    more = {"created_at": row.created_at, "revoked_at": row.revoked_at}
    show_one({**_shown(row, now=datetime.now(UTC)), **more}, as_json=as_json)


def _shown(row: Any, *, now: datetime) -> dict[str, Any]:
    over = row.expires_at is not None and row.expires_at <= now
    return {
        "id": row.id, "hint": row.hint, "state": "revoked" if row.revoked_at else "expired" if over else "open",
        "until": row.expires_at, "last_used": row.last_used_at, "client_id": row.client_id, "name": row.name,
        "organisation": row.organisation,
    }  # fmt: skip


@app.command("revoke")
def revoke_key(key_id: UUID, hand_over_to: HandOverTo = None, yes: Yes = False) -> None:
    """End a key for good; it is refused within a second. What was made with it ends, or is handed over."""
    ask_first("End it, and end or hand over what was made with it?", yes=yes)
    run(
        lambda session, _: partners.revoke_api_key(
            session, key_id, now=datetime.now(UTC), actor=actor(), hand_over_to=hand_over_to
        )
    )
