"""Numbers of so many digits in a text, however they are grouped: which groups make one, what stands between them.

A text is taken apart once for all rules, and where what it says repeats itself, it is judged once.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise, takewhile

# Whatever is neither letter nor digit may stand between two groups: so many signs, dot leaders of a form and tabs made
# of spaces among them.
MOST_SIGNS = 30
_LOOKED_ROUND = 16
_FEWEST = 8  # digits; no number has fewer
_CHAIN = re.compile(rf"\d(?:[\W_]{{0,{MOST_SIGNS}}}\d)+")
_GROUP = re.compile(r"\d+")
_NO_DIGITS = bytes(sign for sign in range(256) if not chr(sign).isdecimal())
_KEPT = 4_096  # verdicts at once: what repeats itself is near


class Text:
    """A plain text, and its chains of digits for all rules on numbers, worked out when the first one asks."""

    def __init__(self, plain: str, judged: "Judged | None" = None) -> None:
        self.plain = plain
        self._judged: Judged = {} if judged is None else judged

    def judged(self, looks: "Looks", lengths: Sequence[int]) -> "dict[tuple[str, int, int], int]":
        """What was found out about numbers that look like this, by what stands round them."""
        return self._judged.setdefault((looks, lengths[0]), {})

    @cached_property
    def chains(self) -> "Sequence[Chain]":
        """Its groups of digits in rows, in order; those that are too short for any number are left out."""
        chains = (Chain(self.plain, *match.span()) for match in _CHAIN.finditer(self.plain))
        return [chain for chain in chains if len(chain.digits) >= _FEWEST]


class Chain:
    """Groups of digits in a row. Of nearly all only the digits are ever looked at, so all else waits."""

    def __init__(self, plain: str, start: int, end: int) -> None:
        self.plain, self.span = plain, (start, end)
        raw = plain[start:end].encode("latin-1", "replace")
        self.digits = raw.translate(None, _NO_DIGITS).decode("latin-1")

    @cached_property
    def groups(self) -> Sequence[tuple[int, int]]:
        """Where each stands in the text."""
        return [group.span() for group in _GROUP.finditer(self.plain, *self.span)]

    @cached_property
    def signs(self) -> Sequence[str]:
        """What stands behind each but the last, white space aside."""
        return [self.plain[end:following].strip() for (_, end), (following, _) in pairwise(self.groups)]

    @cached_property
    def starting(self) -> Mapping[int, int]:
        """Which group starts where in the text."""
        return {start: number for number, (start, _) in enumerate(self.groups)}

    @cached_property
    def begins(self) -> Sequence[int]:
        """How many digits are before each, and in all."""
        return [0, *accumulate([end - start for start, end in self.groups])]

    @cached_property
    def at(self) -> Mapping[int, int]:
        """Which group begins after so many digits; the number of groups, after all of them."""
        return {total: number for number, total in enumerate(self.begins)}


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What the digits of a kind of number look like at least, wherever it is known, and what decides whether it is one.

    `digits` is tried on all digits of a chain, so it is what makes a long one cheap. Besides the signs next to a number
    `is_one` may look at so many `groups_round` it, and the signs next to those.
    """

    digits: re.Pattern[str]
    is_one: "Callable[[Written], bool]"
    groups_round: int = 0


class Written:
    """A number as somebody wrote it: the groups `first` to `last` (exclusive) of a chain of groups of digits.

    Thousands may be made of one text, so each part is worked out when it is asked for, and kept.
    """

    __slots__ = ("_between", "_sizes", "chain", "digits", "first", "last", "plain")

    def __init__(self, plain: str, chain: Chain, first: int, last: int) -> None:
        self.plain, self.chain, self.first, self.last = plain, chain, first, last
        self.digits = chain.digits[chain.begins[first] : chain.begins[last]]  # its digits alone
        self._sizes: tuple[int, ...] | None = None
        self._between: Mapping[int, str] | None = None

    @property
    def groups(self) -> Sequence[tuple[int, int]]:
        """Where its groups stand in the text."""
        return self.chain.groups[self.first : self.last]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many digits each group has."""
        if self._sizes is None:
            self._sizes = tuple([end - start for start, end in self.groups])
        return self._sizes

    @property
    def signs(self) -> set[str]:
        """What stands between its groups, white space aside: each once."""
        return {*self.chain.signs[self.first : self.last - 1]}

    @property
    def between(self) -> Mapping[int, str]:
        """What stands between its groups, by the number of digits that come after it."""
        if self._between is None:
            self._between, left = {}, len(self.digits)
            for (start, end), (following, _) in pairwise(self.groups):
                left -= end - start
                self._between[left] = self.plain[end:following]
        return self._between

    @property
    def before(self) -> str:
        """The last signs before it."""
        start = self.chain.groups[self.first][0]
        return self.plain[max(0, start - _LOOKED_ROUND) : start]

    @property
    def behind(self) -> str:
        """The first signs behind it."""
        end = self.chain.groups[self.last - 1][1]
        return self.plain[end : end + _LOOKED_ROUND]


# Of each kind of number: how many groups one has that begins so, 0 for none. Kept while one text is read, in all ways.
Judged = dict[tuple[Looks, int], dict[tuple[str, int, int], int]]


def numbers(
    text: Text,
    *,
    lengths: Sequence[int],
    looks: Looks,
    begin: re.Pattern[str] | None = None,
    lead: str = "",
    usual: Collection[tuple[int, ...]] = (),
) -> Iterator[tuple[int, int]]:
    """Where in a text numbers of these lengths stand, in whole groups of digits, none over another.

    `lengths` in digits: of several that fit the first counts. `begin`: where in the text a number's first group may
    stand. `lead`: signs before it that are part of it. `usual`: how many digits its groups have where it is written as
    usual; what is so grouped counts before what begins in front of it and takes some of its groups.
    """
    seen = text.judged(looks, lengths)

    def found_at(chain: Chain, first: int) -> Written | None:
        begun, at = chain.begins[first], chain.at
        lasts = [at[begun + length] for length in lengths if begun + length in at]
        if not lasts:
            return None
        key = _round(chain, first, max(lasts), looks.groups_round)
        if (groups := seen.get(key)) is None:
            if len(seen) >= _KEPT:
                seen.clear()
            groups = seen[key] = _judge(chain, first, lasts, looks)
        return Written(text.plain, chain, first, first + groups) if groups else None

    for chain in text.chains:
        firsts, free = _firsts(chain, begin, looks.digits), 0
        for place, first in enumerate(firsts):
            found = found_at(chain, first) if first >= free else None
            if not found:
                continue
            if usual and found.sizes not in usual:
                later = (firsts[each] for each in range(place + 1, len(firsts)))
                within = (found_at(chain, each) for each in takewhile(found.last.__gt__, later))
                better = next((number for number in within if number and number.sizes in usual), None)
                # What ends where it ends is a part of it: the century stands apart.
                found = better if better and better.last != found.last else found
            start = found.groups[0][0]
            spaced = found.before.rstrip(" ")
            led = len(found.before) - len(spaced.rstrip(lead)) if lead and spaced.endswith(tuple(lead)) else 0
            yield start - led, found.groups[-1][1]
            free = found.last


def _firsts(chain: Chain, begin: re.Pattern[str] | None, digits: re.Pattern[str]) -> Sequence[int]:
    """The groups that a number may begin with."""
    if begin is None:
        if not digits.search(chain.digits):
            return ()  # as nearly always: where its groups stand need not be known
        at = chain.at
        return [at[match.start()] for match in digits.finditer(chain.digits) if match.start() in at]
    found = [match.start() for match in begin.finditer(chain.plain, *chain.span)]
    firsts = [chain.starting[start] for start in found if start in chain.starting] if found else []
    return [first for first in firsts if digits.match(chain.digits, chain.begins[first])]


def _judge(chain: Chain, first: int, lasts: Sequence[int], looks: Looks) -> int:
    for last in lasts:
        if looks.is_one(Written(chain.plain, chain, first, last)):
            return last - first
    return 0


def _round(chain: Chain, first: int, last: int, more: int) -> tuple[str, int, int]:
    """All of a text that says whether these groups are a number, with `more` groups round it, and where they stand."""
    groups = chain.groups
    start = groups[first - more if first > more else 0][0] - _LOOKED_ROUND - 1
    end = groups[last - 1 + more if last + more < len(groups) else -1][1] + _LOOKED_ROUND + 1
    start = max(start, 0)
    return chain.plain[start:end], groups[first][0] - start, groups[last - 1][1] - start
