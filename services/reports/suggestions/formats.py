"""In which of the known forms the dates of columns are written: what reads most of them as days that can have been.

Where another order of day, month and year would read them as well, nobody but a person can say which is meant.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from services.reports.intake.domain import EARLIEST
from services.reports.mappings.domain.forms import Days, Said, order_of, read_in
from services.reports.mappings.domain.mapping import MOST_FORMATS
from services.reports.suggestions.forms import CLOCKS, DAYS, FORMATS, LETTERED, MIDNIGHTS, NUMBERED, is_written, written

# The mapping's own names for days in any writing, in one order.
_ORDERS = ("dmy", "mdy", "ymd")
# So near to today a year in two digits that stands first is sure: it is how such dates are written in the north.
_LATELY = timedelta(days=400)
# Days so much closer together by one form than by another tell which of them it is; of a few it is asked still.
_MANY_DAYS, _MUCH_CLOSER = 8, 10
_PAIRED = (
    *(f"{day}{night}" for night in MIDNIGHTS for day in DAYS),
    *(f"{day}{night} {clock}" for night in MIDNIGHTS for day in DAYS for clock in CLOCKS),
)

# How many days of a whole file each way to write them reads: a 13th in one column tells of the others.
Elsewhere = Mapping[str, int]


def moment(text: str, formats: Sequence[str]) -> Said | None:
    """What a file says by these formats; None also where that is not what is written."""
    for form in formats:
        if (found := read_in((form,), text)) is not None:
            return found if form in _ORDERS or form == "week" or is_written(text, form) else None
    return None


def days_of(texts: Iterable[str], *, today: date) -> Elsewhere:
    """How many of these days each way to write them reads as one that can have been."""
    days = {text.replace("T", " ").split(" ")[0] for text in texts}
    read = ((form, read_in((form,), day)) for form in DAYS for day in days if is_written(day, form))
    return Counter(form for form, said in read if is_sensible(said, today))


def formats_of(
    texts: Sequence[str], whole: Sequence[str], *, pair: bool, elsewhere: Elsewhere, today: date
) -> tuple[str, ...]:
    """The formats that read these texts between them; none where nothing reads any.

    whole: those of rows that have all their cells. Rows without a clock are no guide: a day that is written with
    midnight would be a clock beside it.
    """
    family = _PAIRED[len(MIDNIGHTS) * len(DAYS) :] if pair else FORMATS
    best = (
        _best(whole, family, today=today, elsewhere=elsewhere)
        or _best(texts, LETTERED, today=today)
        or _best(texts, tuple(NUMBERED), today=today)
        or _best(texts, (*_ORDERS, "week"), today=today, bare=True)
    )
    return with_more((best,), texts, pair=pair, today=today) if best else ()


def with_more(formats: Sequence[str], texts: Sequence[str], *, pair: bool, today: date) -> tuple[str, ...]:
    """These formats, where there are any, and those that read what they do not.

    None that writes a day in another order by the same signs: two such in one mapping would read 11/12 as they come.
    """
    chosen = list(formats)
    while 0 < len(chosen) < MOST_FORMATS:
        rest = [text for text in texts if text and moment(text, chosen) is None]
        best = _best(rest, _apart(chosen, _PAIRED if pair else FORMATS), today=today) or _loosely(rest, chosen, today)
        if best is None or best in chosen:
            break
        # In the order in which they are tried: 20 is two o'clock to %H%M, and 2000 nothing to %H.
        chosen = sorted([*chosen, best], key=lambda form: (form in _ORDERS, "%H%M" in form))
    return tuple(chosen)


def _loosely(texts: Sequence[str], chosen: Sequence[str], today: date) -> str | None:
    """The form with a name that reads some of these, in the order of those that are chosen."""
    order = order_of(chosen[0])
    return _best(texts, (order,), today=today, bare=True) if order else _best(texts, LETTERED, today=today)


def may_be_either(texts: Collection[str], formats: Sequence[str], *, elsewhere: Elsewhere, today: date) -> bool:
    """Whether another order of its parts reads what one of these formats does as other days, and nothing decides."""
    return any(
        _is_rival(other, form, told, today=today)
        for form in formats
        if (told := {text for text in texts if text and moment(text, formats) == read_in((form,), text) is not None})
        for other in _others(form, elsewhere)
    )


def is_sensible(said: Said | None, today: date) -> bool:
    """Whether it can have happened: a day that reports are taken of, and none to come."""
    if said is None:
        return False
    return EARLIEST <= _day(said) <= today + timedelta(days=1)


def _day(said: Said | None) -> date:
    if said is None:
        return date.min
    if isinstance(said, Days):
        return said.first
    return said.date() if isinstance(said, datetime) else said


def _is_rival(other: str, form: str, texts: Collection[str], *, today: date) -> bool:
    mine, theirs = ({text: read_in((each,), text) for text in texts} for each in (form, other))
    fit = [text for text in texts if is_sensible(mine[text], today)] or list(texts)
    if not all(is_sensible(theirs[text], today) for text in fit) or all(mine[text] == theirs[text] for text in fit):
        return False
    days, others = ({_day(said[text]) for text in fit} for said in (mine, theirs))
    lately = form.startswith("%y") and today - min(days) < _LATELY
    return not lately and not ("%y" in form and _is_closer(days, others))


def _is_closer(days: Collection[date], others: Collection[date]) -> bool:
    """Whether many days lie much closer together than others do: nobody's week is twelve years long."""
    return len(days) >= _MANY_DAYS and _span(days) * _MUCH_CLOSER < _span(others)


def _span(days: Collection[date]) -> int:
    return (max(days) - min(days)).days + 1


def _others(form: str, elsewhere: Elsewhere) -> list[str]:
    """The same form with its parts in other orders, where the rest of the file does not speak for the one chosen."""
    if form in _ORDERS:
        return [other for other in _ORDERS if other != form]
    day = _day_of(form)
    return [
        other + form[len(day) :]
        for other in DAYS
        if other != day and _signs(other) == _signs(day) and elsewhere.get(other, 0) >= elsewhere.get(day, 0)
    ]


def _apart(chosen: Sequence[str], family: Sequence[str]) -> list[str]:
    """Those of a family that write a day as one of these does, or by other signs than all of them."""
    days = {_signs(day): day for form in chosen if (day := _day_of(form))}
    return [form for form in family if days.get(_signs(day := _day_of(form)), day) == day]


@lru_cache(maxsize=4096)
def _day_of(form: str) -> str:
    """The part of a format that writes the day; empty for a form with a name."""
    return max((day for day in DAYS if form.startswith(day)), key=len, default="")


@lru_cache(maxsize=64)
def _signs(day: str) -> str:
    """What a day looks like, whichever its parts are."""
    return re.sub("%[ymd]", "00", day.replace("%Y", "0000"))


def _best(
    texts: Sequence[str], family: Sequence[str], *, today: date, elsewhere: Elsewhere | None = None, bare: bool = False
) -> str | None:
    """What reads most of these as days that can have been; of years in two digits, as those that lie closest."""
    count = Counter(texts)
    del count[""]
    told = written(count, family, bare=bare)

    def weight(form: str) -> tuple[int, int, int, int, int]:
        said = {text: read_in((form,), text) for text in told[form]}
        days = [_day(each) for each in said.values() if each is not None and is_sensible(each, today)]
        close = (-_span(days), -(today - max(days)).days) if "%y" in form and days else (0, 0)
        sensible = sum(count[text] for text in told[form] if is_sensible(said[text], today))
        return sensible, sum(count[text] for text in told[form]), (elsewhere or {}).get(_day_of(form), 0), *close

    return max(told, key=weight, default=None)
