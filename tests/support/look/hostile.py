"""Whether a service bears whatever is sent to it, by its own OpenAPI description: a new field is tried by itself."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random

import httpx
from fastapi import FastAPI

from tests.support.make.hostile import Sending, other_names, refused_well, sendings

_SEED = 20261128


async def no_fault_of_ours(
    caller: httpx.AsyncClient, app: FastAPI, *, known: Mapping[str, str], each: int | None
) -> None:
    """Send values that nobody should send to every place of a service; see `bear_all`. And a thing has one address."""
    for name, sending in other_names(app.openapi(), known=known):
        answer = await caller.request(sending.method, sending.path, headers=dict(sending.headers), content=sending.body)
        assert answer.status_code == 422, sending
        assert [each["field"] for each in answer.json()["errors"]] == [name], sending
    assert await bear_all(caller, sendings(app.openapi(), known=known), each=each) > 20


async def bear_all(caller: httpx.AsyncClient, places: Iterable[Sequence[Sending]], *, each: int | None) -> int:
    """To each place send the telling values, and `each` more; None: all there are. Returns how many places there were.

    No answer is a fault of ours, every refusal is problem+json, and none repeats what was sent.
    """
    some, tried = Random(_SEED), Counter[str]()
    wrong = []
    for place in places:
        telling = [one for one in place if one.telling]
        for sending in place if each is None else telling + some.sample(place, min(each, len(place))):
            tried[sending.at] += 1
            if fault := await refused_well(caller, sending):
                wrong.append(fault)
    print(f"{tried.total()} requests to {len(tried)} places, {len(wrong)} with a fault")
    assert not wrong, "\n".join(wrong)
    return len(tried)
