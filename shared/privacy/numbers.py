"""Numbers of so many digits in a text, however they are grouped: which groups make one, what stands between them."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

# Whatever is neither letter nor digit may stand between two groups: so many signs, dot leaders of a form and tabs made
# of spaces among them.
MOST_SIGNS = 30
_CHAIN = re.compile(rf"\d(?:[\W_]{{0,{MOST_SIGNS}}}\d)+")
_GROUP = re.compile(r"\d+")
_LOOKED_ROUND = 12


class Chain(NamedTuple):
    """Groups of digits in a row: where each stands, how many digits are before it, which group ends after so many."""

    groups: Sequence[tuple[int, int]]
    begins: Sequence[int]
    ends: Mapping[int, int]
    digits: str


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


def numbers(
    plain: str,
    *,
    lengths: Sequence[int],
    begin: re.Pattern[str],
    is_one: Callable[[Written], bool],
    lead: str = "",
    usual: Collection[tuple[int, ...]] = (),
) -> Iterator[tuple[int, int]]:
    """Where in a text numbers of these lengths stand, in whole groups of digits, none over another.

    `lengths` in digits: of several that fit the first counts. `begin`: what a number's first group looks like. `lead`:
    signs before it that are part of it. `usual`: how many digits its groups have where it is written as usual; what is
    so grouped counts before what begins in front of it and takes some of its groups. Time grows with the text alone.
    """

    def found_at(chain: Chain, first: int) -> Written | None:
        if not begin.match(plain, chain.groups[first][0]):
            return None
        for length in lengths:
            if last := chain.ends.get(chain.begins[first] + length):
                number = Written(plain, chain, first, last)
                if is_one(number):
                    return number
        return None

    for match in _CHAIN.finditer(plain):
        chain = _chain(plain, match)
        first = 0
        while first < len(chain.groups):
            found = found_at(chain, first)
            if found and usual and found.sizes not in usual:
                within = (found_at(chain, later) for later in range(first + 1, found.last))
                better = next((number for number in within if number and number.sizes in usual), None)
                # What ends where it ends is a part of it: the century stands apart.
                found = better if better and better.last != found.last else found
            if found:
                start = found.groups[0][0]
                spaced = found.before.rstrip(" ")
                led = len(found.before) - len(spaced.rstrip(lead)) if lead and spaced.endswith(tuple(lead)) else 0
                yield start - led, found.groups[-1][1]
            first = found.last if found else first + 1


def _chain(plain: str, match: re.Match[str]) -> Chain:
    groups = [group.span() for group in _GROUP.finditer(plain, *match.span())]
    begins = [0, *accumulate(end - start for start, end in groups)]
    digits = "".join([plain[start:end] for start, end in groups])
    return Chain(groups, begins, {total: number for number, total in enumerate(begins)}, digits)
