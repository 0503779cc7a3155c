"""`samsyn areas`: sends a file of areas through the public API, shows what it offers and what it would change."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from services.reports.cli import API, checked, sign_in
from shared.errors import Invalid, Unavailable

_SHOWN = 30
# A large file is read for up to 14 s, after it waited for its turn.
_PATIENCE_S = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where Samsyn answers, and who asks."""

    url: str
    client_id: str
    client_secret: str


def reading_of(**said: Any) -> dict[str, Any]:
    """What was typed as a reading of the API: of each option what it says, and nothing of those left out."""
    found = {name: value for name, value in said.items() if value not in (None, False)}
    if found.get("code") in ("id", "row", "name"):
        found["code_from"], found["code"] = found["code"], None
    if found.get("parent") in ("place", "none"):
        found["parent_from"], found["parent"] = found["parent"], None
    if "only" in found:
        name, _, value = found["only"].partition("=")
        found |= {"only": name, "only_values": [value]} if value else {"only": None, "only_values": []}
    if "root" in found:
        code = found.pop("root")
        found |= {"root": "file"} if code == "none" else {"root": "union", "root_code": code}
    return found


def import_areas(
    file: Path, *, access: Access, reading: Mapping[str, Any], dry_run: bool, yes: bool, confirm: Any, console: Console
) -> str:
    """Send a file, show what an import of it would change, and import it once somebody says yes.

    reading: what was said of it, in the form of the API's; what was not is as the API suggests. confirm: asks a
    question on the terminal. Raises Invalid with the API's own sentence, and with what is wrong; Unavailable where
    nothing answers.
    """
    if not file.is_file():
        raise Invalid(f"There is no file {file}.")
    with _api(access) as client:
        query = {"name": file.name[:200], **({"layer": reading["layer"]} if "layer" in reading else {})}
        held = checked(client.post(f"{API}/areas/files", params=query, content=file.read_bytes(), headers=_KIND))
        at = f"{API}/areas/files/{held['id']}"
        try:
            meant = {name: value for name, value in held["suggested"].items() if value is not None} | dict(reading)
            _show_offer(held, meant, console)
            trial = checked(client.post(f"{at}/trials", json={k: v for k, v in meant.items() if k != "retire"}))
            _show_trial(trial, console)
            _check(trial)
            if dry_run:
                return "Dry run: nothing was stored."
            if trial["retires_most"] and not meant.get("retire"):
                raise Invalid(
                    f"It would retire {trial['retired']} areas, more than half of those in use. Send --retire where"
                    " that is meant."
                )
            if not yes and not confirm("Import these areas?"):
                return "Nothing was stored."
            done = checked(client.post(f"{at}/imports", json=meant))
            return _told(done)
        finally:
            client.delete(at)


def list_imports(*, access: Access, console: Console) -> str:
    """The last imports of areas, in a table."""
    with _api(access) as client:
        page = checked(client.get(f"{API}/areas/imports"))
    if not page["imports"]:
        return "No areas were imported yet."
    table = Table("version", "when (UTC)", "from", "file", "added", "changed", "retired", "unchanged", "undone by")
    for each in page["imports"]:
        source = f"undo of {each['undoes']}" if each["undoes"] else f"{each['source']}, {each['client_id']}"
        counts = (str(each[name]) for name in ("added", "changed", "retired", "unchanged"))
        undone = str(each["undone_by"] or ("can be undone" if each["undoable"] else ""))
        when = each["imported_at"][:16].replace("T", " ")
        table.add_row(str(each["version"]), when, source, each["file_name"] or "", *counts, undone)
    console.print(table)
    return "What it replaced can be put back: samsyn areas undo VERSION."


def undo_import(version: int, *, access: Access) -> str:
    """Put the areas of before an import in place again."""
    with _api(access) as client:
        return _told(checked(client.post(f"{API}/areas/imports/{version}/undo")))


_KIND = {"Content-Type": "application/octet-stream"}


@contextmanager
def _api(access: Access) -> Iterator[httpx.Client]:
    if not access.url.startswith(("http://", "https://")):
        raise Invalid("--url is where Samsyn answers, for example https://samsyn.example.")
    try:
        with httpx.Client(base_url=access.url, timeout=_PATIENCE_S) as client:
            sign_in(client, access.client_id, access.client_secret)
            yield client
    except httpx.InvalidURL:
        raise Invalid("--url cannot be read as an address.") from None
    except httpx.TransportError:
        raise Unavailable(f"Nothing answers at {access.url}. Does Samsyn run there?") from None


def _show_offer(held: Mapping[str, Any], meant: Mapping[str, Any], console: Console) -> None:
    crs, layers = held["crs"], held["layers"]
    told = f"{held['form']}, {held['features']} features, read in {crs['crs']} ({crs['why']})"
    console.print(f"{told}; {crs['near']} of {crs['of']} looked at lie near the municipality.", highlight=False)
    if len(layers) > 1:
        console.print(f"Layers: {', '.join(each['name'] for each in layers)}; this is {held['layer']}.", markup=False)
    table = Table("property", "is", "filled", "different", "examples", "taken for")
    roles = {meant[role]: role for role in ("only", "parent", "name", "code") if meant.get(role)}
    for each in held["properties"][:_SHOWN]:
        examples = ", ".join(each["examples"])
        table.add_row(*_plain(each["name"], each["kind"], each["filled"], each["distinct"], examples),
                      roles.get(each["name"], ""))  # fmt: skip
    console.print(table)
    for doubt in held["doubts"]:
        console.print(f"- {doubt['detail']}", markup=False)
    if meant.get("only"):
        console.print(f"Only features with {meant['only']} = {', '.join(meant['only_values'])}.", markup=False)


def _plain(*cells: object) -> list[str]:
    """Cells as they are, without what rich would take for colours."""
    return [str(cell).replace("[", "\\[") for cell in cells]


def _show_trial(trial: Mapping[str, Any], console: Console) -> None:
    for note in trial["notes"]:
        console.print(f"- {note['detail']}", markup=False)
    if trial["faults"]:
        return
    table = Table("area", "name", "parent", "change", "surface changed", "cut off")
    changed = [each for each in trial["areas"] if each["change"] != "unchanged"]
    for each in changed[:_SHOWN]:
        pct = ("" if each[name] is None else f"{each[name]} %" for name in ("surface_changed_pct", "clipped_pct"))
        table.add_row(*_plain(each["code"], each["name"], each["parent"] or "", each["change"], *pct))
    console.print(table)
    if len(changed) > _SHOWN:
        console.print(f"and {len(changed) - _SHOWN} more.")
    counts = ", ".join(f"{name} {trial[name]:,}" for name in ("added", "changed", "retired", "unchanged"))
    moving = f"{trial['reports_to_move']:,} reports would move, {trial['reports_without_area']:,} lie in no area"
    console.print(f"{counts}; {moving}.", highlight=False)
    for move in trial["moves"][:10]:
        pair = f"{move['area_from'] or 'none'} -> {move['area_to'] or 'none'}"
        console.print(f"  {pair}: {move['reports']:,} reports", markup=False, highlight=False)


def _check(trial: Mapping[str, Any]) -> None:
    if trial["faults"]:
        first = "; ".join(f"{each['field']}: {each['detail']}" for each in trial["faults"][:10])
        raise Invalid(f"The areas cannot be used as they are ({trial['fault_count']} faults). {first}")


def _told(done: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{name} {done[name]:,}" for name in ("added", "changed", "retired", "unchanged"))
    return f"Version {done['version']} of the areas: {counts}; {done['reports_to_move']:,} reports would move."
