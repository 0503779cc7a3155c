"""What a request costs its caller, counted while it is served."""

import time

from starlette.requests import HTTPConnection

from services.gateway.access.directory import PublicDoor
from shared.access import Principal


def charge(request: HTTPConnection, principal: Principal, *, cost: int, let_in: bool = False) -> None:
    """Count so many requests of this caller; the answer tells what is left. Raises TooMany, but of one `let_in`."""
    door: PublicDoor = request.app.state.door
    answer_headers = request.scope["state"].setdefault("answer_headers", {})
    door.charge(principal, cost=cost, now=time.time(), answer_headers=answer_headers, let_in=let_in)
