"""The same requests by four readers, their answers side by side: `python -m deploy.demo.sharing > docs/sharing.md`.

Needs a running demonstration. What is printed are counts and field names, the same for every run of one data set.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from deploy.demo.api import Caller
from deploy.local.errors import LocalError
from deploy.local.state import home

READERS = {"police": "police", "granen": "housing company", "nattvandrarna": "night walkers"}
HEAD = """# Who gets what

The same requests by the police, a housing company with two areas, the night walkers and somebody without a token, on
the demonstration. Made by `python -m deploy.demo.sharing`; the rules are the table in `shared/access/table.py`.

| request | police | housing company | night walkers | nobody |
|---|---|---|---|---|"""
REQUESTS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("/reports", {"limit": 1000}),
    ("/reports", {"limit": 1000, "area": "016"}),
    ("/reports", {"limit": 1000, "area": "011"}),
    ("/reports", {"limit": 1000, "category": "order"}),
    ("/reports", {"limit": 1000, "severity": 3}),
    ("/reports", {"limit": 1000, "dark": "true"}),
    ("/reports", {"limit": 1000, "status": "received"}),
    ("/reports", {"limit": 1000, "words": "klotter"}),
    ("/reports.csv", {"area": "016"}),
    ("/overview", {}),
    ("/feed", {"limit": 1000}),
    ("/lagesbild", {}),
    ("/review-queue", {}),
    ("/imports", {}),
    ("/mappings", {}),
    ("/areas", {}),
    ("/categories", {}),
    ("/walks", {}),
    ("/findings", {}),
    ("/gatherings", {}),
    ("/subscriptions", {}),
)


def main() -> None:
    """Print the comparison. Raises LocalError where no demonstration runs."""
    file = home(os.environ) / "demo-access.json"
    if not file.is_file():
        raise LocalError("No demonstration was loaded here: `make run` loads one.")
    access = json.loads(Path(file).read_text())
    callers = [
        Caller(access["url"], client["client_id"], client["client_secret"])
        for client in (access["clients"][key] for key in READERS)
    ]
    nobody = httpx.Client(base_url=access["url"])
    lines = [HEAD]
    for path, params in REQUESTS:
        answers = [caller.raw(path, params) for caller in callers] + [nobody.get(f"/samsyn/v1{path}", params=params)]
        shown = "&".join(f"{name}={value}" for name, value in params.items() if name != "limit")
        lines.append(f"| `{path}{'?' if shown else ''}{shown}` | {' | '.join(_told(answer) for answer in answers)} |")
    print("\n".join(lines))


def _told(answer: httpx.Response) -> str:
    """What an answer gives, in counts."""
    if not answer.is_success:
        return str(answer.status_code)
    if answer.headers["content-type"].startswith("text/csv"):
        return f"{len(answer.text.splitlines()) - 1} lines"
    body = answer.json()
    rows = next((value for name, value in body.items() if isinstance(value, list) and name != "path"), [])
    if "reports" in body:
        full = sum(row["text"] is not None for row in rows)
        more = "+" if body["next_cursor"] else ""
        return f"{len(rows)}{more} reports, {full} with text"
    if "totals" in body:
        hidden = sum(row["reports"] is None for row in rows)
        return f"{len(rows)} areas, {hidden} counts hidden"
    if "weekdays" in body:
        hidden = sum(area["own"]["total"]["suppressed"] for area in body["areas"])
        return f"{len(body['areas'])} areas, {hidden} counts hidden"
    return f"{len(rows)} {next((name for name, value in body.items() if value is rows), 'rows')}"


if __name__ == "__main__":
    try:
        main()
    except LocalError as wrong:
        sys.exit(str(wrong))
