"""The gateway, put together."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from joserfc.jwk import OKPKey

from services.gateway import pages
from services.gateway.access import tokens
from services.gateway.access.directory import Directory, PublicDoor
from services.gateway.access.limits import Limiter
from services.gateway.access.proxies import Proxied
from services.gateway.access.shares import Shares
from services.gateway.access.strangers import Strangers
from services.gateway.languages import LOCALE
from services.gateway.proxy import callers, catalogue, forwarding
from services.gateway.proxy import routes as about
from services.gateway.proxy.clients import Addresses, Services
from services.gateway.readmodel import routes
from services.gateway.readmodel.consumers import consumers
from services.gateway.readmodel.domain import Cursors
from services.gateway.readmodel.remembered import Remembered
from services.gateway.readmodel.topic import Cycle
from services.gateway.settings import Settings
from shared.access.door import Door
from shared.access.memory import Memory
from shared.service import background, create_service
from shared.settings import read


def build(settings: Settings | None = None, *, locale: Path = LOCALE) -> FastAPI:
    """The gateway, its pages in the languages of a folder of catalogues. Raises WrongSettings."""
    settings = settings or read(Settings)
    here = settings.municipality
    cycle = Cycle(here.cycle_start, here.cycle_days)
    table = catalogue.committed_routes()
    large = (settings.body_limit_bytes, settings.request_timeout_s)
    streams = (settings.stream_limit_bytes, settings.stream_timeout_s)
    # How long an export may take is for its service to say.
    exports = (settings.body_limit_bytes, settings.stream_timeout_s)
    app = create_service(
        "gateway",
        settings,
        routers=[tokens.router, routes.router, about.router, callers.router, pages.router],
        consumers=consumers(cycle),
        lifespan=calling(settings, table),
        generous={catalogue.PREFIX + route.path: streams for route in table if route.streamed}
        | {catalogue.PREFIX + route.path.partition("{")[0]: large for route in table if route.may_be_large}
        | {"/import": streams, "/areas": streams}
        | dict.fromkeys((f"{catalogue.PREFIX}/reports.csv", "/reports.csv"), exports),
        from_strangers={"/sign-in": pages.MOST_AT_SIGN_IN},
    )
    # First: most requests are theirs, and a request tries routes in their order (measured: a third of its work here).
    app.router.routes[:0] = forwarding.forwarded(table)
    app.state.cycle, app.state.zone = cycle, ZoneInfo(here.time_zone)
    app.state.remembered, app.state.cursors = Remembered(), Cursors.of(settings.pepper)
    app.state.published = Memory()
    app.state.token_key = OKPKey.import_key(json.loads(settings.token_key))
    # Callers of the gateway show the tokens it issued itself; services are shown those of `Services`.
    app.state.tokens = Door(app.state.token_key, issuer=settings.public_url, audience=tokens.AUDIENCE)
    pages.add_pages(app, locale=locale)
    pages.add_edge(app)
    app.state.bounds = settings.bounds
    app.add_middleware(Strangers)
    app.add_middleware(Proxied, trusted=settings.bounds.proxies)
    return app


def calling(settings: Settings, table: Sequence[catalogue.Route]):  # type: ignore[no-untyped-def]
    """Keep connections to the other services, and know who may call, while the gateway lives."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        addresses = Addresses(
            urls={service: settings.url_of(service) for service in catalogue.services_of(table)},
            connect_timeout_s=settings.connect_timeout_s,
            answer_timeout_s=settings.answer_timeout_s,
        )
        app.state.services = Services(addresses, key=OKPKey.import_key(json.loads(settings.internal_key)))
        await app.state.services.start()
        directory = Directory(app.state.database, quota=settings.quota_requests)
        limiter = Limiter(settings.quota_window_s)
        app.state.directory, app.state.shares = directory, Shares()
        app.state.door = PublicDoor(
            app.state.tokens, directory, pepper=settings.pepper, limiter=limiter, of_all=settings.quota_organisation
        )
        async with background("directory", directory.keep):
            yield
        await app.state.services.stop()

    return life
