"""The examples of README, of the API's page and in docs/examples do what they say."""

import asyncio
import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from deploy.ports import port_is_free
from tests.e2e.conftest import Installation
from tests.support import ROOT
from tests.support.machine import CURL, needs
from tests.support.servers.services import wait_until

EXAMPLES = ROOT / "docs" / "examples"
pytestmark = pytest.mark.timeout(300)


async def run(*command: str) -> str:
    """What a program printed; it must end well."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), timeout=60)
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_a_batch_is_sent_and_the_feed_followed(samsyn: Installation) -> None:
    """partner.py: one report is created, one refused with the reason, and the feed tells of the first."""
    client = samsyn.access["clients"]["granen"]
    script = str(EXAMPLES / "partner.py")
    said = await run(sys.executable, script, samsyn.url, client["client_id"], client["client_secret"])
    created, refused, *told, end = said.splitlines()
    assert created == "0 created"
    assert refused.startswith("1 refused ")
    (report_id,) = [each.split()[2] for each in told if " report.submitted " in each]
    *words, cursor = end.split()
    assert words == ["go", "on", "after"]
    since_then = await (await samsyn.partner("granen")).get("/samsyn/v1/feed", params={"since": cursor})
    assert since_then.status_code == 200
    assert report_id not in since_then.text


async def test_a_demonstration_that_was_half_loaded_is_loaded_whole_and_once(samsyn: Installation) -> None:
    """The next start loads what a stop kept from being loaded, all of it once, and the address is that of now."""
    office = await samsyn.partner("municipality")

    async def there() -> list[object]:
        found = []
        for of in ("walks", "gatherings"):
            page = await office.get(f"/samsyn/v1/{of}", params={"limit": 1000})
            found.append(sorted(each["id"] for each in page.json()[of]))
        return [*found, (await office.get("/samsyn/v1/overview")).json()["areas"]]

    before, file = await there(), samsyn.up.home / "demo-access.json"
    kept = json.loads(file.read_text())
    file.write_text(json.dumps({**kept, "url": "http://127.0.0.1:1", "loading": kept["loaded"]}))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.demo.load", env=samsyn.up.environ, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await asyncio.wait_for(process.communicate(), timeout=120)
    assert (process.returncode, said[:6]) == (0, b"Loaded")
    assert json.loads(file.read_text()) == kept
    assert await there() == before


def steps_of_readme(samsyn: Installation) -> list[str]:
    """README's commands to send a report and to look at it."""
    chapter = (ROOT / "README.md").read_text().split("## Send a report")[1].split("\n## ")[0]
    home = str(samsyn.up.home / "demo-access.json")
    blocks = re.findall(r"```sh\n(.*?)```", chapter, re.DOTALL)
    return [
        block.replace("localhost:8000", samsyn.url)
        .replace(".venv/bin/python", sys.executable)
        .replace(".samsyn/demo-access.json", home)
        for block in blocks
    ]


def steps_of_page(samsyn: Installation) -> list[str]:
    """The commands under "Getting started" of the API's page."""
    page = httpx.get(f"{samsyn.url}/docs").text
    chapter = page.split('aria-labelledby="start"')[1].split("</section>")[0]
    return [html.unescape(block) for block in re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", chapter, re.DOTALL)]


@needs(CURL)
@pytest.mark.parametrize("steps", [steps_of_readme, steps_of_page])
async def test_first_steps_end_with_what_was_sent(
    samsyn: Installation, steps: Callable[[Installation], list[str]]
) -> None:
    """Typed as they are written, a second apart: the feed's answer is the report that was sent, and how to go on."""
    client, police = samsyn.access["clients"]["police"], await samsyn.partner("police")
    *send, look = steps(samsyn)
    shell = await asyncio.create_subprocess_exec(
        "bash",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"CLIENT_ID": client["client_id"], "CLIENT_SECRET": client["client_secret"]},
    )
    assert shell.stdin is not None
    before = (await police.get("/samsyn/v1/overview")).json()["feed_cursor"]
    shell.stdin.write("\n".join([*send, ""]).encode())

    async def told() -> list[str]:
        page = (await police.get("/samsyn/v1/feed", params={"since": before})).json()
        return [each["data"]["report_id"] for each in page["items"] if each["type"] == "report.submitted"]

    (report_id,) = await wait_until(told, timeout_s=30, what="the report to be told")
    said, _ = await asyncio.wait_for(shell.communicate(look.encode()), timeout=60)
    feed = json.loads(said[said.rindex(b'{"items":') :])
    assert report_id in [each["data"].get("report_id") for each in feed["items"]]
    assert feed["next_cursor"]


@needs(CURL)
async def test_curl_alone_sends_a_report(samsyn: Installation) -> None:
    """report.sh: prints the receipt."""
    client = samsyn.access["clients"]["police"]
    said = await run(str(EXAMPLES / "report.sh"), samsyn.url, client["client_id"], client["client_secret"])
    assert json.loads(said)["area_code"] == "0112"


async def test_the_receiver_believes_signatures_alone(samsyn: Installation) -> None:
    """receiver.py: prints the test message of a subscription made for it; a forged one gets 401."""
    police, port = await samsyn.partner("police"), samsyn.up.receiver_port
    wanted = {"url": f"http://127.0.0.1:{port}/", "types": ["report.submitted"]}
    made = await police.post("/samsyn/v1/subscriptions", json=wanted, headers={"Idempotency-Key": uuid4().hex})
    assert made.status_code == 201, made.text
    receiver = subprocess.Popen(
        [sys.executable, str(EXAMPLES / "receiver.py"), str(port), made.json()["secret"]], stdout=subprocess.PIPE
    )
    try:
        url = f"/samsyn/v1/subscriptions/{made.json()['id']}"
        await wait_until(lambda: not port_is_free(port), what="the receiver")
        sent = await police.post(f"{url}/test", headers={"Idempotency-Key": uuid4().hex})
        assert sent.status_code == 202, sent.text

        async def arrived() -> bool:
            found = (await police.get(f"{url}/deliveries")).json()["deliveries"]
            return any(each["state"] == "delivered" for each in found)

        await wait_until(arrived, timeout_s=20, what="the delivery")
        forged = await police.post(f"http://127.0.0.1:{port}/", json={"type": "report.submitted"})
        assert forged.status_code == 401
        assert (await police.get(url)).json()["verified_at"] is not None
    finally:
        receiver.kill()
        said, _ = receiver.communicate()
    assert said.count(b"\n") == 1
