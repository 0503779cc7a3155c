"""`samsyn admin user`: which language a person reads, said when the account is made or later."""

import asyncio

import pytest
from fastapi import FastAPI
from typer.testing import CliRunner, Result

from services.gateway import cli
from services.gateway.access import partners
from tests.support.servers.postgres import Database, connected


@pytest.fixture
async def organisation(clean: None, gateway_app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> str:
    """An organisation, and the settings of the running gateway for the command."""
    settings = gateway_app.state.settings
    for name in ("database_url", "token_key", "internal_key", "pepper"):
        monkeypatch.setenv(f"GATEWAY_{name.upper()}", getattr(settings, name))
    monkeypatch.setenv("BUS_URL", settings.bus_url)
    monkeypatch.setenv("INTERNAL_PUBLIC_KEY", settings.internal_public_key)
    async with gateway_app.state.database.sessions() as session, session.begin():
        await partners.add_organisation(session, name="Granen", kind="housing", areas=(), actor="test")
    return "Granen"


async def command(*words: str) -> Result:
    """`samsyn admin user ...`."""
    return await asyncio.to_thread(CliRunner().invoke, cli.app, ["user", *words])


async def kept(database: Database) -> list[tuple[str, str | None]]:
    """People and the languages of their profiles."""
    async with connected(database.admin_url) as admin:
        return [(row["name"], row["language"]) for row in await admin.fetch("SELECT name, language FROM users")]


async def test_a_language_is_said_with_the_account_and_later(organisation: str, gateway_database: Database) -> None:
    """With --language, by `language`, taken back by `none`; one that there is not changes nothing."""
    assert (await command("add", organisation, "--name", "anna", "--language", "en")).exit_code == 0
    assert await kept(gateway_database) == [("anna", "en")]
    assert (await command("language", "anna", "SV")).exit_code == 0
    assert await kept(gateway_database) == [("anna", "sv")]
    refused = await command("language", "anna", "fi")
    assert str(refused.exception) == "There is no such language. One of en, sv."
    unknown = "There is no such account. `samsyn admin user list` shows them."
    assert str((await command("language", "bo", "sv")).exception) == unknown
    assert (await command("add", organisation, "--name", "bo", "--language", "xx")).exit_code != 0
    assert await kept(gateway_database) == [("anna", "sv")]
    assert (await command("language", "anna", "none")).exit_code == 0
    assert await kept(gateway_database) == [("anna", None)]
