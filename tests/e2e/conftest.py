"""One installation with the demonstration in it, started as a user starts it, for all journeys of a worker."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser

from deploy.local.children import alive
from tests.support.servers.browsers import browsing
from tests.support.servers.postgres import own_folder
from tests.support.servers.services import TRUST
from tests.support.servers.up import Up, started


@dataclass
class Installation:
    """A running `samsyn up --demo`: its address, and what opens its doors."""

    up: Up
    url: str
    access: dict[str, Any]

    async def partner(self, key: str) -> httpx.AsyncClient:
        """A caller with the token of one of the demonstration's clients."""
        client = self.access["clients"][key]
        caller = httpx.AsyncClient(base_url=self.url, timeout=30, verify=TRUST)
        form = {
            "grant_type": "client_credentials",
            "client_id": client["client_id"],
            "client_secret": client["client_secret"],
        }
        token = await caller.post("/oauth/token", data=form)
        assert token.status_code == 200, token.text
        caller.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        return caller


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The worker's browser; each test opens a window of its own."""
    async with browsing() as browser:
        yield browser


@pytest.fixture(scope="package")
async def samsyn() -> AsyncIterator[Installation]:
    """`samsyn up --demo`, ready."""
    with own_folder() as folder, started(folder / "home", demo=True) as up:
        await up.ready()
        access = json.loads((up.home / "demo-access.json").read_text())
        yield Installation(up, f"http://127.0.0.1:{up.ports['gateway']}", access)
        processes = up.processes()
        assert up.command("down") == (0, "Stopped.\n")
        assert up.process.wait(timeout=10) == 0
        assert not any(alive(process) for process in processes)
