"""Fills an empty installation with the demonstration: invented partners, fictive reports, walks and gatherings.

Partners and accounts are made as an administrator makes them; everything else goes through the public API, as the
partners' own systems would send it. What opens the doors is written to `demo-access.json` in the installation's
folder, readable by its owner alone.
"""

import asyncio
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deploy.demo import reports
from deploy.demo.api import Caller
from deploy.demo.partners import PARTNERS
from deploy.local.beside import settings_of
from deploy.local.databases import DEMO_ACTOR
from deploy.local.errors import LocalError
from deploy.local.state import home, write_private
from services.gateway.access import partners, people, queries
from services.gateway.settings import Settings
from shared.database import Database
from shared.service import open_database
from shared.settings import read

ACCESS = "demo-access.json"
HERE = Path(__file__).parent
QUOTA = 60_000
ROLES = {"municipality": "coordinator", "police": "municipal_police", "night_walk": "night_walker"}
AREAS = {
    "municipality": ["2380"],
    "police": ["2380"],
    "granen": ["014", "016"],
    "fjallglimt": ["017", "018"],
    "norrsken": ["011", "012"],
    "nattvandrarna": ["011", "013"],
    "rescue": ["2380"],
}
# Who signs in with what name; one of each kind of reader.
PEOPLE = {"samordnare": "municipality", "kommunpolis": "police", "bostad": "granen", "nattvandrare": "nattvandrarna"}
_PRIORITY = {"high": 1, "normal": 2, "low": 3}
_KINDS = {"damage": "maintenance", "sightlines": "vegetation"}
Access = dict[str, Any]


def main() -> None:
    """Load the demonstration, unless somebody is there already; what a stop kept from being loaded is loaded now."""
    environ = dict(os.environ)
    kept = home(environ) / ACCESS
    with settings_of("gateway", os.environ):
        settings = read(Settings)
        made = asyncio.run(_make_partners(settings, kept))
    if not made and not kept.exists():
        return
    access: Access = json.loads(kept.read_text())
    access["url"] = f"http://127.0.0.1:{settings.port}"
    if day := access.pop("loading", None):
        _load(access, today=date.fromisoformat(day))
        access["loaded"] = day
    _keep(kept, access)


def _load(access: Access, *, today: date) -> None:
    """Send everything; what was sent before is told as it was then, and stays as it is."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        reports.write(Path(folder), today=today)
        callers = {
            key: Caller(access["url"], client["client_id"], client["client_secret"])
            for key, client in access["clients"].items()
        }
        try:
            _send(Path(folder), callers, access)
        finally:
            for caller in callers.values():
                caller.close()
    print(f"Loaded the demonstration in {time.monotonic() - began:.0f} s: everything in it is made up.", flush=True)


def _keep(file: Path, access: Access) -> None:
    write_private(file, json.dumps(access, indent=1, ensure_ascii=False) + "\n")


async def _make_partners(settings: Settings, kept: Path) -> bool:
    """Organisations, a client of each, and some accounts, unless there are organisations; whether they were made.

    What opens the doors is kept with the day that is `loading`; once all is in, that is `loaded`.
    """
    database = open_database("gateway", settings)
    try:
        async with database.sessions() as session:
            if await queries.list_organisations(session):
                return False
        await _partners(database, settings, kept)
        return True
    finally:
        await database.stop()


async def _partners(database: Database, settings: Settings, kept: Path) -> None:
    today = datetime.now(ZoneInfo(settings.municipality.time_zone)).date()
    access: Access = {"loading": today.isoformat(), "clients": {}, "users": {}}
    async with database.sessions() as session, session.begin():
        known: dict[str, Any] = {}
        for partner in PARTNERS:
            key, kind = partner.key, partner.kind
            organisation_id = await partners.add_organisation(
                session, name=partner.name, kind=kind, areas=AREAS[key], actor=DEMO_ACTOR
            )
            role = ROLES.get(kind, "member")
            client_id, secret = await partners.add_client(
                session, organisation_id=organisation_id, kind=kind, name="Demonstration", role=role, scopes=None,
                pepper=settings.pepper, actor=DEMO_ACTOR, quota=QUOTA,
            )  # fmt: skip
            known[key] = (organisation_id, kind, role)
            access["clients"][key] = {
                "organisation": partner.name,
                "organisation_id": str(organisation_id),
                "role": role,
                "client_id": client_id,
                "client_secret": secret,
            }
        for name, key in PEOPLE.items():
            organisation_id, kind, role = known[key]
            password = secrets.token_urlsafe(12)
            await people.add_user(
                session, organisation_id=organisation_id, kind=kind, name=name, role=role, password=password,
                actor=DEMO_ACTOR,
            )  # fmt: skip
            access["users"][name] = {"password": password, "organisation": access["clients"][key]["organisation"]}
        # Before they are there: what opens the doors is shown this once.
        _keep(kept, access)


def _send(folder: Path, callers: Mapping[str, Caller], access: Access) -> None:
    municipality = callers["municipality"]
    municipality.send("/areas/imports", (HERE / "areas.geojson").read_bytes(), kind="application/geo+json")
    for key, caller in callers.items():
        caller.put("/mappings/weekly", json.loads((folder / f"{key}.mapping.json").read_text()))
        counts = caller.import_file((folder / f"{key}.csv").read_bytes(), mapping="weekly")
        if counts["state"] != "done" or counts["failed"]:
            print(f"{access['clients'][key]['organisation']}: {counts['failed']} rows failed", flush=True)
    owners = {key: client["organisation_id"] for key, client in access["clients"].items()}
    for walk in json.loads((folder / "walks.json").read_text()):
        _send_walk(walk, municipality, callers, owners)
    for gathering in json.loads((folder / "gatherings.json").read_text()):
        municipality.post("/gatherings", _gathering(gathering))


def _send_walk(
    walk: Mapping[str, Any], caller: Caller, callers: Mapping[str, Caller], owners: Mapping[str, str]
) -> None:
    planned_on = datetime.fromisoformat(walk["planned_at"]).date().isoformat()
    made = caller.post(
        "/walks",
        {
            "area_code": walk["area_code"],
            "planned_on": planned_on,
            "reason": walk["reason"],
            "meeting_point": f"{walk['title']}: samling vid infarten",
            "expected_participants": walk.get("head_count", 15),
        },
    )
    if walk["status"] == "planned":
        return
    residents = max(1, walk["head_count"] - 6)
    counts = {"municipality": 3, "housing": 2, "police": 1, "residents": residents}
    caller.post(f"/walks/{made['id']}/walked", {"walked_on": walk["walked_on"], "head_counts": counts, "dark": True})
    for finding in walk["findings"]:
        raised = caller.post(
            f"/walks/{made['id']}/findings",
            {
                "kind": _KINDS.get(finding["kind"], finding["kind"]),
                "note": finding["note"],
                "owner_id": owners[finding["owner"]],
                "priority": _PRIORITY[finding["priority"]],
                "due_on": finding["due_on"],
            },
        )
        answer = {"status": finding["status"]}
        if finding["status"] == "planned":
            answer["due_on"] = finding["due_on"]
        if finding.get("reason"):
            answer["reason"] = finding["reason"]
        if finding["status"] != "open":
            callers[finding["owner"]].post(f"/findings/{raised['id']}/answer", answer)
    if walk["status"] == "closed":
        caller.post(f"/walks/{made['id']}/close", {})


def _gathering(gathering: Mapping[str, Any]) -> dict[str, Any]:
    title = gathering["title"]
    words = {"arknad": "market", "onsert": "concert", "match": "sport"}
    kind = next((kind for word, kind in words.items() if word in title), "other")
    return {
        "name": title,
        "kind": kind,
        "place_name": gathering["place_name"],
        "point": {"lon": gathering["lon"], "lat": gathering["lat"]},
        "starts_at": gathering["starts_at"],
        "ends_at": gathering["ends_at"],
        "organiser": gathering["organiser"],
        "expected_attendance": gathering["expected_attendance"],
        "outdoor": kind != "sport",
        "alcohol": kind == "concert",
    }


if __name__ == "__main__":
    try:
        main()
    except LocalError as wrong:
        sys.exit(str(wrong))
