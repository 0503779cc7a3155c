"""Asking services as the signed-in person: the same operations, by the same rules, as partners' systems use.

Which service answers follows from the route table. A method and a path that are not in it are a fault of the page, and
the test of all call sites finds it.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson
from fastapi import Depends, Request
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask

from services.gateway.access.shares import Shares, load_of
from services.gateway.pages.frame.visitors import Person, signed_in
from services.gateway.proxy import catalogue
from services.gateway.proxy.clients import Services, away
from services.gateway.proxy.counting import charge
from shared import errors
from shared.access.door import Admission
from shared.http.costs import cost_of
from shared.http.edge import hold_until_end
from shared.http.once import REPLAYED
from shared.http.problems import request_id
from shared.ids import uuid7

_REFUSALS: Mapping[int, type[errors.Refusal]] = {
    401: errors.Forbidden,
    403: errors.Forbidden,
    404: errors.NotFound,
    410: errors.Gone,
    413: errors.TooLarge,
}
# What a header can hold, of whatever a form may.
_KEY = re.compile("[!-~][ -~]{0,99}")
Query = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service said: a success, or a refusal of what was sent (400, 409, 412, 422, 428) with its `errors`.

    replayed: it had said so before to the same, and did nothing now.
    """

    status: int
    body: Any
    replayed: bool = False

    @property
    def taken(self) -> bool:
        """Whether it did what was asked."""
        return self.status < 400

    @property
    def errors(self) -> list[dict[str, str]]:
        """What is wrong with which field."""
        return list(self.body.get("errors") or []) if isinstance(self.body, dict) else []


def may(person: Person, method: str, path: str) -> bool:
    """Whether this person has the scopes that an operation asks for: a page shows no way to what will be refused."""
    return set(catalogue.route_of(method, path).scopes) <= person.principal.scopes


def check_may(person: Person, method: str, path: str) -> None:
    """Raise Forbidden unless this person may ask for an operation."""
    if not may(person, method, path):
        raise errors.Forbidden("This is not open to this person.")


def signed_in_who_may(method: str, path: str) -> Any:
    """Somebody signed in who may ask for an operation: `Annotated[Person, signed_in_who_may("POST", "/imports")]`.

    Both are known before anything that they send is read.
    """

    async def who(request: Request) -> Person:
        person = await signed_in(request)
        check_may(person, method, path)
        return person

    return Depends(Admission(who))


async def ask(
    request: Request,
    person: Person,
    method: str,
    path: str,
    *,
    query: Query = (),
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """What the service of that operation answers this person.

    `body`: JSON, or the bytes of a file with their type in `headers`. Raises Forbidden, NotFound, Gone, TooLarge and
    Unavailable, in the service's words; other refusals are the form's to show.
    """
    service = catalogue.route_of(method, path).service
    async with _turn(request, person, method, path, query):
        response = await _call(request, person, service, method, path, query=query, body=body, headers=headers)
        async with response:
            said = await response.read()
    _refuse(service, response, said)
    body = orjson.loads(said) if said else None
    return Answer(status=response.status, body=body, replayed=REPLAYED in response.headers)


async def post(
    request: Request, person: Person, path: str, *, key: str, body: Any, headers: Mapping[str, str] | None = None
) -> Answer:
    """Ask for a change that happens once, however often its form is sent. Raises as `ask`.

    `key`: the one that `new_key` gave the form; a form that came back without it, or with what no header can hold, is
    taken as a new one.
    """
    sent = key if _KEY.fullmatch(key) else new_key()
    return await ask(request, person, "POST", path, body=body, headers={**(headers or {}), "Idempotency-Key": sent})


def new_key() -> str:
    """A key for a form that is shown now."""
    return uuid7().hex


async def fetch(request: Request, person: Person, path: str, *, query: Query = ()) -> Any:
    """What a service answers to a GET that cannot be wrong. Raises as `ask`, and Malformed."""
    answer = await ask(request, person, "GET", path, query=query)
    if not answer.taken:
        raise _misread(answer.body)
    return answer.body


async def pass_on(
    request: Request, person: Person, path: str, *, query: Query = (), headers: Mapping[str, str]
) -> StreamingResponse:
    """A service's answer to a GET, carried through as it comes, with `headers` of our own. Raises as `fetch`."""
    service = catalogue.route_of("GET", path).service
    await hold_until_end(request, _turn(request, person, "GET", path, query))
    response = await _call(request, person, service, "GET", path, query=query)
    if response.status != 200:
        async with response:
            said = await response.read()
        _refuse(service, response, said)
        raise _misread(orjson.loads(said))

    async def parts() -> AsyncIterator[bytes]:
        async with response:
            async for part in response.content.iter_any():
                yield part

    kind = response.headers.get("Content-Type")
    return StreamingResponse(parts(), headers=headers, media_type=kind, background=BackgroundTask(response.release))


def _turn(request: Request, person: Person, method: str, path: str, query: Query) -> AbstractAsyncContextManager[None]:
    """A turn of the person's organisation, as its systems take them; what a page has not paid is counted."""
    route = catalogue.route_of(method, path)
    cost = cost_of(route.cost, dict(query))
    if cost > 1:
        charge(request, person.principal, cost=cost, let_in=True)
    shares: Shares = request.app.state.shares
    load = load_of(route.path, cost=cost, streamed=route.streamed)
    return shares.turn(request, load, where=route.service, who=person.principal.organisation_id)


async def _call(
    request: Request,
    person: Person,
    service: str,
    method: str,
    path: str,
    *,
    query: Query,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> aiohttp.ClientResponse:
    services: Services = request.app.state.services
    sent, kind = _encoded(body)
    return await services.call(
        service,
        method,
        path,
        query=urlencode(query),
        principal=person.principal,
        request_id=request_id(request),
        headers={**kind, **(headers or {})},
        body=sent,
    )


def _refuse(service: str, response: aiohttp.ClientResponse, said: bytes) -> None:
    """Raise what stands for a status that no form has anything to say about."""
    status = response.status
    if status == 429:
        raise errors.TooMany(
            _words(said) or "Too many requests.", retry_after_s=int(response.headers.get("Retry-After", 2))
        )
    if status == 503 and (words := _words(said)):
        raise errors.Unavailable(words)
    if status >= 500:
        raise away(service)
    if status in _REFUSALS:
        raise _REFUSALS[status](_words(said) or f"The {service} service does not allow this.")


def _misread(refusal: Any) -> errors.Malformed:
    """What stands for a refusal of what an address asks for: it names the same parameters."""
    told = refusal.get("errors", ()) if isinstance(refusal, dict) else ()
    named = tuple(errors.FieldError(each["field"], each["code"], each["detail"]) for each in told)
    return errors.Malformed("The address cannot be read.", errors=named)


def _words(said: bytes) -> str | None:
    try:
        problem = orjson.loads(said)
    except orjson.JSONDecodeError:
        return None
    return problem.get("detail") if isinstance(problem, dict) else None


def _encoded(body: Any) -> tuple[bytes | AsyncIterator[bytes] | None, dict[str, str]]:
    if body is None or isinstance(body, bytes) or hasattr(body, "__aiter__"):
        return body, {}
    return orjson.dumps(body), {"Content-Type": "application/json"}
