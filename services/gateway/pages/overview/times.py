"""When it happens: the week's hours as a picture and as the same numbers in a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from services.gateway.pages import drawing
from services.gateway.pages.overview.numbers import Counted, Number
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import gettext as _
from services.gateway.pages.speech.language import ngettext


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When reports began: the picture, and the same numbers as a table with one column per hour or two-hour band.

    everywhere: they are of the whole municipality, whatever area is looked at.
    """

    picture: Markup
    heads: list[str]
    rows: list[tuple[str, list[Number]]]
    untimed: Markup | None
    rounded: bool
    everywhere: bool


def times_of(clock: Mapping[str, Any], now: Counted) -> Times:
    """The week of a lägesbild (`weekdays`), and the lists of what its numbers count. now: the period's reports."""
    matrix: Sequence[Sequence[int | None]] = clock["matrix"]
    hours, rounded, untimed = (clock[each] for each in ("resolution_h", "rounded", "unknown_hour"))
    here = now if clock["area_code"] is not None else now.within(None)
    slot_name = "hour" if hours == 1 else "band"
    heads = [f"{slot * hours:02d}" if hours == 1 else f"{slot * hours:02d}–{slot * hours + hours:02d}"
             for slot in range(24 // hours)]  # fmt: skip
    numbers = [
        [
            here.number(n, rounded=rounded, weekday=str(weekday + 1), **{slot_name: str(slot)})
            for slot, n in enumerate(row)
        ]
        for weekday, row in enumerate(matrix)
    ]
    said = {
        (weekday, slot): _("{weekday} {hour}–{until}: {n}").format(
            weekday=saying.weekday_name(weekday),
            hour=slot * hours,
            until=(slot + 1) * hours,
            n=saying.reports(n, rounded),
        )
        for weekday, row in enumerate(matrix)
        for slot, n in enumerate(row)
    }
    return Times(
        picture=drawing.week_matrix(
            matrix,
            rows=[saying.short_weekday(weekday) for weekday in range(7)],
            said=said,
            few=saying.NOT_YET,
            name=_("Reports by weekday and hour. The same numbers are in the table below the picture."),
            written=saying.number,
            links=_links(matrix, numbers, here, slot_name=slot_name, rounded=rounded),
        ),
        heads=heads,
        rows=[(saying.weekday_name(weekday), row) for weekday, row in enumerate(numbers)],
        untimed=_untimed(untimed, here.number(untimed, rounded=rounded, timed="false")) if untimed != 0 else None,
        rounded=rounded,
        everywhere=clock["area_code"] is None,
    )


def _links(
    matrix: Sequence[Sequence[int | None]],
    numbers: Sequence[Sequence[Number]],
    here: Counted,
    *,
    slot_name: str,
    rounded: bool,
) -> dict[tuple[int | None, int | None], str]:
    """What the squares of a week and their sums lead to."""
    found: dict[tuple[int | None, int | None], Number] = {
        (day, slot): n for day, row in enumerate(numbers) for slot, n in enumerate(row)
    }
    for day, row in enumerate(matrix):
        n = sum(each or 0 for each in row)
        found[day, None] = here.number(n, rounded=rounded, weekday=str(day + 1), timed="true")
    for slot, column in enumerate(zip(*matrix, strict=True)):
        found[None, slot] = here.number(sum(each or 0 for each in column), rounded=rounded, **{slot_name: str(slot)})
    return {at: number.href for at, number in found.items() if number.href}


def _untimed(n: int | None, number: Number) -> Markup:
    """A sentence with a number in it that may be a link."""
    pattern = ngettext(
        "Without a time of day, and left out here: {n} report.",
        "Without a time of day, and left out here: {n} reports.",
        n or 0,
    )
    return escape(pattern).format(n=number)
