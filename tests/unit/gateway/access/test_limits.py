"""Quotas: of each caller, and of all of an organisation together."""

import pytest

from services.gateway.access.limits import Limiter, Quota, Spent
from shared.errors import TooMany
from shared.http.costs import cost_of


def test_what_costs_more_counts_more_and_the_last_one_may_cost_too_much() -> None:
    """Three of four: the next is let through whatever it costs, and then none is, until the window ends."""
    limiter, own = Limiter(60), Quota("client", 4)
    assert limiter.take(own, cost=3, now=0)["RateLimit"] == '"default";r=1;t=60'
    assert limiter.take(own, cost=30, now=1)["RateLimit"] == '"default";r=0;t=59'
    with pytest.raises(TooMany) as refused:
        limiter.take(own, cost=1, now=2)
    assert refused.value.retry_after_s == 58
    assert limiter.take(own, cost=1, now=60)["RateLimit"] == '"default";r=3;t=60'


def test_an_organisation_has_less_than_the_sum_of_its_clients() -> None:
    """Its third client is refused for what the others used, is told whose quota it was, and loses none of its own."""
    limiter, of_all = Limiter(60), Quota("organisation", 6, policy="organisation", whose="Your organisation")
    for client in ("a", "b"):
        told = limiter.take(Quota(client, 4), of_all, cost=3, now=0)
    assert told["RateLimit-Policy"] == '"organisation";q=6;w=60'
    with pytest.raises(TooMany, match=r"^Your organisation has used its 6 requests in 60 seconds\. Some count"):
        limiter.take(Quota("c", 4), of_all, cost=1, now=0)
    assert limiter.take(Quota("c", 4), cost=1, now=0)["RateLimit"] == '"default";r=3;t=60'


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ({}, 1), ({"limit": "100"}, 1), ({"limit": "101"}, 2), ({"limit": "1000"}, 10), ({"limit": "0"}, 1),
        ({"limit": "-5"}, 1), ({"limit": "99999"}, 1), ({"limit": "²"}, 1), ({"words": "musik"}, 11),
    ],
)  # fmt: skip
def test_what_a_request_costs_is_seen_in_its_address(query: dict[str, str], cost: int) -> None:
    """Large pages and searches cost more; what is no number is the service's to refuse."""
    assert cost_of(1, query) == cost


def test_what_a_request_costs_besides_is_never_refused() -> None:
    """Once let in it is served whole, and the next one of the window is told when, with what is left in its fields."""
    limiter, own = Limiter(60), Quota("client", 1)
    limiter.take(own, cost=1, now=0)
    assert limiter.add(own, cost=39, now=0)["RateLimit"] == '"default";r=0;t=60'
    with pytest.raises(Spent) as refused:
        limiter.take(own, cost=1, now=20)
    assert refused.value.told == {"RateLimit-Policy": '"default";q=1;w=60', "RateLimit": '"default";r=0;t=40'}
    assert refused.value.retry_after_s == 40
