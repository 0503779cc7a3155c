"""`samsyn admin`: everything that may call is listed, shown, renamed, stopped; the trail says who did it."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from services.gateway import cli
from services.gateway.access import queries
from services.gateway.readmodel.topics.subscriptions import note_subscriptions
from shared.bus import Bus
from shared.ids import uuid7
from shared.messages.gateway import SubscriptionStopped
from shared.messages.notify import SubscriptionKept
from tests.support.look.bus import listening
from tests.support.make.settings import sufficient
from tests.support.make.things import arrived
from tests.support.servers.postgres import Database

Admin = Callable[..., Any]
OPERATOR = "drift-2"


@pytest.fixture
def admin(clean: None, gateway_database: Database, monkeypatch: pytest.MonkeyPatch) -> Admin:
    """Gives a command as an operator, and returns what it ended with and said."""
    for name, value in (sufficient("gateway") | {"GATEWAY_DATABASE_URL": gateway_database.url}).items():
        monkeypatch.setenv(name, value)

    async def give(*words: str, said: str = "") -> Any:
        return await asyncio.to_thread(
            CliRunner().invoke, cli.app, ["--by", OPERATOR, *words], input=said, catch_exceptions=True
        )

    return give


async def listed(admin: Admin, *words: str) -> Any:
    """What a command says to programs."""
    done = await admin(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


async def test_all_that_may_call_is_listed_shown_and_renamed(admin: Admin) -> None:
    """For programs and for people; by names and ids, and by the new name after it was given one."""
    organisation_id = (await admin("organisation", "add", "Granen", "--kind", "housing")).stdout.strip()
    client = dict(
        line.split(":", 1) for line in (await admin("client", "add", "Granen", "--name", "system")).stdout.splitlines()
    )
    client_id = client["client_id"].strip()
    await admin("key", "add", client_id)
    await admin("user", "add", "Granen", "--name", "bo")
    (key,) = await listed(admin, "key", "list")
    for words, name in {
        ("organisation", organisation_id): "Linden", ("client", client_id): "system 2", ("user", "bo"): "kim",
    }.items():  # fmt: skip
        noun, which = words
        renamed = await admin(noun, "rename", which, name)
        assert renamed.exit_code == 0, (renamed.output, renamed.exception)
        (row,) = await listed(admin, noun, "list")
        assert (row["name"], row["active"]) == (name, True)
        shown = await listed(admin, noun, "show", name if noun == "user" else which)
        assert row.items() <= shown.items()
        assert name in (await admin(noun, "list")).stdout
    assert (await listed(admin, "key", "show", key["id"]))["client_id"] == client_id
    trail = await listed(admin, "audit")
    assert {each["actor"] for each in trail} == {f"command line: {OPERATOR}"}
    assert [each["action"] for each in trail][:3] == ["user.renamed", "client.renamed", "organisation.renamed"]
    assert trail[0]["detail"] == {"before": "bo"}


@pytest.mark.parametrize("noun", ["organisation", "client", "user", "key"])
async def test_what_ends_things_asks_first(admin: Admin, noun: str) -> None:
    """Silence and no are no; `--yes`, or yes, does it. The trail has the one that was done."""
    await admin("organisation", "add", "Granen", "--kind", "housing")
    made = (await admin("client", "add", "Granen", "--name", "system")).stdout.splitlines()
    client_id = made[0].split()[1]
    await admin("key", "add", client_id)
    await admin("user", "add", "Granen", "--name", "bo")
    (key,) = await listed(admin, "key", "list")
    which = {"organisation": "Granen", "client": client_id, "user": "bo", "key": key["id"]}[noun]
    ends = (noun, "revoke" if noun == "key" else "stop", which)
    before = await listed(admin, "audit")
    for silence in ("", "n\n"):
        assert (await admin(*ends, said=silence)).exit_code == 1
    assert await listed(admin, "audit") == before
    assert (await admin(*ends, "--yes")).exit_code == 0
    assert (await listed(admin, "audit"))[0]["action"] == f"{noun}.{'revoked' if noun == 'key' else 'stopped'}"


@pytest.mark.parametrize("odd", ["", "a\nb", "a" * 61, "19121212-1212"])
async def test_an_operator_has_a_name(admin: Admin, odd: str) -> None:
    """Of one line, of at most 60 signs, and no personnummer: nothing is asked of the database before."""
    done = await asyncio.to_thread(CliRunner().invoke, cli.app, ["--by", odd, "audit"])
    assert done.exit_code != 0
    assert "Traceback" not in done.output


async def test_the_account_is_the_operator_unless_it_is_said(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever became root, before root."""
    monkeypatch.setenv("SUDO_USER", "drift-7")
    monkeypatch.setenv("USER", "root")
    command = ["organisation", "add", "Granen", "--kind", "housing"]
    assert (await asyncio.to_thread(CliRunner().invoke, cli.app, command)).exit_code == 0
    assert (await listed(admin, "audit"))[0]["actor"] == "command line: drift-7"


async def test_what_there_is_not_is_said(admin: Admin) -> None:
    """With where to look."""
    for words in (("client", "show", "x"), ("user", "rename", "x", "y"), ("client", "rename", "x", "y")):
        done = await admin(*words)
        assert done.exit_code == 1
        assert "list` shows them" in str(done.exception)


async def test_webhooks_are_listed_shown_and_stopped(
    admin: Admin, gateway_app: FastAPI, gateway_database: Database, bus: Bus
) -> None:
    """Whose each is, a client's or a person's, of all or of one organisation; a stop is told, and in the trail."""
    organisation_id = (await admin("organisation", "add", "Granen", "--kind", "housing")).stdout.strip()
    await admin("organisation", "add", "Linden", "--kind", "housing")
    client_id = (await admin("client", "add", "Granen", "--name", "system")).stdout.splitlines()[0].split()[1]
    await admin("user", "add", "Granen", "--name", "bo")
    async with gateway_app.state.database.sessions() as session:
        ((person, _),) = await queries.list_users(session, organisation_id=None)
    made = {uuid7(): (client_id, "active"), uuid7(): (f"user_{person.id}", "paused"), uuid7(): (None, "deleted")}
    told_of = [
        arrived(SubscriptionKept(
            sequence=4, subscription_id=of, organisation_id=UUID(organisation_id), made_by=whose, status=status
        ))
        for of, (whose, status) in made.items()
    ]  # fmt: skip
    async with gateway_app.state.database.sessions() as session, session.begin():
        await note_subscriptions(session, told_of, gateway_app.state.cycle)
    by_client, by_person, deleted = map(str, made)
    rows = await listed(admin, "subscription", "list", "Granen")
    assert {(each["id"], each["name"], each["status"]) for each in rows} == {
        (by_client, "system", "active"), (by_person, "bo", "paused"),
    }  # fmt: skip
    assert rows == await listed(admin, "subscription", "list")
    assert await listed(admin, "subscription", "list", "Linden") == []
    assert (await listed(admin, "subscription", "show", by_person))["organisation"] == "Granen"
    assert (await admin("subscription", "stop", by_client)).exit_code == 1  # silence is a no
    for none in (deleted, str(uuid7())):
        assert "list` shows them" in str((await admin("subscription", "stop", none, "--yes")).exception)
    async with listening(bus, "gateway.credential.v1", teller=gateway_database) as told:
        assert (await admin("subscription", "stop", by_client, "--yes")).exit_code == 0
        stopped = (await told.next("gateway.credential.v1", key=by_client)).message
    assert stopped == SubscriptionStopped(
        sequence=4, subscription_id=UUID(by_client), organisation_id=UUID(organisation_id)
    )
    trail = (await listed(admin, "audit"))[0]
    assert (trail["action"], trail["object"], trail["actor"]) == (
        "subscription.stopped", by_client, f"command line: {OPERATOR}",
    )  # fmt: skip
