"""Files of reports sent to the running service, for tests."""

from typing import Any

import httpx

from tests.support.servers.services import wait_until

MAPPING: dict[str, Any] = {
    "columns": {
        "external_reference": "ref",
        "category": "kind",
        "occurred_from": "at",
        "x": "lon",
        "y": "lat",
        "text": "note",
    },
    "delimiter": ",",
    "encoding": "utf-8",
    "decimal": ".",
    "datetime_format": ["%Y-%m-%d %H:%M", "%Y-%m-%d"],
    "crs": "EPSG:4326",
}
HEADER = "ref,kind,at,lon,lat,note\n"
CSV = {"Content-Type": "text/csv"}


async def bring_in(
    caller: httpx.AsyncClient, body: str | bytes, *, mapping: str = "m", timeout_s: float = 30, **changes: Any
) -> Any:
    """Send a file under a mapping, MAPPING unless changed, wait until it is dealt with; returns what became of it."""
    known = await caller.get(f"/mappings/{mapping}")
    replaced = {"If-Match": known.headers["etag"]} if known.is_success else {}
    answer = await caller.put(f"/mappings/{mapping}", json=MAPPING | changes, headers=replaced)
    assert answer.status_code == 200, answer.text
    return await send(caller, body, mapping=mapping, timeout_s=timeout_s)


async def send(
    caller: httpx.AsyncClient,
    body: str | bytes,
    *,
    mapping: str = "m",
    kind: str = "text/csv",
    dry_run: bool = False,
    timeout_s: float = 30,
) -> Any:
    """Send a file under a mapping that is there, or try it; wait until it is dealt with; returns what became of it."""
    address = await hand_in(caller, body, mapping=mapping, kind=kind, dry_run=dry_run)
    return await ended(caller, address, timeout_s=timeout_s)


async def hand_in(
    caller: httpx.AsyncClient, body: str | bytes, *, mapping: str, kind: str = "text/csv", dry_run: bool = False
) -> str:
    """The address of a file that was sent and waits."""
    content = body.encode() if isinstance(body, str) else body
    query = {"mapping": mapping, "dry_run": str(dry_run).lower()}
    answer = await caller.post("/imports", params=query, content=content, headers={"Content-Type": kind})
    assert answer.status_code == 202, answer.text
    return address_of(answer)


def address_of(answer: httpx.Response) -> str:
    """Where a service that is asked directly has what an answer says was made."""
    return answer.headers["location"].removeprefix("/samsyn/v1")


async def ended(caller: httpx.AsyncClient, address: str, *, timeout_s: float = 60) -> Any:
    """What became of a file, once it is worked off."""

    async def look() -> Any:
        found = (await caller.get(address)).json()
        return found if found["state"] in ("done", "failed") else None

    return await wait_until(look, timeout_s=timeout_s, what="the file to end")


def counts(ended: Any) -> tuple[int, ...]:
    """Read, new, unchanged, changed, failed, unplaced."""
    return tuple(ended[name] for name in ("read", "new", "unchanged", "changed", "failed", "unplaced"))
