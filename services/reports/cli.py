"""`samsyn import`: sends a file of reports through the public API, with a bar, and says what became of its rows."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from shared.errors import Invalid, Unavailable

API = "/samsyn/v1"
_KINDS = {".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_PART_BYTES = 1 << 18


def import_file(
    file: Path, *, mapping: str, mapping_file: Path | None, url: str, client_id: str, client_secret: str
) -> str:
    """Send a file, wait until it is worked off, and return the counts in words.

    mapping: the name of a mapping of the organisation; `mapping_file` is put in its place first. Raises Invalid with
    the API's own sentence, Unavailable where nothing answers. Broken off, what was sent whole goes on being worked off;
    sent again, its rows are recognised.
    """
    if not file.is_file():
        raise Invalid(f"There is no file {file}.")
    try:
        with httpx.Client(base_url=url, timeout=60) as client:
            _sign_in(client, client_id, client_secret)
            if mapping_file is not None:
                _checked(client.put(f"{API}/mappings/{mapping}", json=_document(mapping_file)))
            return _told(_followed(client, file, mapping))
    except httpx.TransportError:
        raise Unavailable(f"Nothing answers at {url}. Does Samsyn run there?") from None


def _sign_in(client: httpx.Client, client_id: str, client_secret: str) -> None:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    token = _checked(client.post("/oauth/token", data=form))
    client.headers["Authorization"] = f"Bearer {token['access_token']}"


def _document(mapping_file: Path) -> Any:
    try:
        return orjson.loads(mapping_file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        raise Invalid(f"{mapping_file} cannot be read as JSON.") from None


def _followed(client: httpx.Client, file: Path, mapping: str) -> dict[str, Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    size = file.stat().st_size
    with Progress(*columns) as progress:
        sending = progress.add_task("sending", total=size)

        def parts() -> Iterator[bytes]:
            with file.open("rb") as source:
                while part := source.read(_PART_BYTES):
                    yield part
                    progress.advance(sending, len(part))

        headers = {
            "Content-Type": _KINDS.get(file.suffix.lower(), "text/csv"),
            "Content-Length": str(size),
            "Idempotency-Key": uuid4().hex,
        }
        answer = client.post(f"{API}/imports", params={"mapping": mapping}, content=parts(), headers=headers)
        started = _checked(answer)
    with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()) as progress:
        working = progress.add_task("working off", total=None)
        while True:
            found: dict[str, Any] = _checked(client.get(f"{API}/imports/{started['id']}"))
            progress.update(working, description=f"{found['read']:>9,} rows".replace(",", " "))
            if found["state"] in ("done", "failed"):
                progress.update(working, total=1, completed=1)
                return found
            time.sleep(0.2)


def _told(found: dict[str, Any]) -> str:
    if found["state"] == "failed":
        raise Invalid(f"After {found['read']} rows the file could not be gone on with: {found['failure']}")
    counts = ", ".join(
        f"{name} {found[name]:,}" for name in ("new", "unchanged", "changed", "failed", "unplaced", "masked")
    )
    rate = f", {found['rows_per_s']:,.0f} rows/s" if found["rows_per_s"] else ""
    return f"{found['read']:,} rows: {counts}{rate}. Import {found['id']}."


def _checked(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json()
    try:
        told = answer.json()
    except ValueError:
        told = {}
    detail = told.get("detail") or told.get("error_description") or f"The answer was {answer.status_code}."
    faults = "; ".join(f"{each['field']}: {each['detail']}" for each in told.get("errors", []))
    raise Invalid(f"{detail}{' ' if faults else ''}{faults}")
