"""/subscriptions: made once, shown without their secret, seen by their own organisation only."""

import asyncio
import base64
from collections.abc import AsyncIterator

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks.webhooks import WebhookVerificationError

from shared.access import Principal
from shared.bus import Bus
from tests.support.make.bad_urls import BAD_FORMS
from tests.support.make.notify import (
    make_subscription,
    new_key,
    notify_client,
    report_submitted,
    subscribe,
    tell,
    verified,
)
from tests.support.servers.postgres import Database, connected
from tests.support.servers.receivers import Receiver
from tests.support.servers.services import client, make_principal, wait_until

LOCAL = "http://127.0.0.1:9/hook"


@pytest.fixture(params=["another organisation", "a role that sees less"])
async def other(
    clean: None, notify_url: str, principal: Principal, request: pytest.FixtureRequest
) -> AsyncIterator[httpx.AsyncClient]:
    """Whom our webhooks are nothing to: a coordinator elsewhere, who sees all reports too, and our own member."""
    own = make_principal(organisation_id=principal.organisation_id, role="member")
    async with notify_client(notify_url, own if "role" in request.param else make_principal()) as caller:
        yield caller


async def test_secret_is_shown_once(notify: httpx.AsyncClient) -> None:
    """POST /subscriptions shows the secret; no later answer does."""
    made = await subscribe(notify, url=LOCAL, description="Ärenden")
    assert made["secret"].startswith("whsec_")
    one = (await notify.get(f"/subscriptions/{made['id']}")).json()
    (listed,) = (await notify.get("/subscriptions")).json()["subscriptions"]
    paused = (await notify.patch(f"/subscriptions/{made['id']}", json={"status": "paused"})).json()
    assert one == listed == {**paused, "status": "active", "version": 1}
    assert one == {name: value for name, value in made.items() if name != "secret"}
    assert made["secret"] not in str([one, listed, paused])


async def test_who_may_not_read_the_feed_is_not_told_it(
    clean: None, notify_url: str, notify: httpx.AsyncClient, principal: Principal
) -> None:
    """With the scope to manage webhooks alone none is made, and none goes on again."""
    made = await subscribe(notify, url=LOCAL)
    manager = make_principal(organisation_id=principal.organisation_id, scopes=frozenset({"subscriptions:write"}))
    async with notify_client(notify_url, manager) as caller:
        refused = await caller.post("/subscriptions", json=make_subscription(url=LOCAL), headers=new_key())
        going_on = await caller.patch(f"/subscriptions/{made['id']}", json={"status": "active"})
        log = await caller.get(f"/subscriptions/{made['id']}/deliveries")
        again = await caller.post(f"/deliveries/{made['id']}/replay", headers=new_key())
        seen = await caller.get("/subscriptions")
    assert [each.status_code for each in (refused, going_on, log, again, seen)] == [403, 403, 403, 403, 200]
    assert "overview:read" in refused.json()["detail"]
    assert [each["id"] for each in seen.json()["subscriptions"]] == [made["id"]]


async def test_secrets_lie_sealed(notify: httpx.AsyncClient, notify_database: Database) -> None:
    """No table holds the secret in the clear: not the subscription, not the kept answer."""
    made = await subscribe(notify, url=LOCAL)
    bare = made["secret"].removeprefix("whsec_")
    async with connected(notify_database.admin_url) as admin:
        tables = [row["tablename"] for row in await admin.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]  # fmt: skip
        assert "subscription_secrets" in tables
        for table in tables:
            rows = await admin.fetch(f'SELECT row_to_json(t)::text AS line FROM "{table}" AS t')
            text = "\n".join(row["line"] for row in rows)
            assert bare not in text
            assert base64.b64decode(bare).hex() not in text
            assert bare.encode().hex() not in text


async def test_fifty_identical_posts_make_one_subscription(notify: httpx.AsyncClient) -> None:
    """50 in parallel with one key get one subscription and one secret; the key with another body is refused."""
    headers, body = new_key(), make_subscription(url=LOCAL)
    answers = await asyncio.gather(*(notify.post("/subscriptions", json=body, headers=headers) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({(answer.json()["id"], answer.json()["secret"]) for answer in answers}) == 1
    assert len((await notify.get("/subscriptions")).json()["subscriptions"]) == 1
    other = await notify.post("/subscriptions", json=make_subscription(url=LOCAL, types=[]), headers=headers)
    assert other.status_code == 422


async def test_others_see_nothing(
    notify: httpx.AsyncClient, other: httpx.AsyncClient, request: pytest.FixtureRequest
) -> None:
    """Every operation on another's subscription or delivery answers 404 and changes nothing."""
    made = await subscribe(notify, url=LOCAL)
    here = f"/subscriptions/{made['id']}"
    test = (await notify.post(f"{here}/test", headers=new_key())).json()["delivery_id"]
    answers = [
        await other.get(here),
        await other.patch(here, json={"status": "paused"}),
        await other.delete(here),
        await other.post(f"{here}/secret", json={}, headers=new_key()),
        await other.post(f"{here}/test", headers=new_key()),
        await other.get(f"{here}/deliveries"),
        await other.get(f"/deliveries/{test}/attempts"),
        await other.post(f"/deliveries/{test}/replay", headers=new_key()),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert (await other.get("/subscriptions")).json()["subscriptions"] == []
    assert (await notify.get(here)).json()["status"] == "active"
    theirs = await subscribe(other, url=LOCAL)
    assert [each["id"] for each in (await other.get("/subscriptions")).json()["subscriptions"]] == [theirs["id"]]
    seen = (await notify.get(f"/subscriptions/{theirs['id']}")).status_code
    assert seen == (200 if "less" in request.node.name else 404)


async def test_callers_without_token_or_scope_are_refused(clean: None, notify_url: str) -> None:
    """No token: 401. A token without the scope: 403."""
    async with client(notify_url, service="notify", principal=None) as nobody:
        assert (await nobody.get("/subscriptions")).status_code == 401
    async with notify_client(notify_url, make_principal(scopes=frozenset({"reports:read"}))) as reader:
        assert (await reader.get("/subscriptions")).status_code == 403


@pytest.mark.parametrize("url", [*BAD_FORMS[:20], "http://10.0.0.1/", "https://[::1]/", "https://[fe80::1]/"])
async def test_bad_url_is_refused(notify: httpx.AsyncClient, url: str) -> None:
    """The answer says what is wrong in a sentence and does not repeat the URL."""
    # A name in it is said for what it is, and not to be confirmed as an e-mail address that concerns nobody.
    wanted = make_subscription(url=url)
    answer = await notify.post("/subscriptions", json=wanted, headers=new_key())
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:samsyn:problem:bad-address"
    assert [each["field"] for each in answer.json()["errors"]] == ["/url"]
    assert "pass@" not in answer.text
    assert (await notify.get("/subscriptions")).json()["subscriptions"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"types": ["no.such"]},
        {"categories": ["O'Brien"]},
        {"categories": ["robbery"]},
        {"area_codes": ["01; DROP TABLE"]},
        {"signature": "v2"},
        {"description": "x" * 201},
        {"surprise": 1},
    ],
)
async def test_bad_field_is_refused(notify: httpx.AsyncClient, change: dict[str, object]) -> None:
    """Unknown types, malformed codes and unknown fields are refused with the field's name."""
    answer = await notify.post("/subscriptions", json=make_subscription(url=LOCAL) | change, headers=new_key())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(f"/{next(iter(change))}")


async def test_list_goes_on_with_its_cursor(notify: httpx.AsyncClient) -> None:
    """Three subscriptions in pages of two, newest first, each once."""
    made = [(await subscribe(notify, url=LOCAL))["id"] for _ in range(3)]
    first = (await notify.get("/subscriptions", params={"limit": 2})).json()
    rest = (await notify.get("/subscriptions", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [each["id"] for each in first["subscriptions"] + rest["subscriptions"]] == made[::-1]
    assert rest["next_cursor"] is None


async def test_an_organisation_has_at_most_twenty(notify: httpx.AsyncClient) -> None:
    """The twenty-first is refused: each one multiplies what every fact costs."""
    answers = [
        await notify.post("/subscriptions", json=make_subscription(url=LOCAL), headers=new_key()) for _ in range(21)
    ]
    assert [answer.status_code for answer in answers] == [201] * 20 + [409]


async def test_a_new_secret_needs_no_body(notify: httpx.AsyncClient, hook: Receiver) -> None:
    """POST /subscriptions/{id}/secret, where all may be left out; POST /subscriptions says what is to be sent."""
    made = await subscribe(notify, url=hook.url)
    bare = await notify.post(f"/subscriptions/{made['id']}/secret", headers=new_key())
    assert (bare.status_code, bare.json()["secret"][:6]) == (200, "whsec_")
    nothing = await notify.post("/subscriptions", headers=new_key())
    assert nothing.status_code == 422
    assert nothing.json()["detail"].startswith("There is no body. Send a JSON object")


async def test_rotation_signs_with_both_until_the_overlap_ends(
    notify: httpx.AsyncClient, hook: Receiver, bus: Bus
) -> None:
    """POST /subscriptions/{id}/secret: both secrets verify during the overlap; with none, only the new one does."""
    made = await subscribe(notify, url=hook.url)
    key = new_key()
    first, again = [
        (await notify.post(f"/subscriptions/{made['id']}/secret", json={}, headers=key)).json() for _ in range(2)
    ]
    assert first == again
    await tell(bus, report_submitted())
    await wait_until(lambda: len(hook.got) == 1, what="the first webhook")
    for secret in (made["secret"], first["secret"]):
        verified(hook.got[0], secret)
    leaked = {"overlap_hours": 0}
    last = (await notify.post(f"/subscriptions/{made['id']}/secret", json=leaked, headers=new_key())).json()
    await tell(bus, report_submitted())
    await wait_until(lambda: len(hook.got) == 2, what="the second webhook")
    verified(hook.got[1], last["secret"])
    for secret in (made["secret"], first["secret"]):
        with pytest.raises(WebhookVerificationError):
            verified(hook.got[1], secret)


async def test_v1a_subscription_shows_its_public_key_only(notify: httpx.AsyncClient, hook: Receiver) -> None:
    """A v1a signature verifies with the public key, which every answer shows; the private one is never shown."""
    made = await subscribe(notify, url=hook.url, signature="v1a")
    assert made["secret"] is None
    shown = (await notify.get(f"/subscriptions/{made['id']}")).json()["public_key"]
    await notify.post(f"/subscriptions/{made['id']}/test", headers=new_key())
    await wait_until(lambda: hook.got, what="the test message")
    headers = hook.got[0].headers
    version, signature = headers["webhook-signature"].split(",")
    assert version == "v1a"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + hook.got[0].body
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(shown.removeprefix("whpk_")))
    public.verify(base64.b64decode(signature), signed)


async def test_test_message_takes_the_way_of_live_ones(notify: httpx.AsyncClient, hook: Receiver) -> None:
    """POST /subscriptions/{id}/test: signed like any other, in the log, once per key."""
    made = await subscribe(notify, url=hook.url)
    key = new_key()
    queued = [(await notify.post(f"/subscriptions/{made['id']}/test", headers=key)).json() for _ in range(2)]
    assert queued[0] == queued[1]
    await wait_until(lambda: hook.got, what="the test message")
    assert verified(hook.got[0], made["secret"])["type"] == "subscription.test"

    async def attempts() -> list[dict[str, object]]:
        answer = await notify.get(f"/deliveries/{queued[0]['delivery_id']}/attempts")
        return list(answer.json()["attempts"])

    assert (await wait_until(attempts, what="the attempt"))[0]["status"] == 204
    assert len(hook.got) == 1


async def test_test_message_to_a_blocked_address_says_so(notify: httpx.AsyncClient, notify_database: Database) -> None:
    """The guard at the socket is the same for test sends: the attempt names the reason, and nothing is dialled."""
    made = await subscribe(notify, url=LOCAL)
    async with connected(notify_database.admin_url) as admin:
        await admin.execute("UPDATE subscriptions SET url = 'http://10.0.0.1:8000/', version = version + 1")
    delivery = (await notify.post(f"/subscriptions/{made['id']}/test", headers=new_key())).json()["delivery_id"]

    async def attempts() -> list[dict[str, object]]:
        return list((await notify.get(f"/deliveries/{delivery}/attempts")).json()["attempts"])

    first = (await wait_until(attempts, what="the attempt"))[0]
    said = "Webhooks may not be sent to this address (private)."
    assert (first["status"], first["error"], first["excerpt"]) == (None, "blocked", said)


async def test_paused_subscription_keeps_what_comes(notify: httpx.AsyncClient, hook: Receiver, bus: Bus) -> None:
    """PATCH paused: nothing is sent, facts wait in the log; PATCH active: they arrive. A paused one takes no tests."""
    made = await subscribe(notify, url=hook.url)
    here = f"/subscriptions/{made['id']}"
    await notify.patch(here, json={"status": "paused"})
    assert (await notify.post(f"{here}/test", headers=new_key())).status_code == 409
    await tell(bus, report_submitted())

    async def waiting() -> bool:
        log = (await notify.get(f"{here}/deliveries")).json()["deliveries"]
        return [each["state"] for each in log] == ["waiting"]

    await wait_until(waiting, what="the fact in the log")
    assert hook.got == []
    await notify.patch(here, json={"status": "active"})
    await wait_until(lambda: hook.got, what="the held webhook")


async def test_deleted_subscription_is_gone(
    notify: httpx.AsyncClient, hook: Receiver, bus: Bus, notify_database: Database
) -> None:
    """DELETE: 204, then 404; its secrets and what waited are removed."""
    made = await subscribe(notify, url=hook.url)
    await notify.patch(f"/subscriptions/{made['id']}", json={"status": "paused"})
    await tell(bus, report_submitted())
    async with connected(notify_database.admin_url) as admin:
        await wait_until(lambda: admin.fetchval("SELECT count(*) FROM deliveries"), what="the delivery")
        for other in ('"99"', 'W/"1"'):
            refused = await notify.delete(f"/subscriptions/{made['id']}", headers={"If-Match": other})
            assert refused.status_code == 412
        gone = await notify.delete(f"/subscriptions/{made['id']}")
        assert (gone.status_code, gone.headers.get("content-type")) == (204, None)
        assert (await notify.get(f"/subscriptions/{made['id']}")).status_code == 404
        assert (await notify.delete(f"/subscriptions/{made['id']}")).status_code == 404
        left = await admin.fetchrow(
            "SELECT (SELECT count(*) FROM deliveries) AS d, (SELECT count(*) FROM subscription_secrets) AS s"
        )
    assert dict(left) == {"d": 0, "s": 0}
