"""POST /walks/{id}/walked"""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.messages.walks import WalkWalked
from tests.integration.walks.safety.walks import LATER, WALKED_ON, make_walked, planned
from tests.support.look.bus import BusProbe
from tests.support.look.statements import statements_of
from tests.support.servers.services import client, make_principal, new_key


async def test_a_walk_is_recorded_and_told(walks: httpx.AsyncClient, walks_app: FastAPI, told: BusProbe) -> None:
    """POST /walks/{id}/walked: head-counts by kind are kept, the day is told; five statements with the kept answer."""
    walk_id = await planned(walks)
    with statements_of(walks_app) as statements:
        answer = await walks.post(f"/walks/{walk_id}/walked", json=make_walked(), headers=new_key())
    assert answer.status_code == 200, answer.text
    assert len(statements) == 5, statements
    walk = answer.json()
    assert (walk["status"], walk["head_counts"], walk["dark"]) == ("walked", {"municipality": 4, "residents": 9}, True)
    assert (await walks.get(f"/walks/{walk_id}")).json() == walk
    message = (await told.story("walks.walk.v1", key=walk_id, length=2))[-1].message
    assert isinstance(message, WalkWalked)
    assert (message.sequence, message.walked_on) == (2, WALKED_ON)


async def test_of_ten_at_once_one_records(walks: httpx.AsyncClient) -> None:
    """POST /walks/{id}/walked: different requests in parallel; one wins, the others hear that it is done."""
    url = f"/walks/{await planned(walks)}/walked"
    answers = await asyncio.gather(*(walks.post(url, json=make_walked(), headers=new_key()) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9


async def test_the_same_request_again_gets_the_same_answer(walks: httpx.AsyncClient) -> None:
    """POST /walks/{id}/walked: a repeated key is answered as before, though the walk has been recorded."""
    walk_id, headers = await planned(walks), new_key()
    first, second = [
        await walks.post(f"/walks/{walk_id}/walked", json=make_walked(), headers=headers) for _ in range(2)
    ]
    assert (first.status_code, first.json()) == (second.status_code, second.json())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"walked_on": LATER.isoformat()}, "/walked_on"),
        ({"head_counts": {}}, "/head_counts"),
        ({"head_counts": {"residents": 0}}, "/head_counts"),
        ({"head_counts": {"residents": -1}}, "/head_counts/residents"),
        ({"head_counts": {"Kim Svensson": 1}}, "/head_counts"),
        ({"dark": "maybe"}, "/dark"),
    ],
)
async def test_what_cannot_have_been_is_refused(walks: httpx.AsyncClient, changes: dict[str, Any], field: str) -> None:
    """POST /walks/{id}/walked: a day to come, nobody there, a kind of participant that is not known."""
    walk_id = await planned(walks)
    answer = await walks.post(f"/walks/{walk_id}/walked", json=make_walked(**changes), headers=new_key())
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_yesterday_and_today_are_fine(walks: httpx.AsyncClient) -> None:
    """POST /walks/{id}/walked: a walk may be recorded on its own evening."""
    today = WALKED_ON + timedelta(days=3)
    walk_id = await planned(walks)
    answer = await walks.post(
        f"/walks/{walk_id}/walked", json=make_walked(walked_on=today.isoformat()), headers=new_key()
    )
    assert answer.status_code == 200


async def test_only_the_lead_records(walks: httpx.AsyncClient, walks_url: str) -> None:
    """POST /walks/{id}/walked: a member who sees the walk may not, one who does not see it finds nothing."""
    walk_id = await planned(walks)
    for areas, expected in ((("01",), 403), (("02",), 404)):
        principal = make_principal(kind="housing", role="member", areas=areas)
        async with client(walks_url, service="walks", principal=principal) as member:
            answer = await member.post(f"/walks/{walk_id}/walked", json=make_walked(), headers=new_key())
            assert answer.status_code == expected
    police = make_principal(kind="police", role="municipal_police")
    async with client(walks_url, service="walks", principal=police) as lead:
        assert (await lead.post(f"/walks/{walk_id}/walked", json=make_walked(), headers=new_key())).status_code == 200
