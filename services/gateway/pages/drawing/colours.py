"""The colours of pictures, and classes of counts."""

from dataclasses import dataclass
from itertools import pairwise

# One hue from pale to deep, even in lightness: the order survives colour blindness, grey print and projectors.
# Source: checked against WCAG 2.1 contrast: INK on the first three, white on the last two, all above 4.5:1.
COLOURS = ("#d5e8ec", "#a5cdd7", "#6fb0c0", "#22728a", "#0b4a60")
NOTHING, INK, PAPER, LINE, ACCENT = "#fbfcfc", "#12262e", "#ffffff", "#5b7680", "#b4540a"
LIGHT = frozenset((NOTHING, *COLOURS[:3]))
_NICE = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80)


@dataclass(frozen=True, slots=True)
class Scale:
    """Classes of counts: `tops` are their highest numbers, rising; the class of 0 comes before the first."""

    tops: tuple[int, ...]

    def colour(self, n: float) -> str:
        """The colour of a number; numbers above the last top have its colour."""
        if n <= 0:
            return NOTHING
        place = next((place for place, top in enumerate(self.tops) if n <= top), len(self.tops) - 1)
        return _spread(len(self.tops))[place]

    def classes(self) -> list[tuple[int, int, str]]:
        """Lowest and highest number and colour of each class above 0."""
        return [
            (low + 1, top, colour)
            for (low, top), colour in zip(pairwise((0, *self.tops)), _spread(len(self.tops)), strict=True)
        ]


def _spread(n: int) -> tuple[str, ...]:
    """That many of the colours, the deepest always among them."""
    return {1: COLOURS[3:4], 2: COLOURS[1::2], 3: COLOURS[::2], 4: COLOURS[1:]}.get(n, COLOURS)


def scale_for(highest: int) -> Scale:
    """Up to five classes for counts up to `highest`, narrow at the low end: a few places have most of the reports."""
    tops: list[int] = []
    for part in (0.04, 0.16, 0.36, 0.64):
        top = _nice(highest * part)
        if top > (tops[-1] if tops else 0) and top < highest:
            tops.append(top)
    return Scale((*tops, max(highest, 1)))


def _nice(n: float) -> int:
    steps = [step * ten for ten in (1, 10, 100, 1000, 10_000, 100_000) for step in _NICE]
    return min(steps, key=lambda step: (abs(step - n), step))
