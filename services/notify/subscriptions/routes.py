"""HTTP in: parse, call one command or query, shape the answer. All of it belongs to the caller's organisation."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response

from services.notify.subscriptions import commands, queries
from services.notify.subscriptions.schemas import (
    KeptSecret,
    KeptSubscription,
    NewSecret,
    NewSubscription,
    RotatedSecret,
    Subscription,
    SubscriptionChange,
    SubscriptionPage,
    SubscriptionWithSecret,
)
from services.notify.webhooks.addresses import check_nobody_within
from shared.access import TO_BE_TOLD, Principal
from shared.access.door import may
from shared.database import Session
from shared.http.costs import costing
from shared.http.cursors import Cursor
from shared.http.once import Once
from shared.http.operations import Operation
from shared.http.preconditions import IfMatchForMost, IfMatchIfSent, bears, etag
from shared.http.problems import After, Limit, problems
from shared.ids import ordered_uuid7
from shared.privacy.beside import admit
from shared.privacy.free_text import keep_confirmed

router = APIRouter(route_class=Operation, tags=["webhooks"])
PAGES = Cursor("subscriptions", kinds=(UUID,))

Writer = Annotated[Principal, may("subscriptions:write")]
Subscriber = Annotated[Principal, may(*TO_BE_TOLD)]
Id = Annotated[UUID, Path(alias="id")]


@router.post(
    "/subscriptions",
    status_code=201,
    responses=problems(400, 409, 413, 429) | bears("ETag", "Location", status=201),
    openapi_extra=costing(5),
)
async def create_subscription(
    body: NewSubscription, request: Request, session: Session, principal: Subscriber, once: Once, response: Response
) -> SubscriptionWithSecret:
    """Subscribe to messages. The answer holds the signing secret, which is shown this once."""
    check_nobody_within(body.url)
    confirmed = await admit(request, body, principal=principal)
    await queries.check_areas(session, body.area_codes)
    await request.app.state.sender.admit(body.url, of=principal.organisation_id)
    new, keys = KeptSubscription(id=ordered_uuid7(), secret_id=ordered_uuid7()), request.app.state.keys
    secret, sealed = commands.make_secret(new.secret_id, owner=new.id, scheme=body.signature, keys=keys)

    async def create() -> None:
        await commands.create_subscription(session, new.id, principal=principal, secret=sealed, **body.model_dump())
        await keep_confirmed(session, {new.id: confirmed}, principal=principal)

    kept = await once.known(principal, new, create)
    if kept is not new:
        secret = await queries.get_secret(session, kept.secret_id, subscription_id=kept.id, keys=keys)
    row = await queries.get_subscription(session, kept.id, principal=principal)
    response.headers["Location"] = f"/samsyn/v1/subscriptions/{kept.id}"
    response.headers["ETag"] = etag(row["version"])
    return SubscriptionWithSecret(**row, secret=_shown(secret))


@router.get("/subscriptions", responses=problems(400))
async def list_subscriptions(
    session: Session, principal: Writer, limit: Limit = 20, cursor: After = None
) -> SubscriptionPage:
    """The subscriptions of the caller's organisation, the last made first."""
    after = PAGES.decode(cursor)
    rows = await queries.list_subscriptions(
        session, principal=principal, before=after[0] if after else None, limit=limit + 1
    )
    page = [Subscription(**row) for row in rows[:limit]]
    return SubscriptionPage(subscriptions=page, next_cursor=PAGES.encode(page[-1].id) if len(rows) > limit else None)


@router.get("/subscriptions/{id}", responses=problems(404) | bears("ETag"))
async def get_subscription(
    subscription_id: Id, session: Session, principal: Writer, response: Response
) -> Subscription:
    """One subscription, without its secret. Its ETag is what a change must match."""
    return _with_etag(await queries.get_subscription(session, subscription_id, principal=principal), response)


@router.patch(
    "/subscriptions/{id}", responses=problems(400, 404, 412, 413, 428) | bears("ETag"), openapi_extra=costing(5)
)
async def change_subscription(
    subscription_id: Id,
    body: SubscriptionChange,
    request: Request,
    session: Session,
    principal: Subscriber,
    versions: IfMatchForMost,
    response: Response,
) -> Subscription:
    """Change where a subscription leads, what it asks for, or whether it goes on; what is left out stays.

    What GET gave can be sent back whole. Another URL gets what still waits, too, and is verified anew by a test
    message; the secret stays. What happens while it is paused waits; a disabled one gets nothing new. If-Match is
    needed for all but the status alone.
    """

    async def read() -> Subscription:
        return Subscription(**await queries.get_subscription(session, subscription_id, principal=principal))

    check_nobody_within(body.url or "")
    confirmed, state = await body.admit(request, principal=principal, read=read), request.app.state
    before = await read()
    said = body.model_dump(exclude_unset=True)
    if "area_codes" in said:
        await queries.check_areas(session, said["area_codes"])
    if said.get("url", before.url) != before.url:
        await state.sender.admit(said["url"], of=principal.organisation_id)
    await commands.change_subscription(
        session, subscription_id, said, principal=principal, versions=versions, within_s=state.settings.lease_s
    )
    body.check_read_only(before)
    await keep_confirmed(session, {subscription_id: confirmed}, principal=principal)
    state.wake.after_change(session, subscription_id)
    return _with_etag(await queries.get_subscription(session, subscription_id, principal=principal), response)


@router.delete("/subscriptions/{id}", status_code=204, responses=problems(400, 404, 412))
async def delete_subscription(
    subscription_id: Id, session: Session, principal: Writer, versions: IfMatchIfSent = None
) -> None:
    """End a subscription. What was still to be sent is dropped."""
    await commands.delete_subscription(session, subscription_id, principal=principal, versions=versions)


@router.post("/subscriptions/{id}/secret", responses=problems(400, 404, 409))
async def replace_secret(
    subscription_id: Id,
    body: Annotated[NewSecret, Body(default_factory=NewSecret)],
    request: Request,
    session: Session,
    principal: Writer,
    once: Once,
) -> RotatedSecret:
    """Get a new signing secret, shown this once. Until the overlap ends webhooks carry both signatures."""
    subscription = await queries.get_subscription(session, subscription_id, principal=principal)
    new = KeptSecret(secret_id=ordered_uuid7(), old_until=datetime.now(UTC) + timedelta(hours=body.overlap_hours))
    scheme, keys = subscription["signature"], request.app.state.keys
    secret, sealed = commands.make_secret(new.secret_id, owner=subscription_id, scheme=scheme, keys=keys)

    async def replace() -> None:
        await commands.replace_secret(
            session, subscription_id, principal=principal, secret=sealed, old_until=new.old_until
        )

    kept = await once.known(principal, new, replace)
    if kept is not new:
        secret = await queries.get_secret(session, kept.secret_id, subscription_id=subscription_id, keys=keys)
    return RotatedSecret(secret=_shown(secret), public_key=commands.public_half(secret), old_until=kept.old_until)


def _with_etag(row: Mapping[str, Any], response: Response) -> Subscription:
    response.headers["ETag"] = etag(row["version"])
    return Subscription(**row)


def _shown(secret: str) -> str | None:
    """What the receiver needs of a secret: all of a shared one, nothing of a private key."""
    return secret if secret.startswith("whsec_") else None
