"""Every public operation of the other services, as the gateway carries it."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import structlog
from structlog.testing import capture_logs

from services.gateway.proxy import catalogue
from shared.http.paths import filled
from tests.support.make.reports import make_report
from tests.support.servers.services import wait_until


async def test_a_service_that_is_down_is_named_and_all_else_goes_on(partner: Any) -> None:
    """GET /samsyn/v1/...: 503 that names the service; reports and the overview answer."""
    caller = await partner()
    down = next(route for route in catalogue.committed_routes() if route.service == "notify" and route.method == "GET")
    answer = await caller.get(catalogue.PREFIX + down.path.replace("{id}", str(uuid4())))
    assert answer.status_code == 503
    assert "notify service" in answer.json()["detail"]
    assert answer.headers["retry-after"]
    assert (await caller.get("/samsyn/v1/overview")).status_code == 200
    assert (await caller.get("/samsyn/v1/reports")).status_code == 200


async def test_refusals_come_through_with_the_request_id(partner: Any) -> None:
    """POST /samsyn/v1/reports: the service's problem+json arrives whole, under the caller's own request id."""
    caller = await partner()
    headers = {"X-Request-Id": "0af7651916cd43dd8448eb211c80319c", "Idempotency-Key": uuid4().hex}
    answer = await caller.post("/samsyn/v1/reports", json=make_report(category="nonsense"), headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "0af7651916cd43dd8448eb211c80319c"
    missing = await caller.post("/samsyn/v1/reports", json=make_report())
    assert missing.status_code == 400
    assert "Idempotency-Key" in missing.text


async def test_unknown_paths_and_methods_stay_here(partner: Any) -> None:
    """GET /samsyn/v1/nonsense: 404 problem+json by the gateway; metrics are not public operations of a service."""
    caller = await partner()
    coded = ("/%73amsyn/v1/reports", "/samsyn/v%31/reports", "/samsyn/v1%2Freports")
    for path in (*coded, "/samsyn/v1/nonsense", "/samsyn/v1/metrics", "/samsyn/v1/healthz", "/nonsense"):
        answer = await caller.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_a_wrong_method_is_told_all_that_the_address_takes(partner: Any) -> None:
    """By the gateway and by a service behind it, for every address and method that the API has: Allow, in full."""
    caller = await partner()
    taken: dict[str, set[str]] = {}
    for route in catalogue.committed_routes():
        path = catalogue.PREFIX + filled(route.path, {"id": uuid4(), "name": "x", "code": "x", "version": 1})
        taken.setdefault(path, set()).add(route.method)
    for path, methods in taken.items():
        answer = await caller.request("OPTIONS", path)
        assert answer.status_code == 405
        assert methods <= set(answer.headers["allow"].split(", ")), path
    exact = {"reports": "GET, HEAD, POST", f"reports/{uuid4()}": "GET, HEAD, PUT", "reports/batch": "POST"}
    for path, allow in exact.items():
        assert (await caller.delete(f"{catalogue.PREFIX}/{path}")).headers["allow"] == allow
    by_service = await caller.get("/samsyn/v1/reports/batch")
    assert (by_service.status_code, by_service.headers["allow"]) == (405, "POST")
    assert (await caller.get("/samsyn/v1/reports/nonsense")).status_code == 422
    assert "without the slash" in (await caller.get(f"/samsyn/v1/reports/{uuid4()}/")).json()["detail"]
    assert "/samsyn/v1/openapi.json" in (await caller.get("/openapi.json")).json()["detail"]


async def test_logs_name_client_and_organisation_in_gateway_and_service(partner: Any) -> None:
    """By their ids, in every line of a request; of one that nobody was let in with there is none."""
    caller = await partner()
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        await caller.get(f"/samsyn/v1/reports/{uuid4()}")
        async with httpx.AsyncClient(base_url=caller.base_url) as stranger:
            await stranger.get("/samsyn/v1/reports")
    asked = [each for each in logs if each["event"] == "http.request"]
    of_partner = {(each["client.id"], each["organisation.id"]) for each in asked if "client.id" in each}
    assert len(of_partner) == 1
    ((client_id, organisation_id),) = of_partner
    assert client_id.startswith("client_")
    assert UUID(organisation_id)
    by_service = [each for each in asked if each["http.status"] == 404]
    assert len(by_service) == 2  # the gateway's line and the service's
    assert all("client.id" in each for each in by_service)
    assert [each for each in asked if each["http.status"] == 401 and "client.id" in each] == []


async def test_logs_and_metrics_know_the_operation(partner: Any) -> None:
    """GET /samsyn/v1/reports/{id}: by its template; what is nobody's operation is "other"."""
    caller = await partner()
    with capture_logs() as logs:
        await caller.get(f"/samsyn/v1/reports/{uuid4()}")
        await caller.get("/samsyn/v1/nothing")
    routes = [each["http.route"] for each in logs if each["event"] == "http.request"]
    assert "/samsyn/v1/reports/{id}" in routes
    assert routes[-1] == "other"


async def test_only_the_known_headers_pass(partner: Any, behind: Any) -> None:
    """POST /samsyn/v1/reports: a caller cannot hand a service its own internal token through the gateway."""
    caller = await partner(kind="guard", role="member")
    answer = await caller.get("/samsyn/v1/reports", headers={"X-Forwarded-User": "admin", "X-Internal": "1"})
    assert answer.status_code == 200
    async with httpx.AsyncClient(base_url=behind[1]) as direct:
        assert (await direct.get("/reports")).status_code == 401
        with_partner_token = {"Authorization": caller.headers["authorization"]}
        assert (await direct.get("/reports", headers=with_partner_token)).status_code == 401


async def test_a_body_too_large_is_refused(partner: Any) -> None:
    """POST /samsyn/v1/reports: 10 MB get 413 and a sentence."""
    caller = await partner()
    answer = await caller.post(
        "/samsyn/v1/reports",
        content=b"x" * 10_000_000,
        headers={"Idempotency-Key": "k", "Content-Type": "application/json"},
    )
    assert answer.status_code == 413
    assert "larger than" in answer.json()["detail"]


async def test_several_lines_of_a_header_are_one_list(partner: Any) -> None:
    """PUT /samsyn/v1/reports/{id}: each If-Match line counts, as RFC 9110 has it; two keys are told to be too many."""
    caller = await partner()
    made = await caller.post("/samsyn/v1/reports", json=make_report(), headers={"Idempotency-Key": uuid4().hex})
    address = f"/samsyn/v1/reports/{made.json()['id']}"
    for lines, status in (
        ([('"x"'), ('"1"')], 200),
        ([('"2"'), ("*")], 400),
        ([('"2"'), ("nonsense")], 400),
        ([('"7"'), ('"8"')], 412),
    ):
        headers = [("If-Match", line) for line in lines]
        answer = await caller.put(address, json=make_report(severity=3), headers=headers)
        assert answer.status_code == status, (lines, answer.text)

    async def told() -> bool:
        feed = (await caller.get("/samsyn/v1/feed")).json()["items"]
        return any(each["type"] == "report.corrected" for each in feed)

    await wait_until(told, what="the correction in the feed, which else comes to the next test")
    twice = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    answer = await caller.post("/samsyn/v1/reports", json=make_report(), headers=twice)
    assert answer.status_code == 400
    assert "not several" in answer.json()["detail"]
