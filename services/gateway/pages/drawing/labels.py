"""Where words stand on a map, so that no two of them cover each other. Pure geometry in the map's units; y runs down.

The busiest areas come first: their numbers have a place before all others', and the busiest of all has its name
whatever room there is. A word that finds no free place is left out; the table beside the map has it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Widths of signs as parts of the letters' size; no sign of the fonts that pages name is wider.
_WIDE, _NARROW = 0.98, 0.36
_WIDTHS = dict.fromkeys("mwMW@%ÆŒ—–≈", _WIDE) | dict.fromkeys("iljtfrI.,:;'|! \u00a0()[]-", _NARROW)
_CAPITAL, _USUAL = 0.76, 0.64
_GAP = 1.5
# Sides of the squares by which boxes are looked up.
_SQUARE = 60.0


@dataclass(frozen=True, slots=True)
class Box:
    """A stretch of the map."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether both have some ground in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def inside(self, other: "Box") -> bool:
        """Whether all of it lies in another."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """An area that has words: its number and its name, the middle of its largest circle and that one's radius.

    weight: what decides who comes first; 0 has no claim to a name.
    """

    number: str
    name: str
    x: float
    y: float
    room: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words in the middle of a baseline. spot: the place of its area among those given; free: not on its own ground."""

    spot: int
    words: str
    x: float
    y: float
    size: float
    is_name: bool
    free: bool
    box: Box


def width_of(words: str, size: float) -> float:
    """How wide words are at the most."""
    return size * sum(_WIDTHS.get(sign, _CAPITAL if sign.isupper() else _USUAL) for sign in words)


def box_of(words: str, x: float, y: float, *, size: float) -> Box:
    """What words cover whose baseline has its middle there."""
    half = width_of(words, size) / 2 + _GAP
    # Letters reach some four fifths of their size above the baseline, and a quarter below it.
    return Box(x - half, y - size * 0.82, x + half, y + size * 0.26)


def labels(spots: Sequence[Spot], *, width: float, height: float, least: float) -> list[Label]:
    """The words that have a place, none covering another, all on the paper. least: the smallest letters' size."""
    taken = Taken(Box(0, 0, width, height))
    order = sorted(range(len(spots)), key=lambda each: (-spots[each].weight, -spots[each].room, each))
    found: list[Label] = []
    for rank, spot in enumerate(order):
        busiest = rank == 0 and spots[spot].weight > 0
        found += _busiest(spot, spots[spot], taken, least) if busiest else _usual(spot, spots[spot], taken, least)
    return found


class Taken:
    """The boxes that are there, by the squares of a grid that they touch."""

    def __init__(self, paper: Box) -> None:
        self.paper = paper
        self._boxes: dict[tuple[int, int], list[Box]] = {}

    def take(self, box: Box) -> bool:
        """Whether a box is on the paper and covers no other; it is there from now on."""
        if not box.inside(self.paper) or any(
            box.meets(each) for at in _squares(box) for each in self._boxes.get(at, ())
        ):
            return False
        for at in _squares(box):
            self._boxes.setdefault(at, []).append(box)
        return True


def _squares(box: Box) -> Iterator[tuple[int, int]]:
    for column in range(int(box.left // _SQUARE), int(box.right // _SQUARE) + 1):
        for row in range(int(box.top // _SQUARE), int(box.bottom // _SQUARE) + 1):
            yield column, row


def _usual(at: int, spot: Spot, taken: Taken, least: float) -> Iterator[Label]:
    """The number where it fits into its area, and the name below it where both do."""
    size = max(least, 15 if spot.room < 18 else min(19 + max(0, spot.room - 40) / 12, 30))
    small = max(least * 0.8, size * 0.76)
    named = spot.room >= size * 1.5 and width_of(spot.name, small) <= spot.room * 2.4
    number = _label(at, spot.number, spot.x, spot.y + (-1 if named else size * 0.36), size)
    if width_of(spot.number, size) > spot.room * 2.2 or not taken.take(number.box):
        return
    yield number
    name = _label(at, spot.name, spot.x, spot.y + small * 1.2, small, is_name=True)
    if named and taken.take(name.box):
        yield name


def _busiest(at: int, spot: Spot, taken: Taken, least: float) -> Iterator[Label]:
    """Number and name, on its own ground where they have room, else beside it: nothing else is on the map yet."""
    size = max(least, min(19 + max(0, spot.room - 40) / 12, 30))
    small = max(least * 0.8, size * 0.76)
    number = _label(at, spot.number, spot.x, spot.y - 1, size)
    if taken.take(number.box):
        yield number
    paper = taken.paper
    words = _shortened(spot.name, small, most=paper.right - paper.left - 4 * _GAP)
    half = width_of(words, small) / 2 + _GAP
    fits = width_of(words, small) <= spot.room * 2.4
    x = min(max(spot.x, paper.left + half), paper.right - half)
    for down in (small * 1.2, -size * 1.1, *(step * small for step in (2, -2, 3, -3, 4, -4))):
        name = _label(at, words, x, spot.y + down, small, is_name=True, free=not fits or abs(down) > size * 1.2)
        if taken.take(name.box):
            yield name
            return


def _label(at: int, words: str, x: float, y: float, size: float, *, is_name: bool = False, free: bool = False) -> Label:
    return Label(
        spot=at, words=words, x=x, y=y, size=size, is_name=is_name, free=free, box=box_of(words, x, y, size=size)
    )


def _shortened(words: str, size: float, *, most: float) -> str:
    """The words, or as many of their first signs as are that wide."""
    if width_of(words, size) <= most:
        return words
    return next(f"{words[:end]}…" for end in range(len(words), -1, -1) if width_of(f"{words[:end]}…", size) <= most)
