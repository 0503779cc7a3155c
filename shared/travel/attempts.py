"""Work in a transaction of a consumer, tried again where that may help; `runner` decides what becomes of the rest."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database import Database, is_passing
from shared.errors import Refusal, Unavailable
from shared.travel.envelope import Unreadable

log = structlog.get_logger()

Work = Callable[[AsyncSession], Awaitable[int]]

# What may pass by itself (a deadlock, a lock not had in time) is tried again after each of these; a handler's own
# fault only after the first, because everything else waits meanwhile.
RETRIES_S = (0.1, 1.0, 5.0)
AWAY_S = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of some work: how many messages were new to it, or the failure that stays after so many tries."""

    fresh: int
    failure: Exception | None = None
    tries: int = 1


async def attempt(work: Work, *, database: Database, consumer: str, alone: bool) -> Outcome:
    """Do some work in a transaction, and again where that may help.

    Work on several messages (not `alone`) is not repeated: it can be halved. The database being away never counts as
    a try, so it parks nothing: it is waited out, for as long as it takes.
    """
    tries = 0
    while True:
        try:
            async with database.sessions() as session, session.begin():
                fresh = await work(session)
            return Outcome(fresh, tries=tries + 1)
        except Exception as caught:  # the consumer's edge: every failure is retried, parked or logged
            failure = caught
        away = is_passing(failure) and await _is_away(database)
        tries = 0 if away else tries + 1
        if not away and (not alone or tries > _retries(failure)):
            return Outcome(0, failure, tries)
        delay_s = AWAY_S if away else RETRIES_S[tries - 1]
        facts = {"reason": type(failure).__name__, "database.away": away, "retry.s": delay_s}
        log.warning("consumer.retry", consumer=consumer, **facts)
        await asyncio.sleep(delay_s)


def is_answer(failure: Exception) -> bool:
    """A refusal is what the handler has to say about the message; only something being away is not."""
    return isinstance(failure, Refusal) and not isinstance(failure, Unavailable)


def reason_of(failure: Exception) -> str:
    """Why a message could not be handled, without anything that stood in it."""
    if isinstance(failure, Refusal):
        return failure.code
    return f"{type(failure).__name__}: {failure}" if isinstance(failure, Unreadable) else type(failure).__name__


def _retries(failure: Exception) -> int:
    if is_answer(failure) or isinstance(failure, Unreadable):
        return 0
    return len(RETRIES_S) if is_passing(failure) else 1


async def _is_away(database: Database) -> bool:
    try:
        await database.ping()
    except Unavailable:
        return True
    return False
