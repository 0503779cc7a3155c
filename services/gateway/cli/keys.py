"""`samsyn admin key`: API keys, for systems that cannot ask for tokens. A key is printed once, when it is made."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer

from services.gateway.access import partners, queries
from services.gateway.cli.running import ACTOR, HandOverTo, Typed, run, show, text

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
            actor=ACTOR,
        )
    )
    print(f"key_id:  {key_id}\napi_key: {key}")


@app.command("list")
def list_keys(
    client_id: Annotated[str | None, typer.Argument(parser=text, help="Of this client; else of all.")] = None,
) -> None:
    """API keys, the newest first: how each begins and ends, whose it is, until when it opens, when it was last used."""
    now = datetime.now(UTC)
    for row in run(lambda session, _: queries.list_keys(session, client_id=client_id)):
        over = row.expires_at is not None and row.expires_at <= now
        standing = "revoked" if row.revoked_at else "expired" if over else "open   "
        ends = f"until {row.expires_at:%Y-%m-%d}" if row.expires_at else "without end"
        used = f"used {row.last_used_at:%Y-%m-%d %H:%M}Z" if row.last_used_at else "never used"
        show(f"{row.id}  {row.hint}  {standing}  {ends}  {used}  {row.client_id}  {row.name}, {row.organisation}")


@app.command("revoke")
def revoke_key(key_id: UUID, hand_over_to: HandOverTo = None) -> None:
    """End a key; it is refused within a second. What was made with it ends, or is handed over."""
    run(
        lambda session, _: partners.revoke_api_key(
            session, key_id, now=datetime.now(UTC), actor=ACTOR, hand_over_to=hand_over_to
        )
    )
