"""What stands in a column, whatever it is called: codes, prose, numbers, words that come again. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from services.reports.files.domain.fillers import own_of
from services.reports.files.domain.places import numbers
from services.reports.files.domain.points import in_one_piece, points, system_in
from services.reports.files.domain.references import is_rounded
from shared.errors import Invalid
from shared.geo.geometry import Array
from shared.geo.projections import coordinate_system

_LETTERED = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[\w./-]{3,40}")
_LETTER = re.compile(r"[^\W\d_]")
_MOST_LETTERS_OF_A_WORD = 60
_DEGREES = "EPSG:4326"
_SIGNS_OF_PROSE, _WORDS_OF_PROSE = 22, 4


@dataclass(frozen=True, eq=False)
class Column:
    """A column of the rows that are looked at: its name, and its cells without what stands about them."""

    name: str
    cells: Sequence[str]
    decimal: str = "."

    @cached_property
    def words(self) -> Counter[str]:
        """What stands in it, and how often; empty cells do not count."""
        return Counter(cell for cell in self.cells if cell)

    @cached_property
    def filled(self) -> int:
        """How many cells say something."""
        return self.words.total()

    @cached_property
    def is_distinct(self) -> bool:
        """Whether no text is there twice, but for what stands in the place of a reference, and what was rounded."""
        references = list(filter(None, own_of(self.cells).references))
        whole = [each for each in references if not is_rounded(each)]
        return bool(references) and len(whole) == len(set(whole))

    @cached_property
    def is_points(self) -> bool:
        """Whether each text in it is a whole point: two numbers, WKT, GeoJSON, degrees with letters."""
        told = list(self.words)
        return bool(told) and not points(told, form="auto", decimal=self.decimal, crs=self.named_crs or _DEGREES).wrong

    @cached_property
    def named_crs(self) -> str | None:
        """The system that its points name themselves, where it is one that is read."""
        named = system_in(list(self.words))
        try:
            if named is not None:
                coordinate_system(named)
        except Invalid:
            return None
        return named

    @cached_property
    def counts_rows(self) -> bool:
        """Whether it is the number of the row: 1, 2, 3 and so on, in each file anew."""
        return self.filled > 1 and list(self.cells) == [str(number) for number in range(1, len(self.cells) + 1)]

    @cached_property
    def is_lettered(self) -> bool:
        """Whether nothing but a reference looks so: letters and digits in one word, each once, in most rows."""
        return self.is_distinct and self.filled >= 3 and all(_LETTERED.fullmatch(word) for word in self.words)

    @cached_property
    def is_prose(self) -> bool:
        """Whether people wrote freely in it: long, of several words, and hardly twice the same."""
        long = sum(len(w) >= _SIGNS_OF_PROSE and len(w.split()) >= _WORDS_OF_PROSE for w in self.words)
        return bool(self.words) and long * 2 > len(self.words) and len(self.words) * 10 >= self.filled * 6

    @cached_property
    def is_wordy(self) -> bool:
        """Whether it may be words of a list: short, with letters, not all numbers."""
        wordy = sum(_LETTER.search(w) is not None and len(w) <= _MOST_LETTERS_OF_A_WORD for w in self.words)
        return bool(self.words) and wordy * 2 > len(self.words)

    @cached_property
    def values(self) -> Array:
        """Its numbers, nan for what is none."""
        return numbers(list(in_one_piece(self.cells, self.cells, decimal=self.decimal)[0]), self.decimal)

    @cached_property
    def is_numeric(self) -> bool:
        """Whether all that stands in it is numbers."""
        return bool(self.words) and int(np.isfinite(self.values).sum()) == self.filled
