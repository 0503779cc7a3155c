"""`samsyn import`: sends a file of reports through the public API, with a bar, and says what became of its rows."""

import codecs
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import orjson
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from shared.errors import Invalid, Unavailable

API = "/samsyn/v1"
_KINDS = {".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_PART_BYTES = 1 << 18
_ERRORS_SHOWN, _WORDS_SHOWN = 10, 8
# What errors tell of rows that did not fail, and what stands in the sentence for it.
_NOTED = {
    "not_corrected": "not corrected, for their reports count no more",
    "corrections_replaced": "over what was corrected by hand",
    "by_default": "with a word that the mapping knows only a default for",
}
_KINDS_SHOWN = 10


def import_file(
    file: Path,
    *,
    mapping: str,
    mapping_file: Path | None,
    url: str,
    client_id: str,
    client_secret: str,
    dry_run: bool,
    replace: bool = False,
    snapshot: str | None = None,
    snapshot_of: str | None = None,
    takes_over: bool = False,
) -> str:
    """Send a file, wait until it is worked off, and return the counts and the first errors in words.

    snapshot, snapshot_of: that the file is all that the organisation has, as the API takes them.

    mapping: the name of a mapping of the organisation; `mapping_file` is kept under it first, in the place of one that
    says something else only with `replace`. A dry run tries it and keeps nothing. takes_over: rows correct also reports
    that another mapping brought. Raises Invalid with the API's own sentence, Unavailable where nothing answers. Broken
    off, what was sent whole goes on being worked off; sent again, its rows are recognised.
    """
    if not file.is_file():
        raise Invalid(f"There is no file {file}.")
    if snapshot_of and not snapshot:
        raise Invalid("--snapshot-of says of which days a --snapshot is: send both.")
    if not url.startswith(("http://", "https://")):
        raise Invalid("--url is where Samsyn answers, for example https://samsyn.example.")
    try:
        client_secret.encode()
        with httpx.Client(base_url=url, timeout=60) as client:
            sign_in(client, client_id, client_secret)
            reading, whole = {"mapping": mapping}, {"snapshot": snapshot, "snapshot_of": snapshot_of}
            whole["takes_over"] = "true" if takes_over else None
            if mapping_file is not None and dry_run:
                reading = {"draft": _drafted(client, mapping, mapping_file)}
            elif mapping_file is not None:
                _keep(client, mapping, mapping_file, replace=replace)
            reading |= {name: value for name, value in whole.items() if value}
            found = _followed(client, _sent(client, file, reading, dry_run=dry_run))
            return "\n".join([_told(found), *_errors(client, found)])
    except UnicodeEncodeError:
        raise Invalid("The secret, the id of the client or the name of the mapping is not UTF-8.") from None
    except httpx.InvalidURL:
        raise Invalid("--url cannot be read as an address.") from None
    except httpx.TransportError:
        raise Unavailable(f"Nothing answers at {url}. Does Samsyn run there?") from None


def sign_in(client: httpx.Client, client_id: str, client_secret: str) -> None:
    """Have all that a client sends carry a token. Raises Invalid."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    token = checked(client.post("/oauth/token", data=form))
    client.headers["Authorization"] = f"Bearer {token['access_token']}"


def _document(mapping_file: Path) -> Any:
    try:
        return orjson.loads(mapping_file.read_bytes().removeprefix(codecs.BOM_UTF8))
    except (OSError, orjson.JSONDecodeError):
        raise Invalid(f"{mapping_file} cannot be read as JSON.") from None


def _drafted(client: httpx.Client, mapping: str, mapping_file: Path) -> str:
    """The id of a draft that would be kept under this name."""
    named, document = {"replacing": mapping}, _document(mapping_file)
    draft: str = checked(client.post(f"{API}/mappings/drafts", params=named, json=document))["id"]
    return draft


def _keep(client: httpx.Client, mapping: str, mapping_file: Path, *, replace: bool) -> None:
    """Keep a mapping; one that says something else gives way only where that is asked for."""
    address, before = f"{API}/mappings/{quote(mapping, safe='')}", {}
    if replace and (known := client.get(address)).is_success:
        before = {"If-Match": known.headers["ETag"]}
    answer = client.put(address, json=_document(mapping_file), headers=before)
    if answer.status_code in (httpx.codes.PRECONDITION_FAILED, httpx.codes.PRECONDITION_REQUIRED):
        there = checked(client.get(address))
        by = f" by {there['changed_by']}" if there["changed_by"] else ""
        raise Invalid(
            f"Your organisation has a mapping {mapping} that says something else, changed last{by} at"
            f" {there['changed_at']}. Send --replace to put {mapping_file.name} in its place, or take another name."
        )
    checked(answer)


def _sent(client: httpx.Client, file: Path, reading: Mapping[str, str], *, dry_run: bool) -> tuple[str, int | None]:
    """The id of the import, and about how many rows it has, if that can be told."""
    size, lines = file.stat().st_size, 0
    with Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn()) as progress:
        sending = progress.add_task("sending", total=size)

        def parts() -> Iterator[bytes]:
            nonlocal lines
            with file.open("rb") as source:
                while part := source.read(_PART_BYTES):
                    yield part
                    lines += part.count(b"\n")
                    progress.advance(sending, len(part))

        kind = _KINDS.get(file.suffix.lower(), "text/csv")
        headers = {"Content-Type": kind, "Content-Length": str(size), "Idempotency-Key": uuid4().hex}
        query = {**reading, "dry_run": str(dry_run).lower()}
        answer = checked(client.post(f"{API}/imports", params=query, content=parts(), headers=headers))
    return answer["id"], max(1, lines - 1) if kind == "text/csv" else None


def _followed(client: httpx.Client, sent: tuple[str, int | None]) -> dict[str, Any]:
    import_id, rows = sent
    with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()) as progress:
        working = progress.add_task("working off", total=rows)
        try:
            while True:
                found: dict[str, Any] = checked(client.get(f"{API}/imports/{import_id}"))
                read, ended = found["read"], found["state"] in ("done", "failed")
                # Lines in quotation marks are no rows: the end of the file is known only when it is reached.
                total = read or 1 if ended else rows and max(rows, read)
                text = f"{read:>9,} rows".replace(",", " ")
                progress.update(working, description=text, completed=total if ended else read, total=total)
                if ended:
                    return found
                time.sleep(0.2)
        except KeyboardInterrupt:
            progress.console.print(f"Broken off here. The file is there: import {import_id} goes on.")
            raise


def _errors(client: httpx.Client, found: dict[str, Any]) -> Iterator[str]:
    if not any(found[name] for name in ("failed", *_NOTED)):
        return
    page = checked(client.get(f"{API}/imports/{found['id']}/errors", params={"limit": _ERRORS_SHOWN}))
    if page["next_cursor"]:
        yield from map(_of_kind, found["fault_kinds"][:_KINDS_SHOWN])
    for each in page["errors"]:
        yield f"  line {each['line']}{_in_column(each)}: {each['detail']}"
    if page["next_cursor"]:
        yield f"  and more: GET {API}/imports/{found['id']}/errors.csv"


def _of_kind(kind: dict[str, Any]) -> str:
    rows = "rows" if kind["failed"] else "rows (kept)"
    lines = ", ".join(map(str, kind["lines"]))
    return f"  {kind['count']:,} {rows}{_in_column(kind)}: {kind['code']}, first in line {lines}"


def _in_column(each: dict[str, Any]) -> str:
    return f", column {each['column']!r}" if each["column"] else ""


def _told(found: dict[str, Any]) -> str:
    if found["state"] == "failed":
        raise Invalid(f"After {found['read']} rows the file could not be gone on with: {found['failure']}")
    counts = ", ".join(
        f"{name} {found[name]:,}" for name in ("new", "unchanged", "changed", "failed", "unplaced", "masked")
    )
    rate = f", {found['rows_per_s']:,.0f} rows/s" if found["rows_per_s"] else ""
    rate += f", {found['passed_over']:,} totals and headings passed over" if found["passed_over"] else ""
    rate += f", {found['still_withdrawn']:,} withdrawn before, and still so" if found["still_withdrawn"] else ""
    rate += f", {found['fillers']:,} with no reference but {found['filler']!r}" if found["fillers"] else ""
    rate += _of_snapshot(found)
    rate += "".join(f", {found[name]:,} {said}" for name, said in _NOTED.items() if found[name])
    rate += _of_words(found["words_by_default"])
    if found["unknown_words"]:
        rate += f", {found['unknown_words']:,} failed for a word that the mapping does not know"
        rate += _of_words(found["words_unknown"])
    if found["other_mapping"]:
        rate += f", {found['of_other_mapping']:,} left to the mapping {found['other_mapping']} (see --takes-over)"
    trial = "Dry run, nothing was stored; it would be: " if found["dry_run"] else ""
    return f"{trial}{found['read']:,} rows: {counts}{rate}. Import {found['id']}."


def _of_words(unknown: list[dict[str, Any]]) -> str:
    """The most frequent of words that the mapping does not know."""
    words = [f"{each['text']!r} ({each['count']:,})" for each in unknown]
    more = " and more" if len(words) > _WORDS_SHOWN else ""
    return f": {', '.join(words[:_WORDS_SHOWN])}{more}" if words else ""


def _of_snapshot(found: dict[str, Any]) -> str:
    """What became of reports that a file has no more."""
    if found["missing"] is None:
        return ""
    told = f", {found['missing']:,} are in the file no more, {found['withdrawn']:,} of them withdrawn"
    if not found["withheld"]:
        return told
    why = {"failed_rows": "too many rows failed", "more_than_half": "they are more than half"}[found["withheld"]]
    return f"{told}: {why}, POST {API}/imports/{found['id']}/withdrawals withdraws them"


def checked(answer: httpx.Response) -> Any:
    """What an answer says. Raises Invalid with the API's own sentence for a refusal."""
    if answer.is_success:
        return answer.json()
    try:
        told = answer.json()
    except ValueError:
        told = {}
    detail = told.get("detail") or told.get("error_description") or f"The answer was {answer.status_code}."
    errors = [each for each in told.get("errors", []) if each["detail"] != detail]
    faults = "; ".join(f"{each['field']}: {each['detail']}" for each in errors)
    raise Invalid(f"{detail}{' ' if faults else ''}{faults}")
