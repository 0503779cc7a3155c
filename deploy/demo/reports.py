"""Write the demo's files: `python -m deploy.demo.reports --out FOLDER`. Everything in them is fictive."""

import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.demo.incidents import ZONE, Report
from deploy.demo.partners import PARTNERS, csv_of, mapping_of
from deploy.demo.places import PLACES
from deploy.demo.plans import gatherings, safety_walks
from deploy.demo.planted import all_reports


def write(out: Path, *, today: date) -> list[Report]:
    """Fill a folder with what a first start needs, and return the reports it wrote.

    organisations.json (key, name, kind), per key `<key>.csv` and `<key>.mapping.json`, walks.json, gatherings.json.
    """
    out.mkdir(parents=True, exist_ok=True)
    reports = all_reports(today)
    for partner in PARTNERS:
        (out / f"{partner.key}.csv").write_bytes(csv_of(partner, reports))
        _dump(out / f"{partner.key}.mapping.json", mapping_of(partner))
    _dump(out / "organisations.json", [{"key": p.key, "name": p.name, "kind": p.kind} for p in PARTNERS])
    _dump(out / "walks.json", safety_walks(today))
    _dump(out / "gatherings.json", gatherings(today))
    return reports


def _dump(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def counts(reports: list[Report]) -> str:
    """Reports by place and month, as a table to look at."""
    months = sorted({f"{r.occurred_from:%y%m}" for r in reports})
    cells = Counter((r.place_code, f"{r.occurred_from:%y%m}") for r in reports)
    lines = [f"{'':22}" + "".join(f"{month:>5}" for month in months)]
    for place in PLACES:
        lines.append(f"{place.code:5}{place.name:17}" + "".join(f"{cells[place.code, month]:5}" for month in months))
    totals = Counter(f"{r.occurred_from:%y%m}" for r in reports)
    return "\n".join([*lines, f"{len(reports):<22}" + "".join(f"{totals[month]:5}" for month in months)])


def main(
    out: Annotated[Path, typer.Option(help="Folder to write into.")],
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Reports end before this day.")] = None,
    show: Annotated[bool, typer.Option("--counts", help="Print reports by place and month.")] = False,
) -> None:
    """Write the fictive reports, their mappings, walks and gatherings."""
    reports = write(out, today=(today or datetime.now(ZONE)).date())
    print(
        counts(reports) if show else f"{len(reports)} fictive reports of {len(PARTNERS)} invented organisations: {out}"
    )


if __name__ == "__main__":
    typer.run(main)
