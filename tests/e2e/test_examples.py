"""The examples in docs/examples do what they say."""

import asyncio
import json
import subprocess
import sys
from uuid import uuid4

import pytest

from deploy.ports import port_is_free
from tests.e2e.conftest import Installation
from tests.support import ROOT
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
    lines = said.splitlines()
    assert lines[0] == "0 created"
    assert lines[1].startswith("1 refused ")


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
