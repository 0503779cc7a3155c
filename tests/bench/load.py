"""A small HTTP load generator: raw sockets, since a client library would take as much of the machine as a service."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil


@dataclass(slots=True)
class Load:
    """What came of a run: seconds per answer, statuses, and how long all of it took."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    took_s: float = 0.0
    service_cpu_s: float = 0.0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.seconds) / self.took_s

    @property
    def cpu_us_per_item(self) -> float:
        """Processor time of the service for one answer, microseconds."""
        return round(self.service_cpu_s / len(self.seconds) * 1e6, 1)

    def percentile_ms(self, percent: float) -> float:
        """The time under which so many percent of the answers stayed, milliseconds."""
        ranked = sorted(self.seconds)
        return round(ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))] * 1000, 2)


async def drive(
    port: int, requests: Iterator[bytes], *, service: psutil.Process, connections: int = 4, seconds: float = 5
) -> Load:
    """Send requests over so many connections, each waiting for its answer, for so long."""
    load, end = Load(), time.perf_counter() + seconds

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            began = time.perf_counter()
            writer.write(next(requests))
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head[9:12])
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            load.seconds.append(time.perf_counter() - began)
            load.statuses[status] = load.statuses.get(status, 0) + 1
        writer.close()

    began, used = time.perf_counter(), service.cpu_times()
    await asyncio.gather(*(one() for _ in range(connections)))
    now = service.cpu_times()
    load.took_s = time.perf_counter() - began
    load.service_cpu_s = now.user + now.system - used.user - used.system
    return load


def request(method: str, path: str, *, headers: dict[str, str], body: bytes = b"") -> bytes:
    """One request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body
