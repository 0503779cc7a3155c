"""`samsyn admin subscription`: the webhooks of all organisations. What they ask for is said by the API."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access import ending, queries
from services.gateway.cli.running import (
    AsJson,
    MaybeOrganisation,
    Yes,
    actor,
    ask_first,
    find_organisation,
    run,
    show_one,
    show_rows,
)
from services.gateway.settings import Settings
from shared.errors import NotFound

app = typer.Typer(no_args_is_help=True, help="Webhooks.")
_NONE = "There is no such webhook. `samsyn admin subscription list` shows them."


@app.command("list")
def list_subscriptions(organisation: MaybeOrganisation = None, as_json: AsJson = False) -> None:
    """Webhooks, who answers for each, and whether it is active, paused or disabled."""

    async def work(session: AsyncSession, _: Settings) -> Sequence[Any]:
        found = await find_organisation(session, organisation) if organisation else None
        return await queries.list_subscriptions(session, organisation_id=found.id if found else None)

    show_rows([_shown(row) for row in run(work)], as_json=as_json)


@app.command("show")
def show_subscription(subscription_id: UUID, as_json: AsJson = False) -> None:
    """One webhook, by its id."""
    rows = run(lambda session, _: queries.list_subscriptions(session, organisation_id=None))
    row = next((each for each in rows if each.subscription_id == subscription_id), None)
    if row is None:
        raise NotFound(_NONE)
    show_one({**_shown(row), "organisation_id": row.organisation_id, "changes": row.sequence}, as_json=as_json)


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.subscription_id, "status": row.status, "organisation": row.organisation, "made_by": row.made_by,
        "name": row.name,
    }  # fmt: skip


@app.command("stop")
def stop_subscription(subscription_id: UUID, yes: Yes = False) -> None:
    """Stop a webhook, once notify has heard of it. What waits for it is dropped; its organisation may let it go on."""
    ask_first("Stop it, and drop what waits for it?", yes=yes)
    if not run(lambda session, _: ending.stop_subscription(session, subscription_id, actor=actor())):
        raise NotFound(_NONE)
