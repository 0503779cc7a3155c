"""In which encoding a text is written, by all of its bytes: what they spell in each, and if that can be words. Pure.

A file of one byte a character does not say which letters are meant: ä of the Macintosh is Š of Windows. So each
encoding is judged by where its letters stand; what fits several alike is asked for, never guessed.
"""

import codecs
from functools import cache
from typing import Any, Final
from unicodedata import name

import numpy as np
import numpy.typing as npt

# What is looked for among those of one byte, best known first: Windows, Macintosh, DOS.
_BYTES = ("cp1252", "mac-roman", "cp850", "cp437")
NAMES = {
    "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252",
    "iso8859-1": "ISO 8859-1", "iso8859-15": "ISO 8859-15", "mac-roman": "Mac Roman", "cp850": "DOS code page 850",
    "cp437": "DOS code page 437",
}  # fmt: skip
# It has letters where Windows has ¦ ¨ ´ ¸ ¼ ½ ¾, and the euro where nobody means the sign that stands there, ¤.
_LATIN_9, _EURO, _MOVED = "iso8859-15", 0xA4, (0xA6, 0xA8, 0xB4, 0xB8, 0xBC, 0xBD, 0xBE)
_OF_ICELAND = [byte - 0x80 for byte in "ÐÝÞðýþ".encode("cp1252")]
_ITS_VOWELS = [byte - 0x80 for byte in "ÁÉÍÓÚáéíóú".encode("cp1252")]
_OTHER, _LOWER, _UPPER, _HIGH, _DIGIT = range(5)
_LETTERS = (_LOWER, _UPPER, _HIGH)
_USUAL = frozenset("åäöæøéüßÅÄÖÆØÉÜ")
# Words of one letter.
_ALONE = frozenset("åöÅÖàéèæøÆØíóú")
# How UTF-8 looks when it is read as Windows-1252: in all but a few languages no word has them.
_SUSPECT = frozenset("ÃÂ")
_UNITS = frozenset("€¤£§°²³½¼¾±´·©®\u00a0\u00ad")
_QUOTES = frozenset("“”„‘«»‹›…")
# Bytes beyond ASCII at the end of a piece wait for what follows them.
_BEHIND = 4
# Below this share of its letters an encoding spells no words, and one that is seldom met needs a larger one; others are
# as likely from this share of the best on.
_PLAUSIBLE, _SELDOM, _RIVAL = 0.25, 0.6, 0.75
# So many bytes that are no UTF-8 are their rows' fault; more than those that are speak of another encoding.
_FEW = 2
_SHORT = 200


class Letters:
    """What the bytes of one file say of its encoding; takes them in pieces, in memory that does not grow."""

    def __init__(self) -> None:
        self._wide: str | None = None
        self._begun = False
        self._held = b"\n"
        self._seen: npt.NDArray[Any] = np.zeros((5, 128, 5), dtype=np.int64)
        self.fitting = 0
        self.misfits = 0

    def add(self, piece: bytes) -> None:
        """Take in the next piece."""
        if not self._begun and piece:
            self._begun, self._wide = True, wide_of(piece)
        if self._wide or not piece:
            return
        if piece.isascii() and self._held.isascii():
            self._held = piece[-_BEHIND - 1 :]
            return
        here = self._held + piece
        self._count(here, until=max(1, len(here) - _BEHIND))
        self._held = here[-_BEHIND - 1 :]

    def _count(self, here: bytes, *, until: int) -> None:
        """Count the bytes beyond ASCII from the second one on, by what stands beside them."""
        signs = np.frombuffer(here, dtype=np.uint8)
        at = np.flatnonzero(signs[1:until] >= 0x80) + 1
        if not len(at):
            return
        sign, before, after = signs[at], signs[at - 1], signs[at + 1]
        follow = [(signs[at + n] & 0xC0) == 0x80 for n in (1, 2, 3)]
        two = (sign >= 0xC2) & (sign < 0xE0) & follow[0]
        three = (sign >= 0xE0) & (sign < 0xF0) & follow[0] & follow[1]
        four = (sign >= 0xF0) & (sign < 0xF5) & follow[0] & follow[1] & follow[2]
        counts = [int(each.sum()) for each in (two, three, four)]
        self.fitting += sum(counts)
        self.misfits += len(at) - 2 * counts[0] - 3 * counts[1] - 4 * counts[2]
        places = (_CLASSES[before].astype(np.int64) * 128 + (sign - 128)) * 5 + _CLASSES[after]
        self._seen += np.bincount(places, minlength=self._seen.size).reshape(self._seen.shape)

    def likeliest(self) -> str | None:
        """The encoding, as far as the pieces so far tell it; None where several fit alike, or none does."""
        seen = self._whole()
        if seen._wide:
            return seen._wide
        if not seen._seen.any() or (seen.fitting and seen.misfits <= seen.fitting):
            return "utf-8"
        shares = {name: seen._share(name) for name in _BYTES}
        best = max(shares, key=lambda name: shares[name])
        others = [name for name in _BYTES if shares[name] >= _RIVAL * shares[best] and not seen._is_same(name, best)]
        if best != "cp1252" and (shares[best] < _SELDOM or shares["cp1252"] >= _PLAUSIBLE):
            return None
        if others or shares[best] < _PLAUSIBLE or (best == "cp1252" and seen._may_be_turkish()):
            return None
        return _LATIN_9 if best == "cp1252" and seen._has_euros_of_latin_9() else best

    def is_ascii(self) -> bool:
        """Whether nothing that was seen depends on the encoding."""
        return not (self._wide or self._whole()._seen.any())

    def contradict(self, named: str, found: str) -> bool:
        """Whether they cannot be in the encoding that is named; `found`: the likeliest."""
        seen = self._whole()
        if seen._wide or named.startswith("utf-16"):
            return not (seen._wide and named in ("utf-16", found))
        if named == "utf-8":
            return found != "utf-8" and seen.misfits > max(_FEW, seen.fitting)
        if found == "utf-8":
            return seen.fitting > 0 and seen._share(named) < 2 * _PLAUSIBLE
        return seen._share(named) < 0 < _PLAUSIBLE <= seen._share(found)

    def is_less_likely(self, named: str, found: str) -> bool:
        """Whether they spell words in what is named, and far more of them in what was found."""
        seen = self._whole()
        if seen._wide or found == "utf-8" or not seen._seen.any() or seen._is_same(named, found):
            return False
        return 0 <= seen._share(named) < _RIVAL * seen._share(found)

    def _has_euros_of_latin_9(self) -> bool:
        """Whether ISO 8859-15 is likelier than Windows-1252, which has its letters too: by a byte that is € or ¤.

        Not where signs of Windows stand in the text too, or where it stands between letters.
        """
        by_sign = self._seen.sum(axis=(0, 2))
        between = self._seen[np.ix_(_LETTERS, range(128), _LETTERS)].sum(axis=(0, 2))
        alone = self._seen[np.ix_((_OTHER, _DIGIT), range(128), (_OTHER, _DIGIT))].sum(axis=(0, 2))
        of_windows = by_sign[:0x20].any() or alone[[sign - 0x80 for sign in _MOVED]].any()
        euro = _EURO - 0x80
        return bool(by_sign[euro] and not between[euro] and not of_windows)

    def _may_be_turkish(self) -> bool:
        """Whether ð, ý and þ stand there without the vowels of Iceland: Windows-1254 has ğ, ı and ş in their places."""
        by_sign = self._seen.sum(axis=(0, 2))
        return bool(by_sign[_OF_ICELAND].any() and not by_sign[_ITS_VOWELS].any())

    def _whole(self) -> "Letters":
        """The same with the last bytes counted."""
        if self._wide or self._held.isascii():
            return self
        whole = Letters()
        whole._begun, whole._seen = True, self._seen.copy()
        whole.fitting, whole.misfits = self.fitting, self.misfits
        whole._count(self._held + b"\n" * _BEHIND, until=len(self._held))
        whole._held = b"\n"
        return whole

    def _share(self, encoding: str) -> float:
        """How much of what was seen spells words, of -1 to 1."""
        return float((self._seen * _weights(encoding)).sum() / self._seen.sum())

    def _is_same(self, one: str, other: str) -> bool:
        """Whether two encodings read all the bytes that were seen alike."""
        seen = bytes((np.flatnonzero(self._seen.sum(axis=(0, 2))) + 128).astype(np.uint8))
        return seen.decode(one, errors="replace") == seen.decode(other, errors="replace")


def wide_of(head: bytes) -> str | None:
    """UTF-16 by its mark, or by its NULs where it has none: every other byte of a text in our letters is one."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    begin = head[: _SHORT * 100]
    whole = begin[: len(begin) // 2 * 2]
    low, high = whole[::2].count(0), whole[1::2].count(0)
    half = len(whole) / 2
    if half and max(low, high) > 0.6 * half and min(low, high) < 0.1 * half:
        return "utf-16-be" if low > high else "utf-16-le"
    return None


@cache
def _weights(encoding: str) -> npt.NDArray[Any]:
    """What each byte beyond ASCII says for an encoding, by what stands before and behind it: shape (5, 128, 5)."""
    signs = [bytes([byte]).decode(encoding, errors="replace") for byte in range(128, 256)]
    return np.array([[[_weight(a, sign, b) for b in range(5)] for sign in signs] for a in range(5)])


def _weight(before: int, sign: str, after: int) -> float:
    between = before in _LETTERS and after in _LETTERS
    if sign == "’":
        return 1.0 if between else 0.3
    if sign in "–—":
        return 0.3
    if sign in _UNITS:
        return -0.5 if between and sign not in "´\u00a0\u00ad" else 0.5
    if sign in _QUOTES:
        return -1.0 if between else 0.3 if before in _LETTERS or after in (_OTHER, _LOWER, _UPPER) else -0.3
    if not sign.isalpha() or sign in "ªº\ufffd":
        return -1.0
    return _letter(before, sign, after)


def _letter(before: int, sign: str, after: int) -> float:
    if sign in _SUSPECT or _DIGIT in (before, after):
        return -0.5
    if {before, after} & {_LOWER, _UPPER} and "LATIN" not in name(sign, ""):
        return -1.0  # no word is of two scripts
    if before == _OTHER == after:
        return 0.3 if sign in _ALONE else -0.5
    if before == _HIGH == after:
        return -0.3  # words have vowels; those of another script have nothing else
    if sign.isupper() and before == _LOWER:
        return -1.0
    if sign.islower() and before == _UPPER == after:
        return -0.5
    return 1.0 if sign in _USUAL else 0.3


def _classes() -> npt.NDArray[Any]:
    found = np.full(256, _OTHER, dtype=np.uint8)
    found[ord("a") : ord("z") + 1], found[ord("A") : ord("Z") + 1] = _LOWER, _UPPER
    found[ord("0") : ord("9") + 1], found[128:] = _DIGIT, _HIGH
    return found


_CLASSES: Final = _classes()
