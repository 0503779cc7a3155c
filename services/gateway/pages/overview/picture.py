"""The lägesbild of a cycle, fetched from the reports service as the signed-in person, and made ready to show.

The page is whole without it: a service that is down, slow or refuses costs the page this part and no other.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import structlog
from fastapi import Request
from markupsafe import Markup

from services.gateway.pages import drawing
from services.gateway.pages.frame.asking import fetch
from services.gateway.pages.frame.categories import categories
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.codes import label
from services.gateway.pages.speech.language import gettext as _
from services.gateway.pages.speech.language import ngettext
from services.gateway.readmodel.topics.reports import AreaCounts, Totals
from shared.errors import NotFound, Refusal, TooMany

log = structlog.get_logger()

# Longer than any lägesbild takes, and short enough to wait for a page.
_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One category: its numbers as they are written, and the bar beside them."""

    name: str
    now: str
    before: str
    usual: str
    bar: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When reports began: the picture, and the same numbers as a table with one column per hour or two-hour band."""

    picture: Markup
    heads: list[str]
    rows: list[tuple[str, list[str]]]
    untimed: str | None
    rounded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LagesbildView:
    """What the page shows of a lägesbild.

    earlier: of how many periods there are means, 0 where none is told. keys: the signs of the bars, for their legend.
    """

    total: Line
    lines: list[Line]
    earlier: int
    complete: bool
    times: Times
    basis: list[str]
    keys: Mapping[str, Markup]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A lägesbild, or why there is none, and names of categories."""

    lagesbild: Any
    refusal: Exception | None
    names: Mapping[str, str]

    @property
    def asks_too_much(self) -> bool:
        """Whether it was refused for how much is asked: the service is there, and waiting is all it takes."""
        return isinstance(self.refusal, TooMany)


async def find(request: Request, person: Person, *, day: date | None) -> Found:
    """The lägesbild of the cycle that holds a day, where it can be had, and names of categories."""
    query = [("from", day.isoformat())] if day else []
    (lagesbild, refusal), (known, _refusal) = await asyncio.gather(
        _if_any(fetch(request, person, "/lagesbild", query=query), part="/lagesbild"),
        _if_any(categories(request, person), part="/categories"),
    )
    return Found(lagesbild=lagesbild, refusal=refusal, names={each["code"]: label(each) for each in known or ()})


async def _if_any(part_of_page: Awaitable[Any], *, part: str) -> tuple[Any, Exception | None]:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await part_of_page, None
    except NotFound as none:
        return None, none
    except (Refusal, TimeoutError) as refused:
        log.warning("page.without_part", part=part, reason=type(refused).__name__)
        return None, refused


def view(found: Found, *, area: str | None, counted: AreaCounts | Totals) -> LagesbildView | None:
    """The counts of one area, or of everything, and the week's hours, which are always everything's; None without any.

    counted: the same in one number, which an area has that is not in the lägesbild too.
    """
    lagesbild, names = found.lagesbild, found.names
    if lagesbild is None:
        return None
    table = _table(lagesbild, area, counted)
    categories = sorted(table["categories"].items(), key=lambda each: (-(each[1]["count"] or 0.5), each[0]))
    highest = max((n for _, cell in categories for n in _numbers(cell)), default=1) or 1
    lines = [_line(names.get(code, code), cell, highest=highest) for code, cell in categories if _any_number(cell)]
    # Who gets counts only is told no means.
    told = [table["total"], *table["categories"].values()]
    return LagesbildView(
        total=_line(_("Sum"), table["total"], highest=max(*_numbers(table["total"]), 1)),
        lines=lines,
        earlier=lagesbild["earlier_periods"] if any(cell["mean"] is not None for cell in told) else 0,
        complete=lagesbild["complete"],
        times=_times(lagesbild["weekdays"]),
        basis=_basis(lagesbild["quality"]),
        keys={part: drawing.key_of_comparison(part) for part in ("now", "before", "usual")},
    )


def _table(lagesbild: Mapping[str, Any], area: str | None, counted: AreaCounts | Totals) -> Any:
    if area is None:
        return lagesbild["total"]
    nothing: dict[str, Any] = {
        "total": {
            "count": counted.reports,
            "previous": counted.reports_before,
            "mean": None,
            "rounded": counted.rounded,
        },
        "categories": {},
    }
    # An area that is left out had no reports in any of the periods, or nothing of them is published yet.
    return next((each["whole"] for each in lagesbild["areas"] if each["code"] == area), nothing)


def _numbers(cell: Mapping[str, Any]) -> list[float]:
    return [cell["count"] or 0, cell["previous"] or 0, cell["mean"] or 0]


def _any_number(cell: Mapping[str, Any]) -> bool:
    """Whether any says something: one that is not published yet may."""
    return cell["count"] != 0 or cell["previous"] != 0 or bool(cell["mean"])


def _line(name: str, cell: Mapping[str, Any], *, highest: float) -> Line:
    now, before, usual, rounded = cell["count"], cell["previous"], cell["mean"], cell["rounded"]
    return Line(
        name=name,
        now=saying.count(now, rounded),
        before=saying.count(before, rounded),
        usual=saying.mean(usual),
        bar=drawing.comparison(now or 0, before=before, usual=usual, highest=highest),
    )


def _times(clock: Mapping[str, Any]) -> Times:
    matrix: Sequence[Sequence[int | None]] = clock["matrix"]
    hours, rounded = clock["resolution_h"], clock["rounded"]
    heads = [f"{slot * hours:02d}" if hours == 1 else f"{slot * hours:02d}–{slot * hours + hours:02d}"
             for slot in range(24 // hours)]  # fmt: skip
    said = {
        (weekday, slot): _("{weekday} {hour}–{until}: {n}").format(
            weekday=saying.weekday_name(weekday),
            hour=slot * hours,
            until=(slot + 1) * hours,
            n=saying.reports(n, clock["rounded"]),
        )
        for weekday, row in enumerate(matrix)
        for slot, n in enumerate(row)
    }
    untimed = clock["unknown_hour"]
    return Times(
        picture=drawing.week_matrix(
            matrix,
            rows=[saying.short_weekday(weekday) for weekday in range(7)],
            said=said,
            few=saying.NOT_YET,
            name=_("Reports by weekday and hour. The same numbers are in the table below the picture."),
        ),
        heads=heads,
        rows=[(saying.weekday_name(weekday), [saying.count(n) for n in row]) for weekday, row in enumerate(matrix)],
        untimed=_untimed(untimed, rounded) if untimed != 0 else None,
        rounded=rounded,
    )


def _untimed(n: int | None, rounded: bool) -> str:
    return _("{n} without a time of day are left out.").format(n=saying.sentence(saying.reports(n, rounded)))


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
