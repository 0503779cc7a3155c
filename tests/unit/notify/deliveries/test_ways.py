"""What one address does silences no other; a host that cannot be reached is left alone whole, and probed in turns."""

from uuid import UUID, uuid4

from services.notify.deliveries.lane import Lane
from services.notify.deliveries.lanes import OPENS_AFTER
from services.notify.deliveries.ways import Ways, wanted
from services.notify.subscriptions.domain import Endpoint
from services.notify.webhooks.ladder import DELIVERED, RETRY, Answer, Verdict

ORGANISATION = uuid4()
COOL_DOWN_S = 30.0
AWAY, FAULT, SLOW, WELL = (
    Answer(error="connect", reached=False), Answer(status=500), Answer(error="timeout"), Answer(status=204)
)  # fmt: skip


def lane_to(ways: Ways, path: str, *, now: float = 0, verified: bool = False) -> Lane:
    """A lane with work, to this path of one host."""
    endpoint = Endpoint(
        id=uuid4(),
        organisation_id=ORGANISATION,
        role="coordinator",
        version=1,
        url=f"https://hooks.example.org/{path}",
        keys=(),
        failing_since=None,
        held_until=None,
        verified=verified,
    )
    lane = Lane(endpoint.id, endpoint=endpoint, due_at=0)
    lane.go(ways.to(endpoint, now=now))
    return lane


def answered(lane: Lane, answer: Answer, *, times: int = 1, now: float = 0) -> list[UUID]:
    """So many answers at one moment. Returns whom the last one held back or let go."""
    verdict, told = Verdict(DELIVERED if answer is WELL else RETRY), list[Lane]()
    for _ in range(times):
        told = lane.way.follow(answer, verdict, now=now, cool_down_s=COOL_DOWN_S)
    return [each.id for each in told]


def test_what_an_address_answers_holds_back_that_address_alone() -> None:
    """Faults and answers that do not come in time: the address beside is asked for as much as ever."""
    for answer in (FAULT, SLOW):
        ways = Ways()
        failing, well = lane_to(ways, "failing"), lane_to(ways, "well")
        assert answered(failing, answer, times=OPENS_AFTER) == [failing.id]
        assert wanted([failing, well], now=1) == {well.id: 10}
        assert (failing.way.held_until(1), well.way.held_until(1)) == (30, None)


def test_a_host_out_of_reach_is_left_alone_and_probed_by_each_in_turn() -> None:
    """Ten without a connection, of all addresses together; then one probe at a time, of who was sent least lately."""
    ways = Ways()
    lanes = [lane_to(ways, str(n)) for n in range(3)]
    for n in range(OPENS_AFTER - 1):
        assert answered(lanes[n % 2], AWAY) == []
    assert answered(lanes[1], AWAY) == [each.id for each in lanes]
    assert wanted(lanes, now=29) == {}
    now, probed = 0.0, []
    for _ in range(6):
        now = lanes[0].way.held_until(now) or now
        (probe,) = (each for each in lanes if each.id in wanted(lanes, now=now))
        probe.way.begin(now)
        assert not any(each.has_room(now) for each in lanes)
        probe.way.end()
        assert len(answered(probe, AWAY, now=now)) == 3
        probed.append(lanes.index(probe))
    assert sorted(probed[:3]) == sorted(probed[3:]) == [0, 1, 2]


def test_any_answer_ends_the_pause_of_its_host() -> None:
    """Also a fault, and one that was asked for before: the host lives."""
    for answer in (FAULT, SLOW, WELL):
        ways = Ways()
        one, other = lane_to(ways, "one"), lane_to(ways, "other")
        answered(one, AWAY, times=OPENS_AFTER)
        assert set(answered(other, answer, now=5)) == {one.id, other.id}
        assert {one.id, other.id} == wanted([one, other], now=5).keys()


def test_who_asks_is_tried_at_once_and_makes_the_pause_no_longer() -> None:
    """A test in a pause: a probe now; it failed, so the pause begins again, as long as it was."""
    failing = lane_to(Ways(), "failing")
    answered(failing, FAULT, times=OPENS_AFTER)
    for now in (1.0, 2.0, 3.0):
        assert not failing.has_room(now)
        failing.try_if_asked({failing.id}, now=now)
        assert failing.has_room(now)
        answered(failing, FAULT, now=now)
        assert failing.way.held_until(now) == now + COOL_DOWN_S


def test_another_path_of_a_failing_host_begins_with_one_request_unless_it_is_proved() -> None:
    """Ever new paths are not served ten failures each; one that wrote back its challenge is nobody's disguise."""
    ways = Ways()
    answered(lane_to(ways, "0"), FAULT, times=OPENS_AFTER)
    for n in range(1, 4):
        new = lane_to(ways, str(n), now=1)
        assert new.has_room(1)
        new.in_flight = 1
        assert not new.has_room(1)
        assert answered(new, FAULT, now=1) == [new.id]
    assert answered(lane_to(ways, "proved", now=1, verified=True), FAULT, now=1) == []
