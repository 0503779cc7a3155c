"""A row that the bus will never take holds its key, and a redrive sends it again."""

from deploy.redrive import ask_again
from shared.bus import MAX_VALUE_BYTES, Bus, Topic
from shared.database import Database
from tests.integration.kit.travel.relays import DEAD, Watched, metric, on_bus, tell, until_sent
from tests.support.make.facts import Counted, fact_on, make_fact
from tests.support.make.kit import relaying, rows
from tests.support.servers import postgres as support
from tests.support.servers.postgres import connected
from tests.support.servers.services import wait_until


async def test_a_row_the_bus_will_not_take_holds_its_key_and_nothing_else(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """Too large: it is put aside with the reason, later ones of its key wait behind it, all others go."""
    huge = "x" * MAX_VALUE_BYTES
    await tell(database, make_fact(fact, item="a", number=1), make_fact(fact, item="b", number=1))
    await tell(database, make_fact(fact, item="a", number=2, note=huge), make_fact(fact, item="a", number=3))
    await tell(database, make_fact(fact, item="b", number=2))
    async with relaying(database, bus):
        await until_sent(tables)
        await tell(database, make_fact(fact, item="a", number=4), make_fact(fact, item="b", number=3))
        await until_sent(tables)
    assert sorted(await on_bus(bus, fact, 4)) == [("a", 1), ("b", 1), ("b", 2), ("b", 3)]
    dead = await rows(tables, DEAD)
    assert [(key, number) for key, number, _ in dead] == [("a", "2"), ("a", "3"), ("a", "4")]
    assert "at most" in dead[0][2]
    assert huge[:50] not in dead[0][2]
    assert "earlier row" in dead[1][2]


async def test_a_key_is_still_held_after_a_restart(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """The next relay learns from the table which keys wait."""
    missing = fact_on(fact.topic.replace("test.", "missing."))
    await tell(database, make_fact(missing, item="a", number=1))
    async with relaying(database, bus):
        await until_sent(tables)
    await tell(database, make_fact(missing, item="a", number=2))
    async with relaying(database, bus):
        await until_sent(tables)
        assert metric("samsyn_outbox_dead") == 1
    assert [number for _, number, _ in await rows(tables, DEAD)] == ["1", "2"]


async def test_a_redrive_sends_the_key_in_order(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """When the reason is gone and somebody asks, what waited goes first, then what came since."""
    missing = fact_on(fact.topic.replace("test.", "missing."))
    await tell(database, *(make_fact(missing, item="a", number=number) for number in range(1, 1501)))
    await tell(database, make_fact(missing, item="b", number=1))
    async with relaying(database, bus, sweep_s=0.2):
        await until_sent(tables)
        await bus.ensure_topics([Topic(name=missing.topic)])
        async with connected(tables.url) as asked:
            assert await ask_again(asked, key="a") == 1500
        await wait_until(lambda: dead_keys(tables, {"b"}), what="the key to be sent")
        await tell(database, make_fact(missing, item="a", number=1501))
        await until_sent(tables)
        async with connected(tables.url) as asked:
            assert await ask_again(asked, key=None) == 1
        await wait_until(lambda: dead_keys(tables, set()), what="the rest to be sent")
    seen = await on_bus(bus, missing, 1502)
    assert [number for key, number in seen if key == "a"] == list(range(1, 1502))
    assert seen.count(("b", 1)) == 1


async def dead_keys(tables: support.Database, keys: set[str]) -> bool:
    """Whether just these keys are put aside."""
    return {key for key, _, _ in await rows(tables, DEAD)} == keys


async def test_a_redrive_that_is_refused_again_ends(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """The key stays aside, the request is taken back, and the relay goes on with the rest."""
    missing = fact_on(fact.topic.replace("test.", "missing."))
    await tell(database, make_fact(missing, number=1), make_fact(missing, number=2))
    async with relaying(database, bus, sweep_s=0.1):
        await until_sent(tables)
        async with connected(tables.url) as asked:
            assert await ask_again(asked, key=None) == 2

        async def taken_back() -> bool:
            return not await rows(tables, "SELECT FROM outbox_dead WHERE redrive")

        await wait_until(taken_back, what="the request to be taken back")
        await tell(database, make_fact(fact, item="other"))
        await until_sent(tables)
    assert [(key, number) for key, number, _ in await rows(tables, DEAD)] == [("a", "1"), ("a", "2")]


async def test_a_redrive_outlives_a_bus_that_is_away(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """What somebody asked for is done when the bus is back, not forgotten."""
    missing = fact_on(fact.topic.replace("test.", "missing."))
    await tell(database, make_fact(missing, number=1))
    watched = Watched(bus)
    async with relaying(database, watched, sweep_s=0.1):
        await until_sent(tables)
        await bus.ensure_topics([Topic(name=missing.topic)])
        watched.shut = True
        rebuilt = metric("samsyn_relay_rebuilt_total")
        async with connected(tables.url) as asked:
            await ask_again(asked, key=None)
        await wait_until(lambda: metric("samsyn_relay_rebuilt_total") > rebuilt, what="the relay to fail")
        watched.shut = False
        await wait_until(lambda: dead_keys(tables, set()), what="the row to be sent")
    assert await on_bus(bus, missing, 1) == [("a", 1)]
