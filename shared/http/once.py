"""A POST with an Idempotency-Key, as routes write it: its effect once, and the answer to it as often as it is sent.

async def close_walk(..., principal: Writer, once: Once) -> Walk:
    async def close() -> Walk: ...
    return await once(principal, Walk, close)
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel

from shared.access import Principal
from shared.database import Session
from shared.http.idempotency import Kept, claim, fingerprint, settle
from shared.http.problems import RequestKey

REPLAYED = "Idempotency-Replayed"
Answer = TypeVar("Answer", bound=BaseModel)


class Repeatable:
    """A request that may come again under the key it came with."""

    def __init__(self, request: Request, session: Session, key: str) -> None:
        self._request, self._session, self._key = request, session, key

    async def __call__(
        self, principal: Principal, shape: type[Answer], work: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """What was answered to this request before; else do the work and keep its answer. Two statements beside it.

        Raises KeyReused for the key of another request, Conflict while the first one is worked on.
        """
        if kept := await claim(self._session, principal, self._key, mark=await mark_of(self._request)):
            say_replayed(self._request)
            return shape.model_validate_json(kept.body)
        answer = await work()
        await settle(self._session, principal, self._key, self._kept(answer))
        return answer

    async def known(self, principal: Principal, answer: Answer, work: Callable[[], Awaitable[None]]) -> Answer:
        """The same where the answer is known before the work: one statement beside it. Raises as a call does.

        Returns the very `answer` where the work was done, and an equal one where that was before.
        """
        mark, given = await mark_of(self._request), self._kept(answer)
        if kept := await claim(self._session, principal, self._key, mark=mark, answer=given):
            say_replayed(self._request)
            return type(answer).model_validate_json(kept.body)
        await work()
        return answer

    def _kept(self, answer: BaseModel) -> Kept:
        status = self._request.scope["route"].status_code or 200
        return Kept(status, answer.model_dump_json().encode())


def say_replayed(request: Request) -> None:
    """Have the answer say that it was given before, and that nothing was done for it now."""
    request.scope["state"].setdefault("answer_headers", {})[REPLAYED] = "true"


async def mark_of(request: Request) -> bytes:
    """What tells this request from others under its key: method, path and body."""
    return fingerprint(f"{request.method} {request.url.path}", await request.body())


async def _repeatable(request: Request, session: Session, key: RequestKey) -> Repeatable:
    return Repeatable(request, session, key)


Once = Annotated[Repeatable, Depends(_repeatable)]
