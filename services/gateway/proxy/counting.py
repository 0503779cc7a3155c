"""What a request costs its caller, counted while it is served."""

import time

from starlette.requests import HTTPConnection

from services.gateway.access.directory import PublicDoor
from shared.access import Principal


def charge(request: HTTPConnection, principal: Principal, *, cost: int) -> None:
    """Count so many requests of this caller; the answer tells what is left. Raises TooMany."""
    door: PublicDoor = request.app.state.door
    told = door.charge(principal, cost=cost, now=time.time())
    request.scope["state"].setdefault("answer_headers", {}).update(told)
