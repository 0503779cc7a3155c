"""Whatever lies on the bus is read or refused, and what is sealed comes through whole."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from shared import telemetry
from shared.bus import Received
from shared.http.cursors import Cursor
from shared.ids import uuid7
from shared.messages import MESSAGES
from shared.travel.envelope import Unreadable, seal, unseal
from tests.support.make.facts import received_of

NAMES = some.sampled_from(["ce_id", "ce_type", "ce_time", "ce_source", "traceparent", "other"])
TYPES = some.sampled_from([message.type.encode() for message in MESSAGES])


@given(headers=some.dictionaries(NAMES, some.binary(max_size=60) | TYPES), value=some.binary(max_size=200))
def test_no_bytes_do_harm(headers: dict[str, bytes], value: bytes) -> None:
    """Any headers and any value are a message or Unreadable."""
    lies = Received(
        topic="t", partition=0, offset=0, key="k", value=value, headers=tuple(headers.items()), at=datetime.now(UTC)
    )
    try:
        unseal(lies)
    except Unreadable:
        return


@given(data=some.data())
def test_every_message_comes_through_whole(data: some.DataObject) -> None:
    """Sealed and read again, each message of every type is the same."""
    kind = data.draw(some.sampled_from(MESSAGES))
    geometry = {"geometry": some.dictionaries(some.text(), some.integers())} if "geometry" in kind.model_fields else {}
    message = data.draw(some.builds(kind, **geometry))
    sealed = seal(message, source="any")
    back = unseal(received_of(sealed, at=datetime.now(UTC)))
    assert back.message == message
    assert sealed.key == message.key


@given(
    sent=some.text(max_size=80) | some.from_regex(r"[0-9a-f]{2}-[0-9a-z]{32}-[0-9a-f]{16}-[0-9a-z]{2}", fullmatch=True)
)
def test_a_trace_is_always_one(sent: str) -> None:
    """What travels as a trace is hexadecimal whatever came in."""
    telemetry.enter_trace(sent)
    version, trace, span, flags = (telemetry.current_traceparent() or "").split("-")
    assert (version, len(trace), len(span), len(flags)) == ("00", 32, 16, 2)
    assert int(trace, 16)
    assert int(span, 16) >= 0
    assert trace in sent or int(flags, 16) == 0


MOMENTS = some.integers(0, 10**9).map(lambda second: datetime(1950, 1, 1, tzinfo=UTC) + timedelta(seconds=second))


@given(keys=some.lists(some.uuids() | some.integers(0, 2**31 - 1) | MOMENTS, min_size=1, max_size=4))
def test_cursors_come_back_as_they_went(keys: list[Any]) -> None:
    """Any sort keys survive the way to the caller and back, in an address."""
    things = Cursor("things", kinds=tuple(type(key) for key in keys))
    sent = things.encode(*keys)
    assert sent.replace("-", "").replace("_", "").isalnum()
    assert things.decode(sent) == keys


@given(some.integers(min_value=2, max_value=200))
def test_ids_sort_by_time(count: int) -> None:
    """Version 7, all different, and never before one made in an earlier millisecond."""
    ids = [uuid7() for _ in range(count)]
    assert len(set(ids)) == count
    assert all(each.version == 7 for each in ids)
    stamps = [each.int >> 80 for each in ids]
    assert stamps == sorted(stamps)
