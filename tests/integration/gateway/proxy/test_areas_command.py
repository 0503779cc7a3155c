"""samsyn areas import, list, undo: through the gateway, as somebody at a terminal would."""

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from services.reports.area_cli import Access, import_areas, list_imports, reading_of, undo_import
from shared.errors import Invalid
from tests.integration.gateway.conftest import new_client
from tests.support.make.areas import new_code, square


async def test_from_a_file_to_areas_and_back(
    partner: Any, gateway_app: FastAPI, gateway_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the file offers and what would change is shown; nothing is stored before somebody says yes."""
    _, client_id, secret = await new_client(gateway_app, "municipality", "coordinator", (), None)
    access = Access(url=gateway_url, client_id=client_id, client_secret=secret)
    prefix = new_code()
    features = [
        {"type": "Feature", "properties": {"KOD": f"{prefix}{n}", "NAMN": name}, "geometry": square(west, 63.0, 0.2)}
        for n, (name, west) in enumerate((("Östra [1]", 14.6), ("Västra", 14.4)))
    ]
    (file := tmp_path / "d.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    send = partial(import_areas, file, access=access)

    async def run(*, dry_run: bool = False, yes: bool = False, answer: bool = False, **said: Any) -> str:
        return await asyncio.to_thread(
            send, reading=reading_of(**said), dry_run=dry_run, yes=yes, confirm=lambda _: answer
        )

    assert "nothing was stored" in await run(dry_run=True, retire=True)
    shown = capsys.readouterr().out
    assert "KOD" in shown
    assert "Östra [1]" in shown
    assert "Nothing was stored" in await run(retire=True)
    with pytest.raises(Invalid, match="needs a name; feature 1"):
        await run(name="nothing", yes=True)
    assert "added 3" in await run(retire=True, answer=True)
    listed = await asyncio.to_thread(list_imports, access=access)
    assert "d.geojson" in listed
    assert "can be put back" in listed
    caller = await partner(kind="municipality", role="coordinator")
    newest = (await caller.get("/samsyn/v1/areas/imports")).json()["imports"][0]
    assert (newest["client_id"], newest["undoable"]) == (client_id, True)
    undo = partial(undo_import, newest["version"], access=access)

    async def back(*, retire: bool = True, dry_run: bool = False, yes: bool = False, answer: bool = False) -> str:
        told = await asyncio.to_thread(undo, retire=retire, dry_run=dry_run, yes=yes, confirm=lambda _: answer)
        return capsys.readouterr().out + told

    assert "retired 3, unchanged 0; 0 reports would move. An undo cannot be undone." in await back(dry_run=True)
    assert "Nothing was stored" in await back()
    with pytest.raises(Invalid, match="--retire"):
        await back(retire=False, yes=True)
    assert f"Version {newest['version'] + 1}" in await back(answer=True)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"code": "id"}, {"code": None, "code_from": "id"}),
        ({"parent": "place", "level": 2}, {"parent": None, "parent_from": "place", "level": 2}),
        ({"only": "kommun=2380"}, {"only": "kommun", "only_values": ["2380"]}),
        ({"only": "all"}, {"only": None, "only_values": []}),
        ({"root": "none"}, {"root": "file"}),
        ({"root": "2380", "clip": False}, {"root": "union", "root_code": "2380"}),
        ({"crs": None, "tolerance_m": 5.0}, {"tolerance_m": 5.0}),
    ],
)
def test_what_is_typed_is_a_reading(said: dict[str, Any], meant: dict[str, Any]) -> None:
    """Of the API's; what is not typed is left as suggested."""
    assert reading_of(**said) == meant
