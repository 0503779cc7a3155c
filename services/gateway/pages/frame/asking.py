"""Asking a service as the signed-in person: the same operations, by the same rules, as partners' systems use."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import Request

from services.gateway.pages.frame.visitors import Person
from services.gateway.proxy.clients import Services
from shared import errors
from shared.http.problems import request_id

PREFIX = "/samsyn/v1"
_REFUSALS: Mapping[int, type[errors.Refusal]] = {
    401: errors.Forbidden,
    403: errors.Forbidden,
    404: errors.NotFound,
    410: errors.Gone,
    413: errors.TooLarge,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service said: a success, or a refusal of what was sent (400, 409, 412, 422) with its `errors`."""

    status: int
    body: Any
    etag: str | None

    @property
    def taken(self) -> bool:
        """Whether it did what was asked."""
        return self.status < 400

    @property
    def code(self) -> str:
        """The stable name of the refusal."""
        return str(self.body.get("type", "")).rpartition(":")[2] if isinstance(self.body, dict) else ""

    @property
    def errors(self) -> list[dict[str, str]]:
        """What is wrong with which field."""
        return list(self.body.get("errors") or []) if isinstance(self.body, dict) else []


async def ask(
    request: Request,
    person: Person,
    method: str,
    path: str,
    *,
    query: Sequence[tuple[str, str]] = (),
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """What the reports service answers this person. `body`: JSON, or the bytes of a file with their type in `headers`.

    Raises Forbidden, NotFound, Gone, TooLarge and Unavailable; other refusals are the form's to show.
    """
    services: Services = request.app.state.services
    sent, kind = _encoded(body)
    response = await services.call(
        "reports",
        method,
        path + (f"?{urlencode(query)}" if query else ""),
        principal=person.principal,
        request_id=request_id(request),
        headers={**kind, **(headers or {})},
        body=sent,
    )
    async with response:
        status, said = response.status, await response.read()
        if status >= 500 or status == 429:
            raise errors.Unavailable("The reports service does not answer just now.")
        if status in _REFUSALS:
            raise _REFUSALS[status]("The reports service does not allow this.")
        return Answer(status=status, body=orjson.loads(said) if said else None, etag=response.headers.get("ETag"))


def _encoded(body: Any) -> tuple[bytes | AsyncIterator[bytes] | None, dict[str, str]]:
    if body is None or isinstance(body, bytes) or hasattr(body, "__aiter__"):
        return body, {}
    return orjson.dumps(body), {"Content-Type": "application/json"}


async def fetch(request: Request, person: Person, path: str, *, query: Sequence[tuple[str, str]] = ()) -> Any:
    """What the reports service answers to a GET that cannot be wrong. Raises as `ask`, and Malformed."""
    answer = await ask(request, person, "GET", path, query=query)
    if not answer.taken:
        raise errors.Malformed("The address cannot be read.")
    return answer.body
