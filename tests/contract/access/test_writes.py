"""To write is not to read: whatever changes a thing that may be others' and answers with it takes the reading scope."""

from services.gateway.proxy.catalogue import committed_routes

# Whoever changes a report changes its own, or reviews; a webhook and what it told are the caller's organisation's.
_OTHERS = {"walks": "walks:read", "events": "events:read"}


def test_every_change_of_what_may_be_others_takes_the_scope_that_reads_it() -> None:
    """Over all operations of walks and gatherings that name a thing."""
    changes = [
        route
        for route in committed_routes()
        if route.service in _OTHERS and "{" in route.path and route.method != "GET"
    ]
    assert len(changes) >= 5
    assert not [route for route in changes if _OTHERS[route.service] not in route.scopes]
