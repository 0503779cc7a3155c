"""samsyn import: what it keeps of a mapping file, through the gateway."""

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from services.reports.cli import import_file
from shared.errors import Invalid
from tests.integration.gateway.conftest import new_client
from tests.support.make.imports import HEADER, MAPPING


async def test_a_mapping_file_replaces_nothing_unasked(
    partner: Any, gateway_app: FastAPI, gateway_url: str, tmp_path: Path
) -> None:
    """--mapping-file: a dry run keeps none, also where it fails; another mapping of the name goes only by --replace."""
    organisation_id, client_id, secret = await new_client(gateway_app, "guard", "member", (), None)
    caller = await partner(kind="guard", role="member", organisation_id=organisation_id)
    (file := tmp_path / "list.csv").write_text(HEADER + "r1,order,2026-11-03 21:30,,,Buller\n")
    (mapping := tmp_path / "m.json").write_text(json.dumps(MAPPING))
    send = partial(
        import_file, file, mapping="m", mapping_file=mapping, url=gateway_url, client_id=client_id, client_secret=secret
    )

    async def run(*, dry_run: bool, replace: bool = False) -> str:
        return await asyncio.to_thread(send, dry_run=dry_run, replace=replace)

    assert "nothing was stored" in await run(dry_run=True)
    assert (await caller.get("/samsyn/v1/mappings")).json() == {"mappings": []}
    assert "new 1" in await run(dry_run=False)
    before = (await caller.get("/samsyn/v1/mappings")).json()
    mapping.write_text(json.dumps(MAPPING | {"delimiter": ";"}))
    with pytest.raises(Invalid):
        await run(dry_run=True)
    with pytest.raises(Invalid, match=f"changed last by {client_id} at .* --replace"):
        await run(dry_run=False)
    assert (await caller.get("/samsyn/v1/mappings")).json() == before
    mapping.write_text(json.dumps(MAPPING | {"defaults": {"category": "other"}}))
    assert "unchanged 1" in await run(dry_run=False, replace=True)
    [after] = (await caller.get("/samsyn/v1/mappings")).json()["mappings"]
    assert (after["version"], after["mapping"]["defaults"]) == (2, {"category": "other"})


async def test_a_snapshot_withdraws_what_the_file_has_no_more(
    gateway_app: FastAPI, gateway_url: str, tmp_path: Path
) -> None:
    """--snapshot, --snapshot-of: as the API takes them; what becomes of the rest is said, and why it does not."""
    _, client_id, secret = await new_client(gateway_app, "guard", "member", (), None)
    (mapping := tmp_path / "m.json").write_text(json.dumps(MAPPING))
    rows = [f"r{n},order,2026-11-03 21:{n}0,,,Buller\n" for n in range(4)]
    send = partial(import_file, mapping="m", mapping_file=mapping, url=gateway_url, client_id=client_id,
                   client_secret=secret)  # fmt: skip

    async def run(kept: int, *, snapshot: str | None = None, snapshot_of: str | None = None) -> str:
        (file := tmp_path / "list.csv").write_text(HEADER + "".join(rows[:kept]))
        return await asyncio.to_thread(send, file, dry_run=False, snapshot=snapshot, snapshot_of=snapshot_of)

    assert "no more" not in await run(4)
    assert "1 are in the file no more, 0 of them withdrawn" in await run(3, snapshot="report", snapshot_of="all")
    assert "1 are in the file no more, 1 of them withdrawn" in await run(3, snapshot="withdraw", snapshot_of="all")
    assert "more than half" in await run(1, snapshot="withdraw", snapshot_of="all")
    with pytest.raises(Invalid, match="snapshot"):
        await run(4, snapshot="sometimes")
    with pytest.raises(Invalid, match="--snapshot-of"):
        await run(4, snapshot_of="all")
