"""Why the relay reads as it does: the two usual cursors fail the check that it passes, on the same few steps."""

import pytest

from shared.bus import Bus
from shared.database import Database
from tests.support.look.bus import BusProbe
from tests.support.look.order import (
    BY_TRANSACTION,
    NAIVE,
    Cursor,
    change,
    check_order,
    committed,
    told,
    write_elsewhere,
)
from tests.support.make.facts import Counted
from tests.support.make.kit import relaying
from tests.support.servers import postgres as support
from tests.support.servers.services import wait_until


async def test_a_cursor_on_ids_loses_messages(
    database: Database, tables: support.Database, fact: type[Counted]
) -> None:
    """Ids are given out before their transactions commit, so a reader steps over one that commits late."""
    cursor = Cursor(tables, NAIVE)
    async with database.sessions() as slow, database.sessions() as quick:
        await change(slow, fact, "a")
        await change(quick, fact, "b")
        await quick.commit()
        await cursor.read()
        await slow.commit()
    await cursor.read()
    with pytest.raises(AssertionError, match="lost"):
        check_order(cursor.seen, committed=await committed(tables), who="cursor on ids")


async def test_a_cursor_on_transactions_turns_the_order_round(
    database: Database, tables: support.Database, fact: type[Counted]
) -> None:
    """A transaction's number is older than its turn at the aggregate, where it wrote something else first."""
    cursor = Cursor(tables, BY_TRANSACTION)
    async with database.sessions() as slow, database.sessions() as quick:
        await write_elsewhere(slow)
        await change(quick, fact, "a")
        await quick.commit()
        await cursor.read()
        await change(slow, fact, "a")
        await slow.commit()

    async def saw_both() -> bool:
        await cursor.read()
        return len(cursor.seen) == 2

    # It sees nothing while any transaction of the server is older, and other tests have some.
    await wait_until(saw_both, what="the cursor to see both")
    with pytest.raises(AssertionError, match="out of order"):
        check_order(cursor.seen, committed=await committed(tables), who="cursor on transactions")


async def test_the_relay_does_neither(
    tables: support.Database, database: Database, bus: Bus, fact: type[Counted]
) -> None:
    """All rows that are left, by id, deleted after the bus has them: the same steps pass the same check."""
    probe = await BusProbe(bus, [fact.topic]).start()

    async def seen(count: int) -> None:
        async def there() -> bool:
            return len(await probe.pull()) == count

        await wait_until(there, what=f"{count} messages on the bus")

    async with relaying(database, bus), database.sessions() as slow, database.sessions() as quick:
        await write_elsewhere(slow)
        await change(slow, fact, "a")
        await change(quick, fact, "b")
        await quick.commit()
        await seen(1)
        await slow.commit()
        await seen(2)
        await write_elsewhere(slow)
        await change(quick, fact, "a")
        await quick.commit()
        await seen(3)
        await change(slow, fact, "a")
        await slow.commit()
        await seen(4)
    await probe.stop()
    check_order(told(probe.seen), committed=await committed(tables), who="relay")
