"""What each row of a file is known by, now and in the ways in which its mapping knew rows before.

A row without a reference of its sender's is known by two halves: a hash over the columns that say which incident it is
(its kin), and one over all that it says. Both the same: the same row. The first alone: the same incident, and the row
was corrected. Identical rows of a file are told apart by the how-manieth of their kind they are. Both are made of what
cells mean; in the ways of before that, of how they are written.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from services.reports.files.domain.fillers import own_of
from services.reports.files.domain.masking import strike_out, struck
from services.reports.files.domain.meaning import Meanings
from services.reports.files.domain.ordinals import Ordinals
from services.reports.mappings.domain.identity import Identity, Way
from shared.texts import plain

_SEPARATOR = "\x1f"
# `row:` and the first half.
KIN_LENGTH = 20
Cells = Sequence[str]


class Known(NamedTuple):
    """By what rows are known: references are unique in a file but for senders' own, which may be repeated.

    kin: the beginning of a reference that a corrected row has too; None for a row with a reference of its own. earlier:
    of each earlier way the references that it gave. written: which of those, from 1, begin with a kin that is made of
    how cells are written. firsts: the line of the first row with that reference.
    """

    references: list[str]
    kin: list[str | None]
    earlier: tuple[list[str], ...]
    written: tuple[int, ...]
    repeated: list[bool]
    firsts: list[int]


class Knower:
    """Gives the rows of one file, in their order, what they are known by."""

    def __init__(self, identity: Identity, header: Sequence[str], *, zone: ZoneInfo | None) -> None:
        places = {column: at for at, column in enumerate(header)}
        self._places = places
        # An earlier way is of use where the file has its columns still.
        self._ways = [way for way in identity.ways if way is identity.ways[0] or way.columns <= places.keys()]
        self._ordinals = [Ordinals() for _ in self._ways]
        self._meanings = Meanings(identity.forms, zone)

    def identify(self, rows: Sequence[Cells], texts: dict[str, list[str]], lines: Sequence[int]) -> Known:
        """What these rows are known by. texts: by field in the order of FIELDS, without personal data."""
        now, *before = self._ways
        own = texts.get("external_reference") or [""] * len(rows)
        kin = self._kin(now, rows, own)
        references, ordinals, firsts = _references(own, self._said(now, texts, own), kin, lines, self._ordinals[0])
        asked = [
            (way, self._before(way, rows, lines, seen))
            for way, seen in zip(before, self._ordinals[1:], strict=True)
            # Where all rows have references of their own, in the same columns, there are no others.
            if not all(own) or way.said.get("external_reference") != now.said.get("external_reference")
        ]
        return Known(
            references=references,
            kin=[None if reference else f"row:{digest.hex()}" for reference, digest in zip(own, kin, strict=True)],
            earlier=tuple(given for _, given in asked),
            written=tuple(number for number, (way, _) in enumerate(asked, 1) if way.kin and not way.meant),
            repeated=[bool(reference) and ordinal > 1 for reference, ordinal in zip(own, ordinals, strict=True)],
            firsts=firsts,
        )

    def _kin(self, way: Way, rows: Sequence[Cells], own: Sequence[str]) -> list[bytes]:
        """The first half of what rows without a reference are known by; empty in a way of before it was kept."""
        if not way.kin or all(own):
            return [b""] * len(rows)
        columns = [[struck(plain(row[self._places[name]]))[0] for row in rows] for name in way.kin]
        columns = self._meanings.kin(way, columns) if way.meant else columns
        return [_digest(_SEPARATOR.join(cells), 8) for cells in zip(*columns, strict=True)]

    def _said(self, way: Way, texts: Mapping[str, list[str]], own: Sequence[str]) -> Mapping[str, list[str]]:
        """All that rows say, by field, as it is meant or written; of rows that all have references nobody asks it."""
        if not way.meant or all(own):
            return texts
        return {name: self._meanings.of(name, way.said.get(name, ()), of) for name, of in texts.items()}

    def _before(self, way: Way, rows: Sequence[Cells], lines: Sequence[int], seen: Ordinals) -> list[str]:
        texts = {
            name: [" ".join(plain(row[self._places[column]]) for column in columns).strip() for row in rows]
            for name, columns in way.said.items()
        }
        strike_out(texts)
        if "external_reference" in texts:
            texts["external_reference"] = own_of(texts["external_reference"]).references
        own = texts.get("external_reference") or [""] * len(rows)
        return _references(own, self._said(way, texts, own), self._kin(way, rows, own), lines, seen)[0]


def _references(
    own: Sequence[str], texts: Mapping[str, list[str]], kin: Sequence[bytes], lines: Sequence[int], seen: Ordinals
) -> tuple[list[str], list[int], list[int]]:
    """References, the how-manieth of each, and the line of its first."""
    if all(own):
        digests = [_digest(f"\x00{reference}", 16) for reference in own]
    else:
        said = map(_SEPARATOR.join, zip(*texts.values(), strict=True))
        whole = zip(own, said, kin, strict=True)
        digests = [
            _digest(f"\x00{reference}", 16) if reference else _halves(words, first) for reference, words, first in whole
        ]
    # The second half is over all that a row says, the first one over a part of it.
    keys = np.frombuffer(b"".join(digests), dtype=np.uint64)[1::2]
    counted = seen.count(keys, np.array(lines, dtype=np.uint32))
    ordinals, firsts = counted.ordinals.tolist(), counted.firsts.tolist()
    references = [
        reference or f"row:{digest.hex()}:{ordinal}"
        for reference, digest, ordinal in zip(own, digests, ordinals, strict=True)
    ]
    return references, ordinals, firsts


def _halves(words: str, kin: bytes) -> bytes:
    return kin + _digest(words + kin.hex(), 8) if kin else _digest(words, 16)


def _digest(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=size).digest()
