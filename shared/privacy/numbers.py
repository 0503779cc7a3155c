"""Numbers of so many digits in a text, however they are grouped: which groups make one, what stands between them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

# Whatever is neither letter nor digit may stand between two groups: so many signs, and white space besides.
MOST_SIGNS = 4
_CHAIN = re.compile(r"\d(?:[\W_]{0,12}\d)+")
_GROUP = re.compile(r"\d+")
_LOOKED_ROUND = 12


@dataclass
class Written:
    """A number as somebody wrote it: the groups `first` to `last` (exclusive) of a chain of groups of digits."""

    plain: str
    chain: Sequence[tuple[int, int]]
    first: int
    last: int

    @cached_property
    def groups(self) -> Sequence[tuple[int, int]]:
        """Where its groups stand in the text."""
        return self.chain[self.first : self.last]

    @cached_property
    def digits(self) -> str:
        """Its digits alone."""
        return "".join([self.plain[start:end] for start, end in self.groups])

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How many digits each group has."""
        return tuple(end - start for start, end in self.groups)

    @cached_property
    def between(self) -> Mapping[int, str]:
        """What stands between its groups, by the number of digits that come after it."""
        found, left = {}, len(self.digits)
        for (start, end), (following, _) in pairwise(self.groups):
            left -= end - start
            found[left] = self.plain[end:following]
        return found

    @cached_property
    def before(self) -> str:
        """The last signs before it."""
        start = self.groups[0][0]
        return self.plain[max(0, start - _LOOKED_ROUND) : start]

    @cached_property
    def behind(self) -> str:
        """The first signs behind it."""
        end = self.groups[-1][1]
        return self.plain[end : end + _LOOKED_ROUND]


def numbers(
    plain: str, *, lengths: Sequence[int], begin: re.Pattern[str], is_one: Callable[[Written], bool], lead: str = ""
) -> Iterator[tuple[int, int]]:
    """Where in a text numbers of these lengths stand, in whole groups of digits, none over another.

    `lengths` in digits: of several that fit the first counts. `begin`: what a number's first group looks like. `lead`:
    signs before it that are part of it. Each group is tried once as a beginning: time grows with the text alone.
    """
    for chain in _CHAIN.finditer(plain):
        groups = [match.span() for match in _GROUP.finditer(plain, *chain.span())]
        begins = [0, *accumulate(end - start for start, end in groups)]
        ends = {total: number for number, total in enumerate(begins)}
        first = 0
        while first < len(groups):
            found = None
            if begin.match(plain, groups[first][0]):
                wanted = [ends[begins[first] + length] for length in lengths if begins[first] + length in ends]
                fitting = (Written(plain, groups, first, last) for last in wanted)
                found = next((number for number in fitting if is_one(number) and not _is_torn(number)), None)
            if found:
                start = found.groups[0][0]
                spaced = found.before.rstrip(" ")
                led = len(found.before) - len(spaced.rstrip(lead)) if lead and spaced.endswith(tuple(lead)) else 0
                yield start - led, found.groups[-1][1]
            first += len(found.groups) if found else 1


def _is_torn(number: Written) -> bool:
    return any(len("".join(between.split())) > MOST_SIGNS for between in number.between.values())
