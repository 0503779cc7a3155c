"""Writers that make order hard to keep, the readers one would think of first, and the check both are held to."""

import asyncio
import itertools
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import Received
from shared.database import Database
from shared.travel.envelope import unseal
from shared.travel.outbox import announce
from tests.support.make.facts import Counted, make_fact
from tests.support.make.kit import opened, rows
from tests.support.servers import postgres
from tests.support.servers.postgres import connected

WRITERS = 12

NAIVE = """
    SELECT id AS mark, key, headers::json ->> 'ce_sequence' AS number FROM outbox WHERE id > $1 ORDER BY id
"""
# The usual repair of the naive one: by transaction, and only below the oldest that still runs.
BY_TRANSACTION = """
    SELECT xmin::text::bigint * 1000000 + id % 1000000 AS mark, key, headers::json ->> 'ce_sequence' AS number
    FROM outbox
    WHERE xmin::text::bigint * 1000000 + id % 1000000 > $1
      AND xmin::text::bigint < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    ORDER BY xmin::text::bigint, id
"""
Told = tuple[str, int]


class Cursor:
    """A reader that remembers how far it came, and all it saw."""

    def __init__(self, tables: postgres.Database, query: str) -> None:
        self._tables, self._query = tables, query
        self._mark = 0
        self.seen: list[Told] = []

    async def read(self) -> None:
        """See what is new."""
        async with connected(self._tables.admin_url) as reader:
            for row in await reader.fetch(self._query, self._mark):
                self.seen.append((row["key"], int(row["number"])))
                self._mark = max(self._mark, row["mark"])

    async def follow(self, until: "asyncio.Future[list[None]]") -> None:
        """Read again and again while something runs, and once more afterwards."""
        last = False
        while not last:
            last = until.done()
            await self.read()


def check_order(seen: Iterable[Told], *, committed: dict[str, int], who: str) -> None:
    """Print the counts, then hold them to: nothing lost, nothing out of order. A repeat is neither."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for key, number in seen:
        if number not in numbers[key]:
            numbers[key].append(number)
    written, found = sum(committed.values()), sum(map(len, numbers.values()))
    inversions = sum(after < before for each in numbers.values() for before, after in itertools.pairwise(each))
    print(f"{who}: written {written}, seen {found}, lost {written - found}, inversions {inversions}")
    assert found == written, "lost"
    assert inversions == 0, "out of order"


def told(messages: Iterable[Received]) -> list[Told]:
    """What messages on the bus say, in their order."""
    found = (unseal(each).message for each in messages)
    return [(each.item, each.number) for each in found if isinstance(each, Counted)]


async def committed(tables: postgres.Database) -> dict[str, int]:
    """How many messages each item has told."""
    return dict(await rows(tables, "SELECT name, number FROM item WHERE number > 0"))


async def change(session: AsyncSession, fact: type[Counted], name: str) -> None:
    """Change an item and tell it; until the end of the transaction nobody else can."""
    upsert = (
        "INSERT INTO item VALUES (:name, 1) ON CONFLICT (name) DO UPDATE SET number = item.number + 1 RETURNING number"
    )
    number = (await session.execute(text(upsert), {"name": name})).scalar_one()
    await announce(session, make_fact(fact, item=name, number=number))


async def write_elsewhere(session: AsyncSession) -> None:
    """Give the transaction its number long before it has the aggregate."""
    await session.execute(text("INSERT INTO tally VALUES (gen_random_uuid()::text, 0)"))


@asynccontextmanager
async def writers(
    tables: postgres.Database, fact: type[Counted], *, seconds: float, items: int
) -> AsyncIterator["asyncio.Future[list[None]]"]:
    """Twelve of them at once, each slow at random and giving up one time in ten; and the future that they are done."""
    async with opened(tables, connections=WRITERS) as database:
        until = asyncio.get_running_loop().time() + seconds
        each = (_write(database, fact, items=items, seed=seed, until=until) for seed in range(WRITERS))
        finished = asyncio.gather(*each)
        yield finished
        await finished


async def _write(database: Database, fact: type[Counted], *, items: int, seed: int, until: float) -> None:
    rng = random.Random(seed)
    while asyncio.get_running_loop().time() < until:
        async with database.sessions() as session:
            if rng.random() < 0.7:
                await write_elsewhere(session)
                await asyncio.sleep(rng.uniform(0, 0.01))
            await change(session, fact, f"item-{rng.randrange(items)}")
            await asyncio.sleep(rng.uniform(0, 0.01))
            await (session.rollback() if rng.random() < 0.1 else session.commit())
