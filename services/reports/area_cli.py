"""`samsyn areas`: sends a file of areas through the public API, shows what it offers and what it would change."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.reports.cli import API, checked, sign_in
from shared.errors import Invalid, Unavailable
from shared.terminal import columns, show

Confirm = Callable[[str], bool]
_COUNTS = ("added", "changed", "retired", "unchanged")
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
    file: Path, *, access: Access, reading: Mapping[str, Any], dry_run: bool, yes: bool, confirm: Confirm
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
            show(offer_of(held, meant))
            trial = checked(client.post(f"{at}/trials", json={k: v for k, v in meant.items() if k != "retire"}))
            show(trial_of(trial))
            _check(trial)
            if dry_run:
                return "Dry run: nothing was stored."
            _check_retired(trial, retires_most=trial["retires_most"], retire=bool(meant.get("retire")))
            if not yes and not confirm("Import these areas?"):
                return "Nothing was stored."
            return _told(checked(client.post(f"{at}/imports", json=meant)))
        finally:
            client.delete(at)


def list_imports(*, access: Access) -> str:
    """The last imports of areas, in a table."""
    with _api(access) as client:
        page = checked(client.get(f"{API}/areas/imports"))
    if not page["imports"]:
        return "No areas were imported yet."
    return f"{imports_of(page)}\nWhat it replaced can be put back: samsyn areas undo VERSION."


def imports_of(page: Mapping[str, Any]) -> str:
    """Imports of areas as a table."""
    rows = [("VERSION", "WHEN (UTC)", "FROM", "FILE", *(name.upper() for name in _COUNTS), "UNDONE BY")]
    for each in page["imports"]:
        source = f"undo of {each['undoes']}" if each["undoes"] else f"{each['source']}, {each['client_id']}"
        undone = each["undone_by"] or ("can be undone" if each["undoable"] else "")
        when = each["imported_at"][:16].replace("T", " ")
        counts = (each[name] for name in _COUNTS)
        rows.append((each["version"], when, source, each["file_name"] or "-", *counts, undone))
    return columns(rows)


def undo_import(version: int, *, access: Access, retire: bool, dry_run: bool, yes: bool, confirm: Confirm) -> str:
    """Show what putting the areas of before an import in place again would change, and do it once somebody says yes.

    Raises Invalid with the API's own sentence, and where most areas in use would be retired without `retire`.
    """
    at = f"{API}/areas/imports/{version}/undo"
    with _api(access) as client:
        trial = checked(client.post(at, params={"dry_run": True, "retire": True}))
        show(f"Undo of version {version}: {_counted(trial)}. An undo cannot be undone.")
        if dry_run:
            return "Dry run: nothing was stored."
        in_use = trial["retired"] + trial["changed"] + trial["unchanged"]
        _check_retired(trial, retires_most=2 * trial["retired"] > in_use, retire=retire)
        if not yes and not confirm("Put the areas of before it in place again?"):
            return "Nothing was stored."
        return _told(checked(client.post(at, params={"retire": retire})))


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


def offer_of(held: Mapping[str, Any], meant: Mapping[str, Any]) -> str:
    """What a file offers, and what of it is taken for what."""
    crs, layers = held["crs"], held["layers"]
    told = f"{held['form']}, {held['features']} features, read in {crs['crs']} ({crs['why']})"
    lines = [f"{told}; {crs['near']} of {crs['of']} looked at lie near the municipality."]
    if len(layers) > 1:
        lines.append(f"Layers: {', '.join(each['name'] for each in layers)}; this is {held['layer']}.")
    rows = [("PROPERTY", "IS", "FILLED", "DIFFERENT", "TAKEN FOR", "EXAMPLES")]
    roles = {meant[role]: role for role in ("only", "parent", "name", "code") if meant.get(role)}
    rows += [
        (each["name"], each["kind"], each["filled"], each["distinct"], roles.get(each["name"], "-"),
         ", ".join(each["examples"]))
        for each in held["properties"][:_SHOWN]
    ]  # fmt: skip
    lines += [columns(rows), *(f"- {doubt['detail']}" for doubt in held["doubts"])]
    if meant.get("only"):
        lines.append(f"Only features with {meant['only']} = {', '.join(meant['only_values'])}.")
    return "\n".join(lines)


def trial_of(trial: Mapping[str, Any]) -> str:
    """What an import would change; where something is wrong, only what there is to be said beside it."""
    lines = [f"- {note['detail']}{_named(note)}" for note in trial["notes"]]
    if trial["faults"]:
        return "\n".join(lines)
    changed = [each for each in trial["areas"] if each["change"] != "unchanged"]
    rows = [("AREA", "NAME", "PARENT", "CHANGE", "SURFACE CHANGED", "CUT OFF")]
    for each in changed[:_SHOWN]:
        pct = ("" if each[name] is None else f"{each[name]} %" for name in ("surface_changed_pct", "clipped_pct"))
        rows.append((each["code"], each["name"], each["parent"] or "-", each["change"], *pct))
    lines.append(columns(rows))
    if len(changed) > _SHOWN:
        lines.append(f"and {len(changed) - _SHOWN} more.")
    lines.append(f"{_counted(trial)}. Of all reports {trial['reports_without_area']:,} would lie in no area.")
    for move in trial["moves"][:10]:
        lines.append(f"  {move['area_from'] or 'none'} -> {move['area_to'] or 'none'}: {move['reports']:,} reports")
    return "\n".join(lines)


def _named(note: Mapping[str, Any]) -> str:
    # As a cell, which stays in its line whatever codes there are.
    more = f" and {note['more']} more" if note.get("more") else ""
    return f" ({columns([[', '.join(note['areas'])]])}{more})" if note["areas"] else ""


def _check(trial: Mapping[str, Any]) -> None:
    if trial["faults"]:
        first = "; ".join(f"{each['field']}: {each['detail']}" for each in trial["faults"][:10])
        raise Invalid(f"The areas cannot be used as they are ({trial['fault_count']} faults). {first}")


def _check_retired(trial: Mapping[str, Any], *, retires_most: bool, retire: bool) -> None:
    if retires_most and not retire:
        raise Invalid(
            f"It would retire {trial['retired']} areas, more than half of those in use. Send --retire where that is"
            " meant."
        )


def _counted(change: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{name} {change[name]:,}" for name in _COUNTS)
    return f"{counts}; {change['reports_to_move']:,} reports would move"


def _told(done: Mapping[str, Any]) -> str:
    return f"Version {done['version']} of the areas: {_counted(done)}."
