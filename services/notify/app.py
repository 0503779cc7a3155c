"""The notify service, put together."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

from fastapi import FastAPI

from services.notify.deliveries import routes as deliveries
from services.notify.deliveries.dispatcher import Dispatcher
from services.notify.deliveries.outcomes import Outcomes
from services.notify.deliveries.waking import Wake
from services.notify.matching.consumers import consumer
from services.notify.settings import Settings
from services.notify.subscriptions import routes as subscriptions
from services.notify.webhooks.sender import NameLookUp, Sender
from shared.service import background, create_service
from shared.settings import read
from shared.travel import endings


def build(settings: Settings | None = None) -> FastAPI:
    """The service. Raises WrongSettings."""
    settings = settings or read(Settings)
    wake = Wake()
    app = create_service(
        "notify",
        settings,
        routers=[subscriptions.router, deliveries.router],
        consumers=[consumer(wake)],
        forgets=[endings.forget],
        lifespan=dispatching,
    )
    app.state.wake, app.state.keys = wake, settings.ring
    return app


@asynccontextmanager
async def dispatching(app: FastAPI) -> AsyncIterator[None]:
    """Send webhooks while the service lives; at its end give back what waits and store what came of the rest."""
    # Requests make many small objects that live for a moment; looking for cycles among them as often as Python does by
    # default took a fifth of the processor time of a delivery (measured).
    gc.set_threshold(20_000, 50, 50)
    settings: Settings = app.state.settings
    look_up = NameLookUp()
    app.state.sender = sender = Sender(allowed=settings.reach, look_up=look_up, total_s=settings.send_timeout_s)
    outcomes = Outcomes(app.state.database)
    dispatcher = Dispatcher(
        database=app.state.database,
        sender=sender,
        outcomes=outcomes,
        wake=app.state.wake,
        settings=settings,
        rng=Random(),
    )
    async with background("outcomes", outcomes.run):
        async with background("dispatcher", dispatcher.run):
            yield
        await dispatcher.stop()
        await outcomes.drained(timeout_s=5)
    await sender.close()
    look_up.close()
