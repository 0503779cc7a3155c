"""A service that is told to stop finishes what it has begun, tells what it has to tell, and then ends."""

import asyncio
import json
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from shared.bus import Bus
from tests.support.look.bus import BusProbe
from tests.support.make.kit import rows
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database
from tests.support.servers.processes import ServiceProcess, service_process
from tests.support.servers.services import TRUST, client, internal_token, make_principal, new_key, wait_until

PRINCIPAL = make_principal()


async def begin_post(service: ServiceProcess) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    """Open a connection and send a report up to the middle of its body; returns the connection and the rest."""
    address = urlsplit(service.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    body = json.dumps(make_report(external_reference="slow")).encode()
    head = [
        "POST /reports HTTP/1.1", f"Host: {address.netloc}", "Content-Type: application/json", "Idempotency-Key: slow",
        f"Content-Length: {len(body)}", f"Authorization: Bearer {internal_token(PRINCIPAL, service='reports')}",
    ]  # fmt: skip
    writer.write("\r\n".join([*head, "", ""]).encode() + body[:50])
    await writer.drain()
    assert not await is_closed(service)  # answered after what came before it was read: the request is begun
    return reader, writer, body[50:]


async def is_closed(service: ServiceProcess) -> bool:
    """Whether nobody is let in any more."""
    try:
        async with httpx.AsyncClient(timeout=2, verify=TRUST) as caller:
            await caller.get(f"{service.url}/")
    except httpx.TransportError:
        return True
    return False


async def test_a_request_in_flight_is_finished_and_the_outbox_drained(
    reports_database: Database, bus_url: str, bus: Bus, tmp_path: Path
) -> None:
    """After SIGTERM: no new callers, the half-sent report is taken and answered, every report is on the bus."""
    before = len(await rows(reports_database, "SELECT FROM reports"))
    async with service_process("reports", database=reports_database, bus_url=bus_url, folder=tmp_path) as service:
        async with client(service.url, service="reports", principal=PRINCIPAL) as caller:
            answers = await asyncio.gather(
                *(caller.post("/reports", json=make_report(), headers=new_key()) for _ in range(20))
            )
        assert {answer.status_code for answer in answers} == {201}
        reader, writer, rest = await begin_post(service)
        assert service.process is not None
        service.process.terminate()
        await wait_until(lambda: is_closed(service), what="the service to let nobody in")
        writer.write(rest)
        await writer.drain()
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), timeout=10)
        assert answer.split()[1] == b"201", answer
        assert await asyncio.wait_for(service.process.wait(), timeout=20) == 0
        writer.close()
    assert len(await rows(reports_database, "SELECT FROM reports")) == before + 21
    assert await rows(reports_database, "SELECT FROM outbox") == []
    slow = await rows(reports_database, "SELECT id::text FROM reports WHERE external_reference = 'slow'")
    probe = await BusProbe(bus, ["reports.report.v1"]).start()
    assert await probe.next("reports.report.v1", key=slow[0][0])
    await probe.stop()
