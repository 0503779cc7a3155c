"""HTTP in: test sends, the delivery log, and replays. All of it belongs to the caller's organisation."""

from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request

from services.notify.deliveries import commands, queries
from services.notify.deliveries.schemas import Attempt, Attempts, Delivery, DeliveryPage, QueuedDelivery
from services.notify.subscriptions.queries import get_subscription
from shared.access import TO_BE_TOLD, Principal
from shared.access.door import may
from shared.database import Session
from shared.http.costs import costing
from shared.http.cursors import Cursor
from shared.http.once import Once
from shared.http.operations import Operation
from shared.http.problems import After, Limit, problems
from shared.ids import uuid7

router = APIRouter(route_class=Operation, tags=["webhooks"])
PAGES = Cursor("deliveries", kinds=(UUID,))

Writer = Annotated[Principal, may("subscriptions:write")]
Subscriber = Annotated[Principal, may(*TO_BE_TOLD)]
Id = Annotated[UUID, Path(alias="id")]


@router.post("/subscriptions/{id}/test", status_code=202, responses=problems(400, 404, 409), openapi_extra=costing(5))
async def send_test(
    subscription_id: Id, request: Request, session: Session, principal: Writer, once: Once
) -> QueuedDelivery:
    """Send a test message, by the very way that live ones go. Its attempts tell what came of it.

    A receiver that answers it with `data.challenge` and nothing else, as plain text, proves that the endpoint is yours:
    from then on the first 1 kB of its answers is kept.
    """

    async def queue() -> QueuedDelivery:
        now = datetime.now(UTC)
        delivery_id = await commands.send_test(
            session, subscription_id, principal=principal, message_id=uuid7(), challenge=token_urlsafe(32), now=now
        )
        request.app.state.wake.after_asking(session, subscription_id)
        return QueuedDelivery(delivery_id=delivery_id)

    return await once(principal, QueuedDelivery, queue)


@router.get("/subscriptions/{id}/deliveries", responses=problems(400, 404))
async def list_deliveries(
    subscription_id: Id, session: Session, principal: Subscriber, limit: Limit = 20, cursor: After = None
) -> DeliveryPage:
    """The delivery log of a subscription: the last day first, and within a day by chance."""
    subscription = await get_subscription(session, subscription_id, principal=principal)
    after = PAGES.decode(cursor)
    before = after[0] if after else None
    role = subscription["role"]
    rows = await queries.list_deliveries(session, subscription_id, role=role, before=before, limit=limit + 1)
    page = [Delivery(**row) for row in rows[:limit]]
    return DeliveryPage(deliveries=page, next_cursor=PAGES.encode(page[-1].id) if len(rows) > limit else None)


@router.get("/deliveries/{id}/attempts", responses=problems(404))
async def list_attempts(delivery_id: Id, session: Session, principal: Subscriber) -> Attempts:
    """Every attempt of one delivery, the first first."""
    rows = await queries.list_attempts(session, delivery_id, principal=principal)
    return Attempts(attempts=[Attempt(**row) for row in rows])


@router.post("/deliveries/{id}/replay", status_code=202, responses=problems(400, 404, 409), openapi_extra=costing(5))
async def replay_delivery(
    delivery_id: Id, request: Request, session: Session, principal: Subscriber, once: Once
) -> QueuedDelivery:
    """Send a delivery again, whatever came of it: the same `webhook-id`, and `webhook-replay: true`."""

    async def queue() -> None:
        subscription_id = await commands.replay_delivery(session, delivery_id, principal=principal)
        request.app.state.wake.after_asking(session, subscription_id)

    return await once.known(principal, QueuedDelivery(delivery_id=delivery_id), queue)
