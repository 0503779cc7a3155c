"""The lägesbild of a cycle, fetched from the reports service as the signed-in person, and made ready to show.

The page is whole without it: a service that is down, slow or refuses costs the page this part and no other.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import Request
from markupsafe import Markup

from services.gateway.pages import drawing
from services.gateway.pages.frame.asking import Query, fetch
from services.gateway.pages.frame.beside import beside, beside_or_why
from services.gateway.pages.frame.categories import categories
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.overview.numbers import PROBLEMS, Number
from services.gateway.pages.overview.table import Days
from services.gateway.pages.overview.times import Times, times_of
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.codes import label
from services.gateway.pages.speech.language import gettext as _
from services.gateway.pages.speech.language import ngettext
from services.gateway.readmodel.counts import POSITIVE
from services.gateway.readmodel.topics.reports import AreaCounts, Totals
from shared.errors import TooMany

# Longer than any lägesbild takes, and short enough to wait for a page.
_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One category: its numbers as they are written, and the bar beside them."""

    name: str
    now: Number
    before: Number
    usual: str
    bar: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class LagesbildView:
    """What the page shows of a lägesbild.

    lines: of problems, with `total` their sum; `good`: of positive observations. mean_of: the days that the means are
    of, None where none is told. late: how many organisations began later than that. keys: the signs of the bars.
    """

    total: Line
    lines: list[Line]
    good: Line | None
    mean_of: str | None
    late: int
    complete: bool
    times: Times
    basis: list[str]
    keys: Mapping[str, Markup]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A lägesbild, or why there is none, and names of categories."""

    lagesbild: Any
    cells: Any
    refusal: Exception | None
    names: Mapping[str, str]

    @property
    def data_from(self) -> date | None:
        """Since when there are reports; the day after all others where there are none, None where it is not known."""
        if self.lagesbild is None:
            return None
        began = self.lagesbild["data_from"]
        return date.fromisoformat(began) if began else date.max

    @property
    def asks_too_much(self) -> bool:
        """Whether it was refused for how much is asked: the service is there, and waiting is all it takes."""
        return isinstance(self.refusal, TooMany)


async def find(request: Request, person: Person, *, day: date, area: str | None) -> Found:
    """The lägesbild of the cycle that holds a day, where it can be had, the squares of an area, names of categories."""
    query = [("from", day.isoformat()), *([("area", area)] if area is not None else [])]
    (lagesbild, refusal), cells, known = await asyncio.gather(
        beside_or_why(fetch(request, person, "/lagesbild", query=query), of="/lagesbild", patience_s=_PATIENCE_S),
        _cells(request, person, query) if area is not None else _nothing(),
        beside(categories(request, person), of="/categories", patience_s=_PATIENCE_S),
    )
    names = {each["code"]: label(each) for each in known or ()}
    return Found(lagesbild=lagesbild, cells=cells, refusal=refusal, names=names)


async def _cells(request: Request, person: Person, query: Query) -> Any:
    cells = fetch(request, person, "/lagesbild/cells", query=query)
    return await beside(cells, of="/lagesbild/cells", patience_s=_PATIENCE_S)


async def _nothing() -> None:
    return None


def view(found: Found, *, area: str | None, counted: AreaCounts | Totals, days: Days) -> LagesbildView | None:
    """The counts of one area, or of everything, and when it was; None without any.

    counted: the same in one number, which an area has that is not in the lägesbild too.
    """
    lagesbild, names = found.lagesbild, found.names
    if lagesbild is None:
        return None
    table = _table(lagesbild, area, counted)
    by_category: dict[str, Any] = {code: cell for code, cell in table["categories"].items() if _any_number(cell)}
    good = by_category.pop(POSITIVE, None)
    # Alike ones in the order of the menus.
    order = {code: place for place, code in enumerate(names)}
    in_order = sorted(
        by_category.items(), key=lambda each: (-(each[1]["count"] or 0.5), order.get(each[0], len(order)))
    )
    highest = max((n for cell in [*by_category.values(), *([good] if good else [])] for n in _numbers(cell)), default=1)

    def line(code: str, cell: Mapping[str, Any]) -> Line:
        return _line(names.get(code, code), cell, days, highest=highest or 1, category=code)

    total = _line(
        _("Sum of problems"), table["problems"], days, highest=max(*_numbers(table["problems"]), 1), **PROBLEMS
    )
    return LagesbildView(
        total=total,
        lines=[line(code, cell) for code, cell in in_order],
        good=line(POSITIVE, good) if good else None,
        mean_of=_mean_of(lagesbild, table),
        late=_begun_later(lagesbild, table),
        complete=lagesbild["complete"],
        times=times_of(lagesbild["weekdays"], days.now),
        basis=_basis(lagesbild["quality"]),
        keys={part: drawing.key_of_comparison(part) for part in ("now", "before", "usual")},
    )


def _mean_of(lagesbild: Mapping[str, Any], table: Mapping[str, Any]) -> str | None:
    """The days that the means are of."""
    if table["mean_from"] is None:
        return None
    last = date.fromisoformat(lagesbild["period"]["from"]) - timedelta(days=1)
    return saying.span(date.fromisoformat(table["mean_from"]), last)


def _begun_later(lagesbild: Mapping[str, Any], table: Mapping[str, Any]) -> int:
    organisations = lagesbild["quality"]["organisations"] or ()
    return sum((each["mean_from"] or "9") > (table["mean_from"] or "9") for each in organisations)


def _table(lagesbild: Mapping[str, Any], area: str | None, counted: AreaCounts | Totals) -> Any:
    if area is None:
        return lagesbild["total"]
    rounded = {"mean": None, "rounded": counted.rounded}
    nothing: dict[str, Any] = {
        "total": {"count": counted.reports, "previous": counted.reports_before, **rounded},
        "problems": {"count": counted.problems, "previous": counted.problems_before, **rounded},
        "categories": {},
        "mean_from": None,
    }
    # An area that is left out had no reports in any of the periods, or nothing of them is published yet.
    return next((each["whole"] for each in lagesbild["areas"] if each["code"] == area), nothing)


def _numbers(cell: Mapping[str, Any]) -> list[float]:
    return [cell["count"] or 0, cell["previous"] or 0, cell["mean"] or 0]


def _any_number(cell: Mapping[str, Any]) -> bool:
    """Whether any says something: one that is not published yet may."""
    return cell["count"] != 0 or cell["previous"] != 0 or bool(cell["mean"])


def _line(name: str, cell: Mapping[str, Any], days: Days, *, highest: float, **asked: str) -> Line:
    now, before, usual, rounded = cell["count"], cell["previous"], cell["mean"], cell["rounded"]
    return Line(
        name=name,
        now=days.now.number(now, rounded=rounded, **asked),
        before=days.before.number(before, rounded=rounded, **asked),
        usual=saying.mean(usual),
        bar=drawing.comparison(now or 0, before=before, usual=usual, highest=highest),
    )


def _basis(quality: Mapping[str, Any]) -> list[str]:
    """What the numbers rest on, for those who are told."""
    basis = []
    if (organisations := quality["organisations"]) is not None:
        n = len(organisations)
        said = ngettext("reports from {n} organisation", "reports from {n} organisations", n)
        basis.append(said.format(n=saying.number(n)))
    for share, words in (
        ("unplaced_share_pct", _("{share} without a known place")),
        ("unknown_hour_share_pct", _("{share} without a time of day")),
    ):
        if quality[share] is not None:
            basis.append(words.format(share=saying.percent(quality[share])))
    return basis
