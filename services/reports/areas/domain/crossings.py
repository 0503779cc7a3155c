"""How often the sides of a shape meet: what it costs to mend it, known before that is tried. Pure.

To mend a shape takes more time and memory than its crossings grow in number, and cannot be stopped: 16,000 take 0.4 s,
64,000 2 s, 250,000 10 s (GEOS 3.14).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

# Of all shapes of a file together. Whoever draws by hand crosses a line once, or at a bridge twice.
MOST_CROSSINGS = 20_000
# Sides whose boxes overlap, of which few meet: three to a side of what people draw. To look at so many takes a second.
_MOST_NEAR = 10_000_000
# Pairs looked at in one go, and sides asked for at once: by the memory that it takes where all are near to all.
_AT_ONCE, _ASKED = 500_000, 16

Numbers = NDArray[np.int64]
Ends = NDArray[np.float64]


@dataclass(slots=True)
class Patience:
    """What is left of what may be spent on shapes of one file that are to be mended."""

    crossings: int = MOST_CROSSINGS
    near: int = _MOST_NEAR

    def lasts_for(self, shape: Any) -> bool:
        """Whether a shape can be mended within what is left, which is less by it then, and nothing where it cannot."""
        begin, end, ring, last = _sides(shape)
        tree = shapely.STRtree(shapely.linestrings(np.stack([begin, end], axis=1)))
        self.crossings -= 1
        for one, other in _near(tree):
            self.near -= len(one)
            for at in range(0, len(one), _AT_ONCE) if self.near >= 0 else ():
                some = slice(at, at + _AT_ONCE)
                self.crossings -= _meet(begin, end, *_apart(one[some], other[some], ring=ring, last=last))
            if min(self.near, self.crossings) < 0:
                self.near = self.crossings = 0
                return False
        return True


def _near(tree: shapely.STRtree) -> Iterator[tuple[Numbers, Numbers]]:
    """Pairs of sides whose boxes overlap, in parts of some _AT_ONCE."""
    found, count = list[Numbers](), 0
    for at in range(0, len(tree.geometries), _ASKED):
        pairs = tree.query(tree.geometries[at : at + _ASKED])
        pairs[0] += at
        found.append(pairs)
        count += pairs.shape[1]
        if count > _AT_ONCE:
            one, other = np.concatenate(found, axis=1)
            yield one, other
            found, count = [], 0
    if found:
        one, other = np.concatenate(found, axis=1)
        yield one, other


def _sides(shape: Any) -> tuple[Ends, Ends, Numbers, NDArray[np.bool_]]:
    """Both ends of each side, shape (n, 2); the number of its ring; whether it is the last of that."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    xy, of = shapely.get_coordinates(rings, return_index=True)
    within = of[:-1] == of[1:]
    ring = of[:-1][within]
    last = np.append(ring[1:] != ring[:-1], True) if len(ring) else np.zeros(0, dtype=bool)
    return xy[:-1][within], xy[1:][within], ring, last


def _apart(one: Numbers, other: Numbers, *, ring: Numbers, last: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """The pairs that are no neighbours in their ring, each once."""
    next_to = other == one + 1
    ends = last[other] & (ring[one] == ring[other]) & (np.searchsorted(ring, ring[one]) == one)
    apart = (other > one) & ~ends & ~(next_to & (ring[one] == ring[other]))
    return one[apart], other[apart]


def _meet(begin: Ends, end: Ends, one: Numbers, other: Numbers) -> int:
    """How many of these pairs of sides, whose boxes overlap, cross or touch."""

    def beside(a: Ends, b: Ends, c: Ends) -> Ends:
        side: Ends = np.sign((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0]))
        return side

    a, b, c, d = begin[one], end[one], begin[other], end[other]
    return int(((beside(a, b, c) * beside(a, b, d) <= 0) & (beside(c, d, a) * beside(c, d, b) <= 0)).sum())
