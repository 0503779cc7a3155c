"""Pages ask services, and refuse in the service's words"""

from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI, Request

from services.gateway.pages.frame import asking
from services.gateway.pages.frame.visitors import Person
from shared.errors import Forbidden, NotFound, Unavailable
from tests.support.make.people import signed_in
from tests.support.servers.services import make_principal


def person(**changes: Any) -> Person:
    """Somebody signed in."""
    return signed_in(make_principal(**changes))


@pytest.fixture
def request_of_a_page(gateway_app: FastAPI, gateway_url: str) -> Request:
    """What a page is asked with, as far as asking looks at it."""
    return Request({"type": "http", "app": gateway_app, "headers": [], "state": {"request_id": "a-test"}})


async def test_a_refusal_says_what_the_service_says(clean: None, request_of_a_page: Request) -> None:
    """Not found and not allowed, in the words of whoever knows why."""
    with pytest.raises(NotFound, match="No such report"):
        await asking.fetch(request_of_a_page, person(), f"/reports/{uuid4()}")
    nobody = person(scopes=frozenset({"overview:read"}))
    with pytest.raises(Forbidden, match="reports:read"):
        await asking.fetch(request_of_a_page, nobody, "/categories")


@pytest.mark.parametrize("path", ["/subscriptions", "/deliveries/01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18/attempts"])
async def test_any_service_is_asked(request_of_a_page: Request, path: str) -> None:
    """The one that the route table names; here it is away, and the refusal says which."""
    with pytest.raises(Unavailable, match="The notify service does not answer"):
        await asking.fetch(request_of_a_page, person(), path)


async def test_a_way_that_will_be_refused_is_not_shown() -> None:
    """What may be asked for follows from the scopes of the operation."""
    assert asking.may(person(), "GET", "/review-queue")
    member = person(role="member", scopes=frozenset({"reports:read"}))
    assert not asking.may(member, "GET", "/review-queue")
    with pytest.raises(Forbidden):
        asking.check_may(member, "POST", "/reports")


async def test_an_operation_that_there_is_not_is_a_fault(request_of_a_page: Request) -> None:
    """Told at once, and not as a refusal."""
    with pytest.raises(LookupError):
        await asking.fetch(request_of_a_page, person(), "/nothing")
