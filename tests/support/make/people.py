"""People who use the pages: an account, a browser's cookies, and the forms of a page."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import httpx
from fastapi import FastAPI

from services.gateway.access import partners, people
from services.gateway.pages.frame.visitors import Person
from shared.access import SCOPES_OF_ROLE, Kind, Principal, Role
from shared.ids import uuid7
from tests.support.servers.services import TRUST

PASSWORD = "en lång mening som lösenord"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person: `browser` carries the session's cookie, `name` signs in with PASSWORD."""

    browser: httpx.AsyncClient
    name: str
    organisation_id: UUID


def signed_in(principal: Principal, *, session: bytes = b"-") -> Person:
    """Somebody in a session that no request showed, for what is asked of a person without one."""
    until = datetime.now(UTC) + timedelta(hours=1)
    return Person(
        name="Vem",
        organisation="Testby",
        form_token="-",
        session=session,
        until=until,
        principal=principal,
        had_form=lambda token: False,
    )


def letters() -> str:
    """Six letters that no other name has. With digits among them they may look like a registration plate."""
    return uuid7().hex[-6:].translate(str.maketrans("0123456789", "ghijklmnop"))


async def add_person(app: FastAPI, *, kind: Kind, role: Role, areas: tuple[str, ...] = ()) -> tuple[str, UUID]:
    """An organisation with one account in it: the account's name and the organisation's id."""
    mark = letters()
    async with app.state.database.sessions() as session, session.begin():
        organisation_id = await partners.add_organisation(
            session, name=f"{kind} {mark}", kind=kind, areas=areas, actor="test"
        )
        await people.add_user(
            session, organisation_id=organisation_id, kind=kind, name=f"{role}-{mark}", role=role, password=PASSWORD,
            actor="test",
        )  # fmt: skip
    assert SCOPES_OF_ROLE[role]
    return f"{role}-{mark}", organisation_id


@asynccontextmanager
async def visiting(url: str, name: str, organisation_id: UUID) -> AsyncIterator[Visitor]:
    """Somebody signed in by the page's own form."""
    async with httpx.AsyncClient(base_url=url, timeout=20, headers={"Accept": "text/html"}, verify=TRUST) as browser:
        door = await browser.get("/sign-in")
        sent = {"name": name, "password": PASSWORD, "form_token": hidden(door.text, "form_token")}
        answer = await browser.post("/sign-in", data=sent)
        assert answer.status_code == 303, answer.text
        yield Visitor(browser, name, organisation_id)


def hidden(html: str, name: str) -> str:
    """The value of the last hidden field of that name: the page's own form, after the sign-out in its header."""
    found = re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
    assert found, f"no field {name} in the page"
    return unescape(found[-1])
