"""How a message travels: CloudEvents headers, and what is made of bytes that are no message."""

import dataclasses
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest

from shared import telemetry
from shared.bus import Received
from shared.ids import uuid7
from shared.messages.reports import ReportCorrected, ReportSubmitted, ReportWithdrawn
from shared.travel.envelope import Unreadable, seal, seal_many, seal_rows, unseal
from tests.support.make.facts import received_of

REPORT = UUID("01939c3e-7a10-7c4e-9f00-2a6d3c5b7e91")
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
WITHDRAWN = ReportWithdrawn(sequence=3, report_id=REPORT, organisation_id=UUID(int=17))


def received(**changes: Any) -> Received:
    """The message as it stands on the bus."""
    lies = received_of(seal(WITHDRAWN, source="reports", now=NOW), at=NOW)
    return dataclasses.replace(lies, **changes)


def without(name: str) -> Received:
    """The same with one header missing."""
    return received(headers=tuple(pair for pair in received().headers if pair[0] != name))


def test_headers_are_those_of_cloudevents() -> None:
    """Binary mode: who, what, when, about what, which version; the value is the data alone."""
    telemetry.enter_trace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    sealed = seal(WITHDRAWN, source="reports", now=NOW)
    headers = orjson.loads(sealed.headers)
    trace = headers.pop("traceparent")
    assert trace.startswith("00-0af7651916cd43dd8448eb211c80319c-")
    assert headers == {
        "ce_specversion": "1.0",
        "ce_id": str(sealed.message_id),
        "ce_source": "/samsyn/reports",
        "ce_type": "report.withdrawn",
        "ce_time": "2026-11-20T15:30:00Z",
        "ce_subject": str(REPORT),
        "ce_sequence": "3",
        "content-type": "application/json",
    }
    assert (sealed.topic, sealed.key, UUID(str(sealed.message_id)).version) == ("reports.report.v1", str(REPORT), 7)
    assert orjson.loads(sealed.value) == {
        "sequence": 3, "report_id": str(REPORT), "organisation_id": str(UUID(int=17)),
    }  # fmt: skip


def test_rows_are_sealed_like_messages() -> None:
    """Columns become the same bytes and headers as an object each; only the ids are others."""
    facts = [
        {"category": "order", "area_code": 'S"01', "cell": "E1N2", "occurred_on": date(2026, 11, 2), "dark": True},
        {"category": "damage", "occurred_on": date(2026, 11, 3), "band": 11, "dark": False, "location_kind": "public"},
    ]
    messages = [
        ReportSubmitted(sequence=n + 1, report_id=uuid7(), organisation_id=REPORT, severity=2, **fact)
        for n, fact in enumerate(facts)
    ]
    columns = {name: [getattr(message, name) for message in messages] for name in ReportSubmitted.model_fields}
    one_by_one = seal_many(messages, source="reports", now=NOW)
    at_once = seal_rows(ReportSubmitted, columns, source="reports", now=NOW)
    assert [each.value for each in at_once] == [each.value for each in one_by_one]
    assert [(each.topic, each.key) for each in at_once] == [(each.topic, each.key) for each in one_by_one]
    for one, other in zip(at_once, one_by_one, strict=True):
        assert orjson.loads(one.headers) == orjson.loads(other.headers) | {"ce_id": str(one.message_id)}


def test_a_column_that_is_not_given_has_its_usual_value() -> None:
    """A field that a message got later stops nobody who tells thousands of them."""
    message = ReportCorrected(
        sequence=2,
        report_id=uuid7(),
        organisation_id=REPORT,
        category="order",
        occurred_on=date(2026, 11, 2),
        severity=2,
    )
    columns = {name: [getattr(message, name)] for name in message.model_fields_set}
    [one] = seal_many([message], source="reports", now=NOW)
    [other] = seal_rows(ReportCorrected, columns, source="reports", now=NOW)
    assert other.value == one.value


def test_what_was_sealed_is_read_again() -> None:
    """With its id, time and trace."""
    lies = received()
    read = unseal(lies)
    assert (read.message, read.type, read.at) == (WITHDRAWN, "report.withdrawn", NOW)
    assert str(read.message_id).encode() == dict(lies.headers)["ce_id"]


def test_each_message_has_an_id_of_its_own() -> None:
    """Told twice is two messages; only a repeat on the bus has the same id."""
    assert len({seal(WITHDRAWN, source="reports").message_id for _ in range(100)}) == 100


def test_an_unknown_type_is_no_fault() -> None:
    """A newer producer's message arrives without its data being read."""
    headers = tuple((name, b"new.kind" if name == "ce_type" else value) for name, value in received().headers)
    assert unseal(received(headers=headers, value=b"\xff not json")).message is None


@pytest.mark.parametrize("name", ["ce_type", "ce_id", "ce_time"])
def test_a_header_that_is_missing_is_named(name: str) -> None:
    """Unreadable, in words fit for the table of parked messages."""
    with pytest.raises(Unreadable, match=f"header '{name}' is missing"):
        unseal(without(name))


@pytest.mark.parametrize(
    "value", [b"", b"MARKER", b"[]", b'{"sequence": "MARKER"}', b"\xff\xfe", b'{"sequence": 0}', b"null", b"{" * 5000]
)
def test_data_that_the_schema_refuses_is_unreadable(value: bytes) -> None:
    """And nothing of it is repeated."""
    with pytest.raises(Unreadable) as refused:
        unseal(received(value=value))
    assert "MARKER" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("name", "value"), [("ce_id", b"x"), ("ce_time", b"soon"), ("ce_type", b"\xff"), ("ce_id", b"")]
)
def test_headers_that_cannot_be_read(name: str, value: bytes) -> None:
    """Unreadable too, never anything else."""
    with pytest.raises(Unreadable):
        unseal(received(headers=tuple((n, value if n == name else old) for n, old in received().headers)))


def test_an_optional_field_that_is_none_does_not_travel() -> None:
    """It may be missing, so it is: smaller messages, and older consumers never see a null they did not expect."""
    message = ReportSubmitted(
        sequence=1, report_id=REPORT, organisation_id=UUID(int=1), category="order", occurred_on=NOW.date(), severity=1
    )
    assert set(orjson.loads(seal(message, source="reports").value)) == {
        "sequence", "report_id", "organisation_id", "category", "occurred_on", "severity",
    }  # fmt: skip
