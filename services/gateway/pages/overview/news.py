"""What happened, in plain words: the facts of the feed as sentences, several of a kind in a row as one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import partial
from itertools import groupby
from typing import Any

from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import Marked, ngettext
from services.gateway.pages.speech.language import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What codes are called: areas, categories, and owners' organisations; and what days are called from `today`."""

    areas: Mapping[str, str]
    categories: Mapping[str, str]
    zone: tzinfo
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line: what happened, when last (the day, of what is seen coarsely), and of what service it is."""

    words: str
    at: datetime | date
    kind: str


def tell(
    items: Sequence[Mapping[str, Any]],
    *,
    names: Names,
    lines: int,
    sentences: Mapping[str, Marked],
    cut_off: bool = False,
) -> list[Told]:
    """The newest facts as at most that many lines, newest first. Items of a feed: type, at, data, in_full.

    cut_off: there may be older items than these, so that a run which ends with them may be longer.
    sentences: by a message's type, or by its type and its status or outcome.
    """
    told: list[Told] = []
    for same, is_last in _runs(items, sentences):
        longer = cut_off and is_last
        at = same[0]["at"] if same[0]["in_full"] else same[0]["at"].astimezone(names.zone).date()
        told.append(
            Told(words=_words(same, names, sentences, longer=longer), at=at, kind=same[0]["type"].partition(".")[0])
        )
        if len(told) == lines:
            break
    return told


def _runs(
    items: Sequence[Mapping[str, Any]], sentences: Mapping[str, Marked]
) -> Iterator[tuple[list[Mapping[str, Any]], bool]]:
    """Facts that stand in one line, and whether there may be more of them beyond the last.

    A file of areas tells of new and of changed ones in turn: those of a stretch are put together first.
    """
    passed = 0
    for of_areas, stretch in groupby(items, key=lambda item: bool(item["type"] == "area.changed")):
        facts = list(stretch)
        passed += len(facts)
        if of_areas:
            facts.sort(key=partial(_form, sentences=sentences))
        runs = [list(run) for _key, run in groupby(facts, key=partial(_alike, sentences=sentences))]
        for run in runs:
            yield run, passed == len(items) and (of_areas or run is runs[-1])


def _alike(item: Mapping[str, Any], *, sentences: Mapping[str, Marked]) -> tuple[str, object]:
    """What lets facts stand in one line. What new areas bring comes in crowds, of which only the number matters."""
    data, form = item["data"], _form(item, sentences)
    if item["type"] == "area.changed" or form.endswith(".moved"):
        return form, None
    if item["type"].startswith("report."):
        what = data.get("category") if "{what}" in str(sentences.get(form)) else None
        return form, (what, data.get("area_code"))
    return item["type"], id(item)


def _words(same: Sequence[Mapping[str, Any]], names: Names, sentences: Mapping[str, Marked], *, longer: bool) -> str:
    item = same[0]
    forms = sentences.get(_form(item, sentences))
    if forms is None:
        pattern = _("something happened that this page has no words for")
    else:
        pattern = _(forms) if isinstance(forms, str) else ngettext(*forms, len(same))
    return saying.sentence(pattern.format_map(_Given(item["data"], names, saying.at_least(len(same), cut_off=longer))))


def _form(item: Mapping[str, Any], sentences: Mapping[str, Marked]) -> str:
    """The key of a fact's sentence: its type, and its status, outcome, end, move or novelty where that decides."""
    data = item["data"]
    status = "moved" if data.get("redrawn") else data.get("status") or data.get("outcome")
    status = status or ("ended" if data.get("active") is False else "new" if data.get("sequence") == 1 else None)
    return f"{item['type']}.{status}" if status and f"{item['type']}.{status}" in sentences else item["type"]


class _Given(dict[str, str]):
    """The words that a sentence may ask for, found only when it does."""

    def __init__(self, data: Mapping[str, Any], names: Names, n: str) -> None:
        super().__init__()
        self._data, self._names, self._n = data, names, n

    def __missing__(self, name: str) -> str:
        data, names = self._data, self._names
        say: dict[str, Callable[[], str]] = {
            "n": lambda: self._n,
            "what": lambda: names.categories.get(data["category"], data["category"]).lower(),
            "where": lambda: _where(data.get("area_code"), names),
            "name": lambda: str(data.get("name", "")),
            "planned_on": lambda: saying.weekday(date.fromisoformat(data["planned_on"]), today=names.today),
            "due_on": lambda: saying.day(date.fromisoformat(data["due_on"])),
            "through": lambda: saying.day(date.fromisoformat(data["through"])),
            "when": lambda: _when(data, names),
        }
        return say[name]()


def _where(code: str | None, names: Names) -> str:
    return _("in {area}").format(area=names.areas.get(code, code)) if code else _("in no known place")


def _when(data: Mapping[str, Any], names: Names) -> str:
    starts = datetime.fromisoformat(data["starts_at"])
    day = saying.weekday(starts.astimezone(names.zone).date(), today=names.today)
    return f"{day} {saying.at_clock(saying.clock(starts, zone=names.zone))}"
