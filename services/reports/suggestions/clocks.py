"""Which columns of a file tell when it happened: by what stands in them as well as by their names.

A day and its clock often stand in two columns. What reads as a clock and is not used is named, for a clock that is left
out without a word makes whole days of moments.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, compress

from services.reports.mappings.domain.forms import Said, read_in
from services.reports.suggestions.forms import (
    CLOCKS,
    DAYS,
    FORMATS,
    LETTERED,
    MIDNIGHTS,
    NUMBERED,
    has_hours,
    is_clock,
    is_dated,
    is_day,
    is_written,
)

_USUAL = "%Y-%m-%d %H:%M"
# As many as a mapping holds.
_MOST_FORMS = 5
# Days so much closer together by one form than by another tell which of them it is; of a few it is asked still.
_FEWEST_DAYS, _MANY_DAYS, _MUCH_CLOSER = 3, 8, 10
_OF_CLOCKS = re.compile(r"\bkl\b|klock|clock|tid|time", re.IGNORECASE)

Cells = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Which columns tell begin and end, in which formats, and which clocks are left over.

    columns: field -> its columns, to be joined; without `occurred_from` none looks like a date. whole: every text that
    is there was read. either: another order of day and month would read all of it too, as other days. begins: what the
    rows say of the beginning.
    """

    columns: Mapping[str, tuple[str, ...]]
    formats: tuple[str, ...]
    whole: bool
    unused: tuple[str, ...]
    either: bool = False
    begins: tuple[str, ...] = ()


def times_of(cells: Cells, *, named: Mapping[str, Sequence[str]], taken: Collection[str]) -> Times:
    """The times in these columns.

    named: the columns that are called so, best first, for `occurred_from`, `time`, `occurred_to` and `time_to`. taken:
    those that tell something else.
    """
    cells = {column: [cell.strip() for cell in texts] for column, texts in cells.items()}
    begin = _begin(cells, named, taken)
    said_elsewhere = _days_of(cells)
    formats = _formats(cells, begin, said_elsewhere)
    end = _end(cells, named, begin, formats)
    columns = {field: found for field, found in (("occurred_from", begin), ("occurred_to", end)) if found}
    ends = _texts(cells, end)
    formats = _with(formats, ends, _paired(formats) if len(end) == 2 else _like(formats, FORMATS))
    said = [text for text in (*_texts(cells, begin), *ends) if text]
    return Times(
        columns=columns,
        formats=formats or (_USUAL,),
        whole=any(_texts(cells, begin)) and all(_moment(text, formats) is not None for text in said),
        unused=tuple(_unused(cells, named, columns, formats)),
        begins=tuple(filter(None, _texts(cells, begin))),
        either=_may_be_either(_texts(cells, begin), formats, said_elsewhere),
    )


def _days_of(cells: Cells) -> Counter[str]:
    """How many days of the whole file each way to write them reads: a 13th in one column tells of the others."""
    days = {text.replace("T", " ").split(" ")[0] for texts in cells.values() for text in texts if is_dated(text)}
    return Counter(form for form in DAYS for day in days if is_written(day, form))


def _may_be_either(texts: Sequence[str], formats: Sequence[str], elsewhere: Counter[str]) -> bool:
    """Whether another way to write a day reads these as well, as other days, and nothing in the file decides."""
    chosen = next((day for day in DAYS if formats and formats[0].startswith(day)), None)
    days = {text.replace("T", " ").split(" ")[0] for text in texts if text}
    if chosen is None or not days:
        return False
    read = {day for day in days if is_written(day, chosen)}
    return any(
        all(is_written(day, other) for day in read)
        and any(read_in((other,), day) != read_in((chosen,), day) for day in read)
        for other in DAYS
        if other != chosen
        and elsewhere[other] >= elsewhere[chosen]
        and not ("%y" in other and "%y" in chosen and len(read) >= _MANY_DAYS and _is_closer(read, chosen, other))
    )


def _only_clocks(texts: Sequence[str]) -> bool:
    return any(texts) and all(is_clock(text) for text in texts if text)


def _begin(cells: Cells, named: Mapping[str, Sequence[str]], taken: Collection[str]) -> tuple[str, ...]:
    day = _day(cells, named["occurred_from"])
    if day is None:
        dated = (column for column in named["time"] if any(map(is_dated, cells[column])))
        day = next(dated, None)
    if day is None:
        return ()
    known = {*taken, *(column for columns in named.values() for column in columns)}
    others = [
        column
        for column, texts in cells.items()
        if column not in known and _only_clocks(texts) and all(":" in text for text in texts if text)
    ]
    if any(map(has_hours, chain.from_iterable(cells[column] for column in named["occurred_from"] if column != day))):
        others = []  # a moment under a better name: a person has to choose
    called = [*named["time"], *(column for column in named["occurred_from"] if _only_clocks(cells[column]))]
    clock = next((column for column in (*called, *others) if column != day and _fits(cells[day], cells[column])), None)
    return (day,) if clock is None else (day, clock)


def _day(cells: Cells, named: Sequence[str]) -> str | None:
    """The first column that holds a date; else that holds more than clocks, or nothing yet."""
    more = [column for column in named if not _only_clocks(cells[column])]
    filled = [column for column in more if any(cells[column])]
    dated = [column for column in filled if any(map(is_dated, cells[column]))]
    return next(iter((*dated, *filled, *more)), None)


def _fits(days: Sequence[str], clocks: Sequence[str]) -> bool:
    """Whether most clocks beside a day that can be read are clocks, and none is another to strptime."""
    beside = [clock for day, clock in zip(days, clocks, strict=True) if clock and is_day(day)]
    if sum(map(is_clock, beside)) * 2 <= len(beside):
        return False
    used = [form for form in CLOCKS if any(is_written(clock, form) for clock in clocks)]
    odd = [clock for clock in clocks if not is_clock(clock, used)]
    return not any(read_in((form,), clock) is not None for clock in odd for form in used)


def _end(
    cells: Cells, named: Mapping[str, Sequence[str]], begin: tuple[str, ...], formats: Sequence[str]
) -> tuple[str, ...]:
    """Its own day with its clock; a clock alone is of the day of the beginning, where no row speaks against it."""
    called = [*named["time_to"], *(column for column in named["occurred_to"] if _only_clocks(cells[column]))]
    clocks = [column for column in called if column not in begin]
    if (day := _day(cells, named["occurred_to"])) is not None:
        clock = next((column for column in clocks if column != day and _fits(cells[day], cells[column])), None)
        return (day,) if clock is None else (day, clock)
    if len(begin) < 2:
        return ()
    return next(((begin[0], clock) for clock in clocks if _follows(cells, begin, clock, formats)), ())


def _follows(cells: Cells, begin: tuple[str, ...], clock: str, formats: Sequence[str]) -> bool:
    """Whether every row has both clocks, the end not before the beginning.

    An end that is left open would be read as that of its day, and one after midnight as one before the beginning.
    """
    begins, ends = _texts(cells, begin), _texts(cells, (begin[0], clock))
    formats = _with(formats, ends, _paired(formats))
    read = [(_moment(first, formats), _moment(last, formats)) for first, last in zip(begins, ends, strict=True)]
    return all(isinstance(first, datetime) and isinstance(last, datetime) and first <= last for first, last in read)


def _texts(cells: Cells, columns: tuple[str, ...]) -> list[str]:
    """What a file that is read by these columns says in each row."""
    return [" ".join(row).strip() for row in zip(*(cells[column] for column in columns), strict=True)]


def _formats(cells: Cells, begin: tuple[str, ...], elsewhere: Counter[str]) -> tuple[str, ...]:
    """What reads most of these; of a day and a clock also what reads those that are written otherwise.

    Rows without a clock are no guide to it: a day that is written with midnight would be a clock beside it.
    """
    texts = _texts(cells, begin)
    pair = len(begin) == 2
    whole = [all(row) for row in zip(*(cells[column] for column in begin), strict=True)]
    family = [f"{day}{night} {clock}" for night in MIDNIGHTS for day in DAYS for clock in CLOCKS] if pair else FORMATS
    known = [form for day, _ in elsewhere.most_common() for form in family if form.startswith(day)]
    best = _best(list(compress(texts, whole)), known or family) or _best(texts, (*LETTERED, *NUMBERED))
    if best is None:
        return ()
    return _with((best,), texts, _paired((best,))) if pair else (best,)


def _paired(formats: Sequence[str]) -> list[str]:
    """Formats of a day and a clock, and of the day without one, that write the day as the first of these does."""
    days = [f"{day}{night}" for day in _like(formats, DAYS) for night in MIDNIGHTS]
    return [*days, *(f"{day} {clock}" for day in days for clock in CLOCKS)]


def _like(formats: Sequence[str], family: Sequence[str]) -> list[str]:
    """Those that write the day as the first does: two ways in one mapping would read 11/12 as they come."""
    day = next((day for day in DAYS if formats and formats[0].startswith(day)), None)
    return [form for form in family if day is None or form.startswith(day)]


def _with(formats: Sequence[str], texts: Sequence[str], family: Sequence[str]) -> tuple[str, ...]:
    """These formats, where there are any, and of the family those that read what they do not."""
    chosen = list(formats)
    while 0 < len(chosen) < _MOST_FORMS:
        best = _best([text for text in texts if text and _moment(text, chosen) is None], family)
        if best is None or best in chosen:
            break
        # In the order in which they are tried: 20 is two o'clock to %H%M, and 2000 nothing to %H.
        chosen = sorted([*chosen, best], key=lambda form: "%H%M" in form)
    return tuple(chosen)


def _best(texts: Sequence[str], family: Sequence[str]) -> str | None:
    count = Counter(texts)
    read = {form: sum(n for text, n in count.items() if is_written(text, form)) for form in family}
    best = max(read, key=lambda form: read[form], default=None)
    if best is None or not read[best]:
        return None
    rivals = [form for form in read if "%y" in form and read[form] == read[best]] if "%y" in best else ()
    return next((form for form in rivals if _is_closer(count, form, best)), best)


def _is_closer(texts: Collection[str], one: str, other: str) -> bool:
    """Whether by this form the days lie much closer together: 25-11-26 and 27-11-26 are two days apart, not two years.

    Of two digits any may be the year; of less than three days nothing can be said.
    """
    spans = []
    for form in (one, other):
        said = {read_in((form,), text) for text in texts if text}
        days = [each.date() if isinstance(each, datetime) else each for each in said if isinstance(each, date)]
        if len(days) < _FEWEST_DAYS:
            return False
        spans.append((max(days) - min(days)).days + 1)
    return spans[0] * _MUCH_CLOSER < spans[1]


def _moment(text: str, formats: Sequence[str]) -> Said | None:
    """What a file says by these formats; None also where that is not what is written."""
    for form in formats:
        if (found := read_in((form,), text)) is not None:
            return found if is_written(text, form) else None
    return None


def _unused(
    cells: Cells, named: Mapping[str, Sequence[str]], columns: Mapping[str, tuple[str, ...]], formats: Sequence[str]
) -> list[str]:
    """The columns of clocks that tell neither begin nor end. The more a name says of clocks, the less a cell has to."""
    used = {column for each in columns.values() for column in each}
    clocks = {*named["time"], *named["time_to"]}
    moments = {*named["occurred_from"], *named["occurred_to"]}
    hourless = {
        column
        for field in ("occurred_from", "occurred_to")
        if not any(isinstance(_moment(text, formats), datetime) for text in _texts(cells, columns.get(field, ())))
        for column in named[field]
    }

    def tells(column: str) -> bool:
        texts = [text for text in cells[column] if text]
        return (
            any(_COLON.fullmatch(text) for text in texts)
            or (column in clocks and bool(texts))
            or (column in moments and any(map(is_clock, texts)))
            or (column in hourless and any(_HOURS.fullmatch(text) or has_hours(text) for text in texts))
            or ((column in moments or bool(_OF_CLOCKS.search(column))) and any(map(_DOTTED.fullmatch, texts)))
        )

    return [column for column in cells if column not in used and tells(column)]


def _about(clock: str) -> re.Pattern[str]:
    """A clock, or from one to another, with a few letters about it: "kl. 20:00", "20:00–21:30", "ca 20:00 (UTC)"."""
    return re.compile(rf"\D{{0,8}}{clock}(?:\D{{1,8}}{clock})?\D{{0,8}}", re.ASCII)


_COLON = _about(r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,6})?)?")
_DOTTED = _about(r"(?:[01]?\d|2[0-4])\.?[0-5]\d")
_HOURS = _about(r"(?:[01]?\d|2[0-4])")
