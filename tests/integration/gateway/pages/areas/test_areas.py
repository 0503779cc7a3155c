"""/areas: a file of areas is sent as it was downloaded, tried, imported and taken back, through the gateway."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from tests.support.look.forms import form_to
from tests.support.make.people import Visitor, add_person, hidden, visiting
from tests.support.servers.services import wait_until


def district(code: Any, name: str, west: int) -> dict[str, Any]:
    """A square kilometre in SWEREF 99 TM, called as a municipality calls its own."""
    x, y = 480_000 + 1000 * west, 7_003_000
    ring = [[x, y], [x + 1000, y], [x + 1000, y + 1000], [x, y + 1000], [x, y]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"DISTRIKTSKOD": code, "DISTRIKT": name}, "geometry": geometry}


def downloaded(*features: dict[str, Any]) -> bytes:
    """A file with the mark and the `crs` of 2008."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}
    whole = {"type": "FeatureCollection", "crs": crs, "features": list(features)}
    return "\ufeff".encode() + json.dumps(whole).encode()


FILE = downloaded(district(101, "Centrum", 0), district(102, "Hamnen", 1))


@pytest.fixture
async def coordinator(clean: None, gateway_app: FastAPI, gateway_url: str) -> AsyncIterator[Visitor]:
    """Somebody of the municipality, signed in."""
    name, organisation_id = await add_person(gateway_app, kind="municipality", role="coordinator")
    async with visiting(gateway_url, name, organisation_id) as visitor:
        yield visitor


async def sent(visitor: Visitor, content: bytes, name: str = "stadsdelar.geojson") -> Response:
    """Choose a file and send it."""
    token = hidden((await visitor.browser.get("/areas")).text, "form_token")
    return await visitor.browser.post("/areas", data={"form_token": token}, files={"file": (name, content)})


async def pressed(visitor: Visitor, address: str, button: str, html: str, **changes: str) -> Response:
    """The form as it stands, with one of its buttons."""
    return await visitor.browser.post(address, data=form_to(html, address).fields | changes | {button: ""})


async def sent_and_tried(visitor: Visitor, content: bytes) -> tuple[str, Response]:
    """The address of a file, and the page of what it would change."""
    address = (await sent(visitor, content)).headers["location"]
    return address, await pressed(visitor, address, "try", (await visitor.browser.get(address)).text)


async def test_from_a_downloaded_file_to_areas_and_back(coordinator: Visitor) -> None:
    """Nothing is chosen by hand; the trial stores nothing; what was imported can be taken back."""
    held = await sent(coordinator, FILE)
    assert held.status_code == 303, held.text
    address = held.headers["location"]
    shown = (await coordinator.browser.get(address)).text
    assert '<option value="p:DISTRIKTSKOD" selected>' in shown
    assert "Centrum, Hamnen" in shown
    tried = await pressed(coordinator, address, "try", shown, retire="yes")
    assert tried.status_code == 200, tried.text
    assert "<svg" in tried.text
    assert "Hamnen (102)" in unescape(tried.text)
    assert "stadsdelar.geojson" not in (await coordinator.browser.get("/areas")).text
    done = await pressed(coordinator, address, "import", tried.text, retire="yes")
    assert done.status_code == 303
    after = (await coordinator.browser.get(done.headers["location"])).text
    assert "Områdena används nu." in after
    assert "stadsdelar.geojson" in after
    assert "Centrum, Hamnen" in after
    assert "utan den finns inget kvar" not in after
    undo = next(part for part in after.split('action="') if part.startswith("/areas/undo/"))
    back = await coordinator.browser.post(undo.split('"')[0], data={"form_token": hidden(after, "form_token")})
    assert back.status_code == 409
    assert "3 av 3 områden" in unescape(back.text)
    assert "Centrum, Hamnen" in (await coordinator.browser.get("/areas")).text
    back = await pressed(coordinator, undo.split('"')[0], "yes", back.text)
    assert back.status_code == 303
    before = (await coordinator.browser.get(back.headers["location"])).text
    assert "Importen är ångrad." in before
    assert "en import ångrades" in before
    assert "Centrum, Hamnen" not in before
    gone = await coordinator.browser.get(address)
    assert gone.status_code == 404
    assert "finns inte längre kvar" in gone.text or "inte kvar" in gone.text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("topo.json", b'{"type": "Topology", "objects": {}, "arcs": []}', "TopoJSON"),
        ("omr.xlsx", b"PK\x03\x04nothing", "Zipfilen går inte att packa upp"),
        ("omr.pdf", b"%PDF-1.7", "PDF"),
        ("omr.geojson", b"<html><body>Sign in</body></html>", "en webbsida"),
        ("omr.geojson", b"\xff\xfe\x00\xd8", "Filens text är skadad"),
        ("omr.csv", b"kod;namn\n1;Ett\n", "en tabell"),
        ("omr.geojson", b'{"type": "FeatureCollection", "feat', "Sparades hela filen?"),
        ("omr.geojson", b'{"type": "FeatureCollection", "features": []}', "Det finns inga områden i filen"),
    ],
)
async def test_another_kind_of_file_is_told_by_its_name(
    coordinator: Visitor, name: str, content: bytes, told: str
) -> None:
    """What it is and what to do, once, in the page's language."""
    answer = await sent(coordinator, content, name)
    assert answer.status_code == 422
    wrong = answer.text.partition('id="wrong"')[2].partition("</div>")[0]
    assert told in unescape(wrong)
    assert not re.search(r'lang="en"|\bThe file\b', wrong)


async def test_what_is_wrong_is_told_with_its_area(coordinator: Visitor) -> None:
    """Two areas on the same ground: the trial says so, and there is no button that imports."""
    held = await sent(coordinator, downloaded(district(1, "Ett", 0), district(2, "Två", 0)))
    address = held.headers["location"]
    tried = await pressed(coordinator, address, "try", (await coordinator.browser.get(address)).text)
    assert tried.text.count("täcker samma mark") == 1
    assert "It covers" not in tried.text
    assert 'name="import"' not in tried.text


async def test_what_is_imported_is_what_was_shown(coordinator: Visitor) -> None:
    """A setting changed behind the trial, or areas that another import changed: the new trial comes first."""
    address, tried = await sent_and_tried(coordinator, FILE)
    meant = {"retire": "yes"}
    unseen = await pressed(coordinator, address, "import", tried.text, code="row", **meant)
    assert (unseen.status_code, "inte det som visades" in unescape(unseen.text)) == (200, True)
    assert "Hamnen (2)" in unescape(unseen.text), "the trial of what is asked for now"
    assert "stadsdelar.geojson" not in (await coordinator.browser.get("/areas")).text
    other, others = await sent_and_tried(coordinator, downloaded(district(1, "Centrum", 0)))
    assert (await pressed(coordinator, other, "import", others.text, **meant)).status_code == 303
    late = await pressed(coordinator, address, "import", unseen.text, **meant)
    assert (late.status_code, "inte det som visades" in unescape(late.text)) == (200, True)
    assert (await pressed(coordinator, address, "import", late.text, **meant)).status_code == 303
    assert "Centrum, Hamnen" in (await coordinator.browser.get("/areas")).text


async def test_that_reports_stand_where_they_lay_is_said_until_they_moved(
    coordinator: Visitor, visit: Callable[..., Awaitable[Visitor]]
) -> None:
    """On the overview and on the page of areas, to everybody, to the coordinator with the way to move them."""
    member = await visit(kind="housing", role="member")
    form = form_to((await member.browser.get("/reports/new")).text, "/reports/new").fields
    seen = {"what": "order/noise", "day": "2026-01-07", "lat": "63.1608", "lon": "14.615", "severity": "2"}
    receipt = await member.browser.post("/reports/new", data=form | seen)
    assert receipt.status_code == 303, receipt.text
    said = "de områden som fanns innan områdena ändrades"
    one = "1 rapport ligger kvar i ett område som fanns innan områdena ändrades"
    assert 'id="standing"' not in (await coordinator.browser.get("/")).text
    address, tried = await sent_and_tried(coordinator, FILE)
    done = await pressed(coordinator, address, "import", tried.text, retire="yes")
    pages = ["/", "/areas", done.headers["location"]]
    for each in pages:
        assert one in unescape((await coordinator.browser.get(each)).text)
    assert 'href="/areas#tree"' in (await coordinator.browser.get("/")).text
    assert "Torget" in (await coordinator.browser.get("/reports")).text, "the name of an area that is out of use"
    told = unescape((await member.browser.get("/")).text)
    assert f"Några rapporter ligger kvar i {said}" in told
    assert "/areas#tree" not in told
    moving = form_to((await coordinator.browser.get("/areas")).text, "/areas/placing").fields
    asked = await coordinator.browser.post("/areas/placing", data=moving)

    async def moved() -> bool:
        return "1 rapport har flyttats" in unescape((await coordinator.browser.get(asked.headers["location"])).text)

    await wait_until(moved, what="the report to move")

    async def silent() -> bool:
        return 'id="standing"' not in (await coordinator.browser.get("/")).text

    await wait_until(silent, what="the move to be told")
    for each in pages:
        assert 'id="standing"' not in (await coordinator.browser.get(each)).text
    assert 'id="standing"' not in (await member.browser.get("/")).text


async def test_more_than_half_go_out_of_use_only_when_it_is_meant(coordinator: Visitor) -> None:
    """Sent without the tick it is refused, and the tick is offered."""
    first, tried = await sent_and_tried(coordinator, FILE)
    await pressed(coordinator, first, "import", tried.text, retire="yes")
    other, tried = await sent_and_tried(coordinator, downloaded(district("x", "Annan", 5)))
    refused = await pressed(coordinator, other, "import", tried.text)
    assert refused.status_code == 422
    assert 'name="retire"' in refused.text
    assert "Centrum, Hamnen" in (await coordinator.browser.get("/areas")).text


async def test_only_who_may_import_sees_the_page(clean: None, gateway_app: FastAPI, gateway_url: str) -> None:
    """A member has no menu entry, and is refused."""
    name, organisation_id = await add_person(gateway_app, kind="housing", role="member")
    async with visiting(gateway_url, name, organisation_id) as visitor:
        assert 'href="/areas"' not in (await visitor.browser.get("/")).text
        assert (await visitor.browser.get("/areas")).status_code == 403
