"""Publishes whatever unit is over, in whichever process comes first."""

from datetime import UTC, datetime
from functools import partial

import structlog
from fastapi import FastAPI

from services.reports.publications import commands, queries
from services.reports.publications.domain import Calendar, due
from shared.database import Database
from shared.working import keep_looking

log = structlog.get_logger()

_LOOK_S = 10.0


async def keep_publishing(app: FastAPI) -> None:
    """Look every ten seconds whether a unit of days is over that was not published."""
    await keep_looking("publications", partial(publish_due, app), every_s=_LOOK_S, give_up=_give_up)


async def publish_due(app: FastAPI, *, now: datetime | None = None) -> int | None:
    """Publish what is due at a moment, in one transaction. Returns the publication's number, None where nothing is."""
    database: Database = app.state.database
    here, zone = app.state.settings.municipality, app.state.ground.zone
    now = now or datetime.now(UTC)
    today = now.astimezone(zone).date()
    async with database.sessions() as session, session.begin():
        settings = Calendar(start=here.cycle_start, days=here.publication_days)
        calendar = await queries.find_calendar(session) or settings
        if due(await queries.find_last(session), today=today, calendar=calendar) is None:
            return None
        await commands.take_turn(session)
        last = await queries.find_last(session)
        through = due(last, today=today, calendar=calendar)
        if through is None or (last is None and not await queries.may_begin(session, through=through, now=now)):
            return None
        number = await commands.publish(session, last, through=through, calendar=calendar, now=now, today=today)
    log.info("publication.closed", **{"publication.number": number, "publication.through": through.isoformat()})
    return number


async def _give_up(_: Exception) -> None:
    # Nothing of it was stored, and intake does not end for want of a publication: the next look tries again.
    log.exception("publications.unexpected")
