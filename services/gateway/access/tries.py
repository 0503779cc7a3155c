"""Tries to get in, counted by digests of account, client and address, and held back when there were many.

People's passwords are weak enough to guess: each try counts before the password is looked at. Clients' secrets are
not, and one client may ask from many processes at once: there only what was wrong counts. Whoever guesses is held back
as the account or client that they guess; an address has many behind it, who are not all to wait for one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.tables import sign_in_tries
from shared.errors import TooMany

TRIES_WINDOW = timedelta(minutes=10)
_TAKE_TRIES = sa.text("""
    INSERT INTO sign_in_tries AS known (digest, tries, since)
    SELECT digest, 1, :now FROM unnest(:digests) AS digest ORDER BY digest
    ON CONFLICT (digest) DO UPDATE SET
        tries = CASE WHEN known.since < :over THEN 1 ELSE least(known.tries + 1, 1000000) END,
        since = CASE WHEN known.since < :over THEN excluded.since ELSE known.since END
    RETURNING digest, tries, since
""").bindparams(sa.bindparam("digests", type_=ARRAY(sa.LargeBinary)))
_FORGET_TRIES = sa.text("""
    DELETE FROM sign_in_tries WHERE digest IN (
        SELECT digest FROM sign_in_tries WHERE since < :over FOR UPDATE SKIP LOCKED)
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Tries that were counted by one digest, and how long it is until they are forgotten."""

    tries: int = 0
    wait: timedelta = timedelta()


async def take_try(session: AsyncSession, digests: Sequence[bytes], *, now: datetime) -> Mapping[bytes, Counted]:
    """Count one try, or one fault, by each of these digests; one statement. What there is of each now.

    What is older than TRIES_WINDOW begins anew. A try is counted before its password is looked at, so that tries sent
    side by side count too: commit it first.
    """
    found = await session.execute(_TAKE_TRIES, {"digests": list(digests), "now": now, "over": now - TRIES_WINDOW})
    return {bytes(row.digest): Counted(tries=row.tries, wait=row.since + TRIES_WINDOW - now) for row in found}


def hold_back(counted: Mapping[bytes, Counted], limits: Mapping[bytes, int]) -> None:
    """Raise TooMany where a digest has more tries than its limit, until those are forgotten."""
    waits = [counted[digest].wait for digest, limit in limits.items() if counted[digest].tries > limit]
    if waits:
        seconds = max(1, int(max(waits).total_seconds()))
        raise TooMany("Too many tries. Wait some minutes.", retry_after_s=seconds)


async def forgive_tries(session: AsyncSession, *, account: bytes, others: Sequence[bytes], now: datetime) -> None:
    """After a sign-in that succeeded: forget the account's tries here and give each of the others back its last one."""
    await session.execute(sa.delete(sign_in_tries).where(sign_in_tries.c.digest == account))
    one_less = sa.update(sign_in_tries).values(tries=sa.func.greatest(sign_in_tries.c.tries - 1, 0))
    await session.execute(one_less.where(sign_in_tries.c.digest.in_(others)))
    await session.execute(_FORGET_TRIES, {"over": now - TRIES_WINDOW})


async def counted_tries(session: AsyncSession, digests: Sequence[bytes], *, now: datetime) -> Mapping[bytes, Counted]:
    """What was counted by each of these digests within TRIES_WINDOW; one statement."""
    known = sa.select(sign_in_tries.c.digest, sign_in_tries.c.tries, sign_in_tries.c.since)
    found = await session.execute(
        known.where(sign_in_tries.c.digest.in_(digests), sign_in_tries.c.since > now - TRIES_WINDOW)
    )
    counted = {bytes(row.digest): Counted(tries=row.tries, wait=row.since + TRIES_WINDOW - now) for row in found}
    return {digest: counted.get(digest, Counted()) for digest in digests}
