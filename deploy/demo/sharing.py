"""The same requests by four readers, their answers side by side: `python -m deploy.demo.sharing > docs/sharing.md`.

Needs a running demonstration. What is printed are counts and field names, the same for every run of one data set.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from deploy.demo.api import Caller
from deploy.local.errors import LocalError
from deploy.local.state import home
from shared.access import COARSE, TABLE, Role, Sharing, Thing
from shared.access.table import NONE, SAID_BY

READERS = {"police": "police", "granen": "housing company", "nattvandrarna": "night walkers"}
HEAD = """# Who gets what

Made by `python -m deploy.demo.sharing` from the table in `shared/access/table.py`, which every list, page, export,
message and webhook follows ([0024](decisions/0024-one-table-of-who-sees-what.md)); the reasons stand beside its rows.

## The table

How much a role sees: of its own organisation's / of others' in its own areas / of others' elsewhere. What is in no row
is seen by nobody. What stands in brackets is said by the field before it: `whole_day` is whether there is no `band`.

| | coordinator, municipal police | member | night walkers | coarsely means |
|---|---|---|---|---|
"""
AFTER = """
- **decision**: how a report was judged, and that its sender took it back. Of a duplicate its sender reads the id of the
  report that stands for the incident, and so that there is one and on which day it came in; nothing else of it. When
  a report counts no more that others are duplicates of, the first of those is there again for who sees it.
  **standing**: that a report no longer counts, or counts again, for members who may not know why: rejected, duplicate
  and withdrawn look alike, in messages and by their absence from lists.
- **whereabouts**, and the same of a walk and of a finding: of what was moved, or lies elsewhere since the areas were
  drawn anew. Whoever sees a thing coarsely in one of the two areas alone is told that it is gone, or there, as with one
  that was taken back or is new; who sees both areas, that it changed. A webhook for an area hears of what moved out of
  it as far as its organisation saw it there.
- A finding is its owner's and that of the organisation that led the walk. A webhook is its organisation's, for roles
  that see all its maker's does; handed over to a role that sees less, it keeps nothing of what it was told before.
- **Ids hold the day (UTC) and no time**, of things and of messages; what is sent together does not stand together. Who
  sees something coarsely is told the day of it in the feed, in webhooks and in the log of deliveries.
- **What being told at once still tells**: a feed that is asked every second, and a webhook by its arrival, say when a
  report in one's own areas was taken in, to the second, though not when it happened. `sequence` says how many facts
  were told of a thing, to anybody: a gap, that there was one that this reader is not told. The overview is made anew
  only when its reader is told something; the look for it takes some hundredths of a millisecond longer for each message
  that others were told since, and one that comes after 10,000 of those is made anew. Ids and messages from before these
  rules keep their time.
- **Counts** of what is not seen one by one are told as published: once for each week that is over
  ([0025](decisions/0025-counts-are-published.md)). What each organisation reported is rounded once and never changes:
  every number to the multiple of three above or below, by a secret chance and so that all sums hold, an area's hours
  with its count too; `rounded` says which. Of one organisation a three may be one to five, a nought up to two; the sum
  over several is off by some more (about 1.2 reports times the root of how many they are). A week to which late reports
  were added is rounded once for each addition: further off, and its sums may not hold. Of 200 small tables whoever
  knows the rule was certain of no number. All readers have the same rounded numbers of an organisation, by area and by
  hour: who puts together what several of them see, or comes again under another name, has no more than each of them.
  But who sees areas one by one and a reader of their counts know together which way they were rounded: where only one
  other organisation reports, about one number of a hundred elsewhere is then certain, mostly that there is nothing; and
  one of eight in an area that is the only one they do not see. With two others reporting, none was.
- What a gathering clashes with is told to who sees that gathering whole: its organisation, coordinators, the police.
  Gatherings elsewhere leave no trace: a clash with one is neither shown nor counted, and `complete` says to whom. Who
  registers one without the scope `events:read` is told of no clash, and `complete` is false.

## The same requests

By the police, a housing company with two areas, the night walkers and somebody without a token, on the demonstration.

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
    ("/lagesbild/cells", {"area": "016"}),
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


def beginning() -> str:
    """What is said before the answers: the same wherever it is made, and whether or not a demonstration runs."""
    return HEAD + "\n".join(_table()) + "\n" + AFTER


def main() -> None:
    """Print the comparison. Raises LocalError where no demonstration runs, or where it began just now."""
    file = home(os.environ) / "demo-access.json"
    if not file.is_file():
        raise LocalError("No demonstration was loaded here: `make run` loads one.")
    access = json.loads(Path(file).read_text())
    callers = [
        Caller(access["url"], client["client_id"], client["client_secret"])
        for client in (access["clients"][key] for key in READERS)
    ]
    if callers[1].raw("/overview", {}).json()["published_through"] is None:
        raise LocalError("What readers of counts get is not published yet: try again in half a minute.")
    nobody = httpx.Client(base_url=access["url"])
    lines = [beginning()]
    for path, params in REQUESTS:
        answers = [_pages(caller, path, params) for caller in callers]
        answers.append([nobody.get(f"/samsyn/v1{path}", params=params)])
        shown = "&".join(f"{name}={value}" for name, value in params.items() if name != "limit")
        lines.append(f"| `{path}{'?' if shown else ''}{shown}` | {' | '.join(_told(answer) for answer in answers)} |")
    print("\n".join(lines))


def _table() -> list[str]:
    """The access table, a line for each thing; leaders see alike."""
    roles: tuple[Role, ...] = ("coordinator", "member", "night_walker")
    return [
        f"| {thing} | {' | '.join(_row(rows[role]) for role in roles)} | {_coarsely(thing)} |"
        for thing, rows in TABLE.items()
        if any(row != NONE for row in rows.values())
    ]


def _coarsely(thing: Thing) -> str:
    """The fields of a thing that is seen coarsely; in brackets what answers say besides, made of the field before."""
    besides = {of: f"{of} ({name})" for name, of in SAID_BY.get(thing, {}).items()}
    return ", ".join(besides.get(each, each) for each in sorted(COARSE.get(thing, ())))


def _row(row: Sharing) -> str:
    sights = (row.own, row.own_areas, row.elsewhere)
    return row.own if len(set(sights)) == 1 else " / ".join(sights)


def _pages(caller: Caller, path: str, params: Mapping[str, Any]) -> list[httpx.Response]:
    """All pages of a list of reports, of which one page alone is another with every run; else the one answer."""
    pages = [caller.raw(path, params)]
    while path == "/reports" and (cursor := pages[-1].json().get("next_cursor")):
        pages.append(caller.raw(path, {**params, "cursor": cursor}))
    return pages


def _told(pages: Sequence[httpx.Response]) -> str:
    """What an answer gives, in counts."""
    answer = pages[0]
    if not answer.is_success:
        return str(answer.status_code)
    if answer.headers["content-type"].startswith("text/csv"):
        return f"{len(answer.text.splitlines()) - 1} lines"
    body = answer.json()
    rows = next((value for name, value in body.items() if isinstance(value, list) and name != "path"), [])
    if "reports" in body:
        reports = [row for page in pages for row in page.json()["reports"]]
        more = "+" if pages[-1].json()["next_cursor"] else ""
        return f"{len(reports)}{more} reports, {sum(row['text'] is not None for row in reports)} with text"
    # How they are rounded depends on secrets, hence on the run.
    if "totals" in body:
        return f"{len(rows)} areas, {_rounded(row['rounded'] for row in rows)}"
    if "weekdays" in body:
        return _rounded(area["whole"]["total"]["rounded"] for area in body["areas"])
    return f"{len(rows)} {next((name for name, value in body.items() if value is rows), 'rows')}"


def _rounded(each: Iterable[bool]) -> str:
    return "some counts rounded" if any(each) else "every count"


if __name__ == "__main__":
    try:
        main()
    except LocalError as wrong:
        sys.exit(str(wrong))
