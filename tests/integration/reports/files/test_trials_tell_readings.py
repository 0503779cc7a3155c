"""POST /imports?dry_run=true: a trial says in every respect what the reading after it does, whatever the file."""

import random
from typing import Any

import httpx
import pytest

from services.reports.files import batching, work
from tests.support.make.imports import CSV, MAPPING, address_of, ended
from tests.support.servers.services import new_key

HEADER = "ref,nr,kind,at,lon,lat,note\n"
OWN = {field: column for field, column in MAPPING["columns"].items() if field != "external_reference"}
# By which columns rows are known: their reference, another one, or what they say, more or less of it.
COLUMNS: list[dict[str, str]] = [
    OWN | {"external_reference": "ref"},
    OWN | {"external_reference": "ref"},
    OWN | {"external_reference": "nr"},
    OWN,
    {field: column for field, column in OWN.items() if field != "text"},
]
# What differs between a trial and a reading of the same: which they are, when, and what is withdrawn behind its rows.
OF_EACH = {
    "id", "dry_run", "received_at", "started_at", "finished_at", "rows_per_s", "withdrawn", "withdrawing", "updated_at",
}  # fmt: skip
TRIES = 9


def row_of(chance: random.Random, number: int, *, kinds: bool) -> str:
    """A row of an incident: as it was mostly, else corrected, of another day, refused, or without its reference."""
    ref = chance.choice([f"r{number}"] * 8 + ["", "070-174 06 05"])
    nr = chance.choice([f"n{number}"] * 6 + [f"n{number % 4}", ""])
    kind = chance.choice(["order"] * 8 + ["damage", "", "none"]) if kinds else chance.choice(["order"] * 9 + ["damage"])
    at = f"2026-11-{number % 9 + 1:02} 21:30" if chance.random() < 0.9 else chance.choice(["2026-11-20", "i går"])
    lon = chance.choice(["14.64"] * 9 + ["1.5"])
    return f"{ref},{nr},{kind},{at},{lon},63.17,Buller {number // 2}{chance.choice([''] * 6 + [' igen'])}"


def file_of(chance: random.Random) -> str:
    """Most of some incidents, in their order or not, some of them again."""
    kinds = chance.random() < 0.6
    numbers = [number for number in range(40) if chance.random() < chance.choice([0.97, 0.8, 0.4])]
    rows = [row_of(chance, number, kinds=kinds) for number in numbers]
    rows += [row_of(chance, number, kinds=kinds) for number in chance.choices(range(44), k=chance.randrange(4))]
    if chance.random() < 0.3:
        chance.shuffle(rows)
    return HEADER + "\n".join(rows)


async def outcome(caller: httpx.AsyncClient, body: str, query: dict[str, str]) -> dict[str, Any]:
    """All that is told of a file: what became of it, what is wrong with which rows, and what it has no more."""
    answer = await caller.post("/imports", params=query, content=body, headers=CSV)
    assert answer.status_code == 202, answer.text
    address = address_of(answer)
    found = await ended(caller, address)
    errors = (await caller.get(f"{address}/errors", params={"limit": 100})).json()["errors"]
    missing = (await caller.get(f"{address}/missing", params={"limit": 100})).json()["missing"]
    told = {name: value for name, value in found.items() if name not in OF_EACH}
    return told | {"errors": errors, "gone": sorted(each["id"] for each in missing)}


async def by_hand(caller: httpx.AsyncClient, chance: random.Random) -> None:
    """What people do in between: one report is withdrawn, one is corrected."""
    listed = (await caller.get("/reports", params={"status": "received", "limit": 50})).json()["reports"]
    for each in chance.sample(listed, min(2, len(listed))):
        if chance.random() < 0.5:
            why = {"reason": "Sent twice."}
            done = await caller.post(f"/reports/{each['id']}/withdraw", json=why, headers=new_key())
            assert done.is_success, done.text
            continue
        read = await caller.get(f"/reports/{each['id']}")
        facts = read.json() | {"text": "Corrected by hand."}
        done = await caller.put(f"/reports/{each['id']}", json=facts, headers={"If-Match": read.headers["etag"]})
        assert done.is_success, done.text


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_the_files(reports: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Refused rows that name a report or none, references struck out, repeated, of other columns, of other mappings.

    In batches of a few rows: what a reading has written of those before, its trial has to have in mind.
    """
    for module, name in ((batching, "FIRST_ROWS"), (work, "ROWS_AT_ONCE")):
        monkeypatch.setattr(module, name, 9)
    chance = random.Random(seed)
    for _time in range(TRIES):
        mapping = chance.choice(["m", "m", "m", "other"])
        known = await reports.get(f"/mappings/{mapping}")
        columns = chance.choice(COLUMNS) if chance.random() < 0.5 or not known.is_success else None
        if columns is not None:
            replaced = {"If-Match": known.headers["etag"]} if known.is_success else {}
            kept = await reports.put(f"/mappings/{mapping}", json=MAPPING | {"columns": columns}, headers=replaced)
            assert kept.is_success, kept.text
        query = {"mapping": mapping, "takes_over": str(chance.random() < 0.2).lower()}
        if chance.random() < 0.7:
            of = {"snapshot_of": "all"} if chance.random() < 0.5 else {}
            query |= {"snapshot": chance.choice(["withdraw", "withdraw", "report"]), **of}
        body = file_of(chance)
        tried = await outcome(reports, body, query | {"dry_run": "true"})
        assert await outcome(reports, body, query) == tried
        await by_hand(reports, chance)
