"""What a reader of counts is shown of published tables: each organisation's rounded once, and their sum. Pure.

A publication holds, of each unit of days, by how much its counts changed since all earlier ones. Every table has a
secret of its own and never changes, so what a reader is shown of it never changes either; nothing can be learned from
asking twice. What an organisation reported is rounded by itself, and alike for everybody: two readers who put together
what they see, or one that comes again under another name, have the same numbers of all others and learn no more.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from shared.access.rounding import ALL, EVERYWHERE, Number, rounded, rounded_list, sums
from shared.access.table import ROUND_TO, Principal, sees_each

Name = TypeVar("Name", bound=Hashable)

WEEKDAYS, BANDS = 7, 12
# The slot of a list of moments that holds whole days, whose hour nobody knows.
UNKNOWN_HOUR = WEEKDAYS * BANDS


class Row(NamedTuple):
    """Reports more (or, below zero, fewer) than all earlier publications told of; `area` None: in no area."""

    organisation: UUID
    area: str | None
    category: str
    reports: int


class Moment(NamedTuple):
    """The same by weekday (1 is Monday) and two-hour band, None for whole days."""

    organisation: UUID
    area: str | None
    weekday: int
    band: int | None
    reports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one publication tells one reader of one unit: of all organisations but its own.

    secret: the table's own, 32 bytes. parents: of every area in its rows and of all around those as they lay then,
    EVERYWHERE for a root.
    """

    publication: int
    secret: bytes
    parents: Mapping[str, str | None]
    rows: Sequence[Row] = ()
    moments: Sequence[Moment] = ()


@dataclass(frozen=True, slots=True)
class Shown(Generic[Name]):
    """What a reader is shown of others' reports, by number; one that is not there is none. All are multiples."""

    numbers: Mapping[Name, int]

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return len(self.numbers)

    @classmethod
    def together(cls, parts: Iterable["Shown[Name]"]) -> "Shown[Name]":
        """The sum over several units. What was taken off may be rounded to more than there was: no number is below."""
        numbers: Counter[Name] = Counter()
        for part in parts:
            numbers.update(part.numbers)
        return cls(+numbers)


def shown_counts(tables: Sequence[Told], *, principal: Principal) -> Shown[Number]:
    """Others' reports of one unit where this reader gets counts only. tables: all of the unit, oldest first.

    A further table adds to the sum and changes nothing that was shown before.
    """
    return _counts(_let_go(tables), principal)


def shown_both(tables: Sequence[Told], *, principal: Principal) -> tuple[Shown[Number], Shown[int]]:
    """The same, and when others' reports in this reader's own areas began, where it gets counts of those only.

    By slot: 12 for each weekday, Monday first, then UNKNOWN_HOUR. Each place has its own list, that adds up to what its
    counts say and is the same for all who see it: two roundings of one number would narrow it down.
    """
    parts = list(_let_go(tables))
    moments: Counter[int] = Counter()
    for part in parts if counts_near(principal) else ():
        moments_of = _moments(part)
        for place in sorted(near(part.parents, principal=principal)):
            own = part.numbers.get(Number("own", place, ALL), 0)
            key = blake2b(place.encode(), key=part.key, digest_size=32).digest()
            moments.update(rounded_list(moments_of[place], whole=own, key=key))
    return _counts(parts, principal), Shown(dict(moments))


class _Part(NamedTuple):
    """What one organisation's tables come to that are shown together, rounded with the secret of the last of them."""

    organisation: UUID
    tables: Sequence[Told]
    parents: Mapping[str, str | None]
    key: bytes
    numbers: Mapping[Number, int]


def _counts(parts: Iterable[_Part], principal: Principal) -> Shown[Number]:
    numbers: Counter[Number] = Counter()
    for part in parts:
        numbers.update(_unseen(part, principal))
    return Shown(dict(numbers))


def _unseen(part: _Part, principal: Principal) -> Mapping[Number, int]:
    """The numbers without what the reader sees one by one: taken off as it was rounded, so that all share one table."""
    each = _sees(part.parents, principal)
    if not any(each.values()):
        return part.numbers
    left = {
        (place, category): n
        for (what, place, category), n in part.numbers.items()
        if what == "own" and category is not ALL and not each[place]
    }
    return sums(left, parents=part.parents)


def _let_go(tables: Sequence[Told]) -> Iterator[_Part]:
    """Each organisation's tables. A later one of one or two changes could show little but that they are: it waits."""
    counts: dict[UUID, Counter[tuple[str | None, str]]] = defaultdict(Counter)
    waiting: dict[UUID, list[Told]] = defaultdict(list)
    parents: Mapping[str, str | None] = {}
    for number, table in enumerate(tables):
        parents = {**parents, **table.parents}
        for organisation, area, category, reports in table.rows:
            counts[organisation][area, category] += reports
        # Also those whose reports are as many as before, at other hours.
        for organisation in {row.organisation for row in table.rows} | {each.organisation for each in table.moments}:
            waiting[organisation].append(table)
            if number == 0 or sum(map(abs, counts[organisation].values())) >= ROUND_TO:
                key = blake2b(organisation.bytes, key=table.secret, digest_size=32).digest()
                numbers = rounded(counts.pop(organisation, {}), parents=parents, key=key)
                yield _Part(organisation, waiting.pop(organisation), parents, key, numbers)


def _moments(part: _Part) -> Mapping[str | None, Counter[int]]:
    """When its reports began, by the place that they lie in and in no place below it."""
    found: dict[str | None, Counter[int]] = defaultdict(Counter)
    for table in part.tables:
        for organisation, area, weekday, band, reports in table.moments:
            if organisation == part.organisation:
                found[area][UNKNOWN_HOUR if band is None else (weekday - 1) * BANDS + band] += reports
    return found


def _sees(parents: Mapping[str, str | None], principal: Principal) -> Mapping[str | None, bool]:
    known: dict[str | None, bool] = {code: sees_each(principal, path(code, parents)) for code in parents}
    return known | {EVERYWHERE: sees_each(principal, ())}


def counts_near(principal: Principal) -> bool:
    """Whether this reader has areas of its own, and gets counts only of what others report there."""
    return bool(principal.areas) and not sees_each(principal, principal.areas)


def near(parents: Mapping[str, str | None], *, principal: Principal) -> set[str]:
    """The areas that are the reader's own or lie in one of those."""
    return {code for code in parents if not set(path(code, parents)).isdisjoint(principal.areas)}


def path(code: str | None, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """The codes from the root down to an area; empty for what lies in none."""
    return () if code is EVERYWHERE else (*path(parents[code], parents), code)
