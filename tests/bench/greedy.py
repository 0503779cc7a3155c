"""One partner that takes all it can get, as a process of its own: `python -m tests.bench.greedy KIND`.

Only to 127.0.0.1. How it is let in comes as JSON on standard input: port, token, cookie.
"""

import asyncio
import io
import itertools
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cache
from uuid import uuid4

from tests.bench.load import request
from tests.support.look.unread import unread
from tests.support.make.reports import make_report

AT_ONCE = 8
# Not the modest one's address: connections are counted by address too.
_FROM = ("127.0.0.2", 0)
JSON = {"Content-Type": "application/json"}
_ROW = "r{},order,2026-11-0{} 21:30,14.64,63.17,Buller vid torget\n"
_HEADER = "ref,kind,at,lon,lat,note\n"
MAPPING = {
    "delimiter": ",", "encoding": "utf-8", "datetime_format": "%Y-%m-%d %H:%M", "crs": "EPSG:4326",
    "columns": {"external_reference": "ref", "category": "kind", "occurred_from": "at", "x": "lon", "y": "lat",
                "text": "note"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Door:
    """How the greedy partner is let in."""

    port: int
    token: str
    cookie: str

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
        """A request by its system."""
        said = {"Authorization": f"Bearer {self.token}", "Connection": "close", "Idempotency-Key": uuid4().hex}
        return request(method, f"/samsyn/v1{path}", headers={**said, **(headers or {})}, body=body)


_MARK = b"--mark--"


@cache
def _rows(count: int) -> bytes:
    text = io.StringIO(_HEADER)
    text.seek(0, io.SEEK_END)
    text.writelines(_ROW.format(f"{_MARK.decode()}{n}", n % 9 + 1) for n in range(count))
    return text.getvalue().encode()


def rows(count: int) -> bytes:
    """A file of so many rows, each another one. Made once: who sends it has a machine of their own."""
    return _rows(count).replace(_MARK, uuid4().hex[:8].encode())


def batch(count: int, text: str) -> bytes:
    """So many reports at once."""
    return json.dumps(
        {"reports": [make_report(text=text, external_reference=uuid4().hex) for _ in range(count)]}
    ).encode()


HEAVY_TEXT = ("811218-9876 070-174 06 05 namn.namnsson@example.org ABC 12A " * 34)[:2000]
_WORDS = itertools.cycle(("-musik", "flygplan", "-klotter -musik", "kvarter0a0"))
_NUMBERS = itertools.count()
_VALUES = {"category": {f"{n} {'x' * 80}": "order" for n in range(2400)}}
Ask = Callable[[Door], bytes]
KINDS: Mapping[str, Ask] = {
    "lagesbilder": lambda door: door.ask("GET", "/lagesbild"),
    "word searches": lambda door: door.ask("GET", f"/reports?limit=100&words={next(_WORDS).replace(' ', '+')}"),
    "pages of a thousand": lambda door: door.ask("GET", "/reports?limit=1000"),
    "batches": lambda door: door.ask("POST", "/reports/batch", batch(1000, "Buller vid torget."), JSON),
    "personal data": lambda door: door.ask("POST", "/reports/batch", batch(300, HEAVY_TEXT), JSON),
    "mappings": lambda door: door.ask(
        "PUT", f"/mappings/m{next(_NUMBERS) % 200}", json.dumps(MAPPING | {"values": _VALUES}).encode(), JSON
    ),
    "subscriptions": lambda door: door.ask(
        "POST", "/subscriptions", json.dumps({"url": f"https://{uuid4().hex}.example.net/"}).encode(), JSON
    ),
    "overview": lambda door: door.ask("GET", "/overview"),
    "dashboard": lambda door: request("GET", "/", headers={"Cookie": door.cookie, "Connection": "close"}),
    "wrong tokens": lambda door: door.ask("GET", "/overview", headers={"Authorization": f"Bearer {uuid4().hex}.e30.x"}),
    # Last: their rows are worked off long after.
    "big files": lambda door: door.ask("POST", "/imports?mapping=m", rows(100_000), {"Content-Type": "text/csv"}),
    "small files": lambda door: door.ask("POST", "/imports?mapping=m", rows(2), {"Content-Type": "text/csv"}),
}


async def ask_on(door: Door, ask: Ask, statuses: dict[int, int]) -> None:
    """One after the other, for ever; what is refused is asked again at once."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", door.port, local_addr=_FROM)
            writer.write(ask(door))
            head = await reader.readline()
            status = int(head[9:12] or b"0")
            statuses[status] = statuses.get(status, 0) + 1
            while await reader.read(1 << 20):
                pass
            writer.close()
        except OSError:
            statuses[0] = statuses.get(0, 0) + 1


async def hold(door: Door, path: str, count: int) -> None:
    """Ask so many times at once, and read none of the answers; again when all are cut."""
    headers = {"Authorization": f"Bearer {door.token}"}
    while True:
        async with AsyncExitStack() as stack:
            await asyncio.gather(
                *(stack.enter_async_context(unread(f"http://127.0.0.1:{door.port}", path, headers=headers))
                  for _ in range(count)), return_exceptions=True,
            )  # fmt: skip
            await asyncio.sleep(25)


async def idle(door: Door, count: int) -> None:
    """Keep so many connections open that ask for nothing; those that are ended are opened again."""

    async def one() -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", door.port, local_addr=_FROM)
                writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n")
                await reader.read()
                writer.close()
            except OSError:
                await asyncio.sleep(0.1)

    await asyncio.gather(*(one() for _ in range(count)))


async def main(kind: str) -> None:
    """Be greedy in one way."""
    door, statuses = Door(**json.loads(sys.stdin.readline())), dict[int, int]()
    try:
        if kind == "exports unread":
            await hold(door, "/samsyn/v1/reports.csv", 12)
        elif kind == "lists unread":
            await hold(door, "/samsyn/v1/reports?limit=1000", 12)
        elif kind == "many connections":
            await idle(door, 300)
        else:
            await asyncio.gather(*(ask_on(door, KINDS[kind], statuses) for _ in range(AT_ONCE)))
    finally:
        print(json.dumps(statuses))


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(0)
