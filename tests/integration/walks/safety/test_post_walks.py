"""POST /walks"""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.messages.walks import WalkPlanned
from tests.integration.walks.safety.walks import make_walk
from tests.support.look.bus import BusProbe
from tests.support.look.statements import statements_of
from tests.support.make.days import today
from tests.support.servers.services import client, make_principal, new_key


async def test_a_walk_is_planned_and_told(walks: httpx.AsyncClient, told: BusProbe) -> None:
    """POST /walks: the message names area and day and carries no free text."""
    sent = make_walk(area_code="0101", reason="MARKER ett", meeting_point="MARKER två")
    answer = await walks.post("/walks", json=sent, headers=new_key())
    assert answer.status_code == 201, answer.text
    walk_id = answer.json()["id"]
    assert answer.headers["location"] == f"/samsyn/v1/walks/{walk_id}"
    incoming = await told.next("walks.walk.v1", key=walk_id)
    assert isinstance(incoming.message, WalkPlanned)
    assert (incoming.message.sequence, incoming.message.area_code) == (1, "0101")
    assert b"MARKER" not in incoming.received.value
    kept = (await walks.get(f"/walks/{walk_id}")).json()
    assert {name: kept[name] for name in sent} == sent
    assert (kept["status"], kept["walked_on"], kept["head_counts"]) == ("planned", None, None)


async def test_three_statements_make_a_walk(walks: httpx.AsyncClient, walks_app: FastAPI) -> None:
    """POST /walks: the key, the walk with its area looked up, the outbox."""
    with statements_of(walks_app) as statements:
        answer = await walks.post("/walks", json=make_walk(), headers=new_key())
    assert answer.status_code == 201
    assert len(statements) == 3, statements


async def test_twenty_identical_posts_make_one_walk(walks: httpx.AsyncClient) -> None:
    """POST /walks: in parallel with one key they get one answer, and there is one walk."""
    headers, body = new_key(), make_walk()
    answers = await asyncio.gather(*(walks.post("/walks", json=body, headers=headers) for _ in range(20)))
    assert {(answer.status_code, answer.json()["id"]) for answer in answers} == {(201, answers[0].json()["id"])}
    assert len((await walks.get("/walks")).json()["walks"]) == 1


async def test_same_key_with_another_body_is_refused(walks: httpx.AsyncClient) -> None:
    """POST /walks: one key means one request."""
    headers = new_key()
    await walks.post("/walks", json=make_walk(), headers=headers)
    answer = await walks.post("/walks", json=make_walk(area_code="02"), headers=headers)
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["detail"]


@pytest.mark.parametrize("code", ["99", "03"])
async def test_only_areas_in_use_take_walks(walks: httpx.AsyncClient, code: str) -> None:
    """POST /walks: an unknown and a retired area are refused, and the key stays free for the corrected request."""
    headers = new_key()
    answer = await walks.post("/walks", json=make_walk(area_code=code), headers=headers)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:samsyn:problem:unknown-area"
    assert answer.json()["errors"][0]["field"] == "/area_code"
    assert (await walks.post("/walks", json=make_walk(), headers=headers)).status_code == 201


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "a\0b"}, "/reason"),
        ({"meeting_point": "   "}, "/meeting_point"),
        ({"expected_participants": 0}, "/expected_participants"),
        ({"planned_on": "2026-02-30"}, "/planned_on"),
        ({"planned_on": "0001-01-01"}, "/planned_on"),
        ({"planned_on": f"{today() + timedelta(days=4000)}"}, "/planned_on"),
        ({"meeting_point": "\u200b"}, "/meeting_point"),
        ({"names": ["somebody"]}, "/names"),
    ],
)
async def test_wrong_fields_are_named(walks: httpx.AsyncClient, changes: dict[str, Any], field: str) -> None:
    """POST /walks: what cannot be stored, and what is not asked for, is refused by name."""
    answer = await walks.post("/walks", json=make_walk(**changes), headers=new_key())
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_strangers_and_readers_cannot_plan(clean: None, walks_url: str) -> None:
    """POST /walks: 401 without a token, 403 without the scope."""
    reader = make_principal(scopes=frozenset({"walks:read"}))
    for principal, expected in ((None, 401), (reader, 403)):
        async with client(walks_url, service="walks", principal=principal) as caller:
            assert (await caller.post("/walks", json=make_walk(), headers=new_key())).status_code == expected
