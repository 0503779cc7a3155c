"""Several installations on one cluster: each under its own name, none sees another's messages or places."""

from shared.bus import Topic
from shared.bus.named import SharedBus
from tests.contract.kit.bus.conftest import Site
from tests.support.make.buses import make_record, new_name, positions_after, running_member


async def test_names_keep_installations_apart(site: Site) -> None:
    """The same topic, key and group under two names: each reads its own, under the short name, and goes on after it."""
    topic, group = new_name("test"), new_name("group")
    one, other = (SharedBus(site.connect(), name=new_name("town")) for _ in range(2))
    try:
        for bus in (one, other):
            await bus.start()
            await bus.ensure_topics([Topic(name=topic)])
        await one.publish([make_record(topic, number) for number in range(5)])
        await other.publish([make_record(topic, number) for number in range(100, 103)])
        async with running_member(one, group, topic) as member:
            got = await member.read(5)
            assert {each.topic for each in got} == {topic}
            assert sorted(int(each.value) for each in got) == [0, 1, 2, 3, 4]
            assert sum(lag.messages for lag in (await member.subscription.lag()).values()) == 5
            await member.commit(got)
            assert set(positions_after(got)) <= {place for places in member.gained for place in places}
        async with running_member(other, group, topic) as member:
            assert sorted(int(each.value) for each in await member.read(3)) == [100, 101, 102]
        await one.publish([make_record(topic, 7)])
        async with running_member(one, group, topic) as member:
            assert [int(each.value) for each in await member.read(1)] == [7]
        site.beyond_mock("it keeps a member that has left for a while, and a group with members is not set back")
        await one.rewind(group, [topic])
        async with running_member(one, group, topic) as member:
            assert len(await member.read(6)) == 6
    finally:
        for bus in (one, other):
            await bus.stop()
