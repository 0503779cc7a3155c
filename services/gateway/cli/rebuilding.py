"""`samsyn rebuild`: the read model made again from the bus."""

import asyncio

import typer

from services.gateway.readmodel.rebuilding import rebuild as rebuild_read_model
from services.gateway.settings import Settings
from shared.bus.opening import open_bus
from shared.errors import ITSELF, Conflict
from shared.service import open_database
from shared.settings import read
from shared.terminal import show

rebuild_app = typer.Typer()


@rebuild_app.command()
def rebuild() -> None:
    """Make the gateway's read model again from the bus. Stop the gateway first, and start it afterwards."""

    async def work() -> None:
        settings = read(Settings)
        database, bus = open_database("gateway", settings), open_bus(settings.bus_url)
        await bus.start()
        try:
            await rebuild_read_model(database, bus)
        except Conflict:
            raise Conflict(
                "The gateway is running, and nothing was changed. Stop it (`samsyn down` on one machine), rebuild, and"
                " start it again.",
                code="running",
                of=ITSELF,
            ) from None
        finally:
            await bus.stop()
            await database.stop()

    asyncio.run(work())
    show("The read model is empty; the gateway fills it from the bus when it runs.")
