"""The route table."""

import pytest

from services.gateway.proxy import catalogue


@pytest.mark.parametrize("route", catalogue.committed_routes(), ids=lambda route: f"{route.method} {route.path}")
def test_every_operation_is_found_by_an_address_of_it(route: catalogue.Route) -> None:
    """With values in its place holders; an operation that stands before it does not take it away."""
    address = "/".join("0101" if part[:1] == "{" else part for part in route.path.split("/"))
    assert catalogue.route_of(route.method, address) == route


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing"), ("DELETE", "/reports"), ("GET", "/reports/1/2/3"), ("get", "/reports"), ("GET", "")],
)
def test_what_nobody_answers_is_a_fault(method: str, path: str) -> None:
    """Told at once, and to the programmer."""
    with pytest.raises(LookupError, match="No service answers"):
        catalogue.route_of(method, path)
