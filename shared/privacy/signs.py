"""How a text is read: each sign made plain by its class, what cannot be seen taken out, escapes resolved.

What is read is Latin-1 only: Latin letters without foreign marks, digits, the signs that rules name, and `·` for every
other sign. Nothing is taken for granted of what a disguise hides: where signs can be read in two ways, both are read.
"""

import html
import re
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

SIGN = "·"
_SPACED = bytes.maketrans(b"\t\r\x0b\x0c\x85\xa0", b" " * 6)
# Controls, soft hyphens, ordinals and digits that stand high or make a fraction.
_ODD = bytes([*range(9), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0)]) + "\xad²³¹¼½¾ªº".encode("latin-1")
_WHITE = frozenset("\t\n\r\x0b\x0c\x85")
_AMBIGUOUS = "\x00"
_RING, _DOTS = "\u030a", "\u0308"
_COMPOSED = re.compile(f"[aA]{_RING}|[aAoO]{_DOTS}")  # the Swedish letters, in two signs
_SIGNS = re.compile(f"{SIGN}+")
_KEPT = 20_000
_UNSEEN = frozenset(("Cc", "Cf", "Cn", "Cs", "Me", "Mn"))
_DASHES = frozenset("\u02d7\u2043\u2212\u30fc\uff70")  # dashes by their looks, and of no class of dashes
_FULL_STOPS = frozenset("\u3002\u06d4\u0589")
# Letters of other alphabets that look like Latin ones.
_LOOKALIKES = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧορνχ",
        "ABESIJKMHOPCTYXaesijopcyxdqwABEZHIKMNOPTYXopvx",
        strict=True,
    )
)
_LATIN = re.compile(r"LATIN (CAPITAL|SMALL) (?:LETTER|LIGATURE) ([A-Z]{1,2})\b")
_ESCAPE = re.compile(
    # However often an escape was escaped, as &amp;amp;#56; or %252538: one step resolves it.
    r"&(?:amp;)*(?:\#0*\d{1,7}|\#x0*[\da-f]{1,6}|[a-z]{2,31});? | (?:%(?:25)*[\da-f]{2})+"
    r"| (?-i:\\U[\dA-Fa-f]{8}) | \\u[\da-f]{4}"
    r"| \\[ux]\{0*[\da-f]{1,6}\} | \\x[\da-f]{2} | =[\da-f]{2} | =[ ]*\r?\n"
    # Of a terminal's colours and of Markdown's stress nothing is seen.
    r"| (?:\x1b|\\e|\\033|\\x1b)\[[\d;]{0,20}[a-z] | \*{2,3} | _{2,3} | ~~"
    r"| </?[a-z][^<>]{0,200}> | <!--[^<>]{0,200}-->",
    # Of these letters and digits alone escapes are made; of others nobody resolves one, and Python refuses to.
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_AGAIN = re.compile(r"\A(?:amp;)+(?=.)", re.IGNORECASE | re.ASCII)
_PERCENT = re.compile(r"%(?:25)*(?=[\dA-Fa-f]{2})", re.ASCII)
_NESTED = 3


class Reading(NamedTuple):
    """A text as the rules read it, and through which steps it became so, the last one first."""

    plain: str
    steps: "tuple[_Pieces, ...]" = ()

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where in the text as sent the signs `start` to `end` (exclusive) of the reading stand."""
        for step in self.steps:
            start, end = step.place(start, end)
        return start, end


class _Pieces:
    """What each sign, or stretch, of a text became. Where they stand is worked out for those who ask: few do."""

    def __init__(self, pieces: Sequence[str], whole: Sequence[int] | None = None) -> None:
        self.pieces, self._whole = pieces, whole

    @cached_property
    def _ends(self) -> Sequence[int]:
        return [*accumulate(map(len, self.pieces))]

    @cached_property
    def _begun(self) -> Sequence[int]:
        """Where in the text the pieces begin, and the last one ends; of single signs, each is its own number."""
        return range(len(self.pieces) + 1) if self._whole is None else [0, *accumulate(self._whole)]

    def place(self, start: int, end: int) -> tuple[int, int]:
        return self._sign(start)[0], self._sign(end - 1)[1]

    def _sign(self, number: int) -> tuple[int, int]:
        """Which signs of the text a sign of the reading stands for: its own where nothing was changed, or all."""
        piece = bisect_right(self._ends, number)
        begin, end = self._begun[piece], self._begun[piece + 1]
        if self._whole is None or piece % 2:
            return begin, end
        at = begin + number - (self._ends[piece] - len(self.pieces[piece]))
        return at, at + 1


def readings(text: str) -> Iterator[Reading]:
    """How a text can be read: one way for nearly all; at most four, for what is disguised or escaped."""
    yield from _readings(text)
    if _ESCAPE.search(text):
        resolved = _resolved(text)
        for reading in _readings(resolved.plain):
            yield Reading(reading.plain, (*reading.steps, *resolved.steps))


def _readings(text: str) -> Iterator[Reading]:
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        plain = text.translate(_ONE_EACH)
        if _AMBIGUOUS not in plain:
            yield Reading(plain)
            return
    else:
        if len(raw.translate(None, _ODD)) == len(raw):
            yield Reading(raw.translate(_SPACED).decode("latin-1"))
            return
    closed = _spelled(text, _CLOSED)
    opened = _spelled(text, _OPENED)
    yield closed
    if opened.plain != closed.plain:
        yield opened


def _spelled(text: str, spelling: "_Spelling") -> Reading:
    """A text sign by sign."""
    pieces = [*map(spelling.__getitem__, text)]
    if _RING in text or _DOTS in text:
        for found in _COMPOSED.finditer(text):
            pieces[found.start()] = unicodedata.normalize("NFC", found[0])
    return Reading("".join(pieces), (_Pieces(pieces),))


def _closed(sign: str) -> str:
    """What a sign stands for: nothing where it cannot be seen, several where it holds several."""
    if sign in _WHITE:
        return "\n" if sign == "\n" else " "
    if unicodedata.combining(sign):
        return ""
    # Of a sign that holds many others, one counts: it is one to the eye, and a text does not grow by it.
    return _SIGNS.sub(SIGN, "".join(map(_plain, unicodedata.normalize("NFKC", sign))))


def _opened(sign: str) -> str:
    """What it stands for where what cannot be seen keeps apart what is round it, and high digits are signs."""
    closed = _closed(sign)
    if unicodedata.combining(sign):
        return closed
    if not closed:
        return " "
    return SIGN if any(map(str.isdecimal, closed)) and not sign.isdecimal() else closed


def _plain(sign: str) -> str:
    kind, name = unicodedata.category(sign), unicodedata.name(sign, "")
    if kind in _UNSEEN or "FILLER" in name or name == "BRAILLE PATTERN BLANK":
        return ""
    if (digit := unicodedata.digit(sign, None)) is not None:
        return str(digit)
    if kind[0] == "Z":
        return " "
    if sign < "\u0100":
        return sign
    if kind == "Pd" or sign in _DASHES:
        return "-"
    if sign in _FULL_STOPS:
        return "."
    return _letter(sign, name) if kind[0] == "L" else SIGN


def _letter(sign: str, name: str) -> str:
    """A Latin letter without its marks, or one that looks like it; those of other alphabets are signs to the rules."""
    base = unicodedata.normalize("NFD", sign)[0]
    if base < "\u0100":
        return base
    if found := _LATIN.match(name):
        return found[2] if found[1] == "CAPITAL" else found[2].lower()
    return _LOOKALIKES.get(base, SIGN)


class _Spelling(dict[str, str]):
    """What each sign stands for, worked out once, of so many signs as no language has."""

    def __init__(self, spell: Callable[[str], str]) -> None:
        super().__init__()
        self._spell = spell

    def __missing__(self, sign: str) -> str:
        piece = self._spell(sign)
        if len(self) < _KEPT:
            self[sign] = piece
        return piece


_CLOSED, _OPENED = _Spelling(_closed), _Spelling(_opened)


class _OneEach(dict[int, str]):
    """What each sign stands for, where that is one sign and there is no other way to read it."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        closed = _CLOSED[sign]
        plain = closed if len(closed) == 1 and closed == _OPENED[sign] else _AMBIGUOUS
        if len(self) < _KEPT:
            self[code] = plain
        return plain


_ONE_EACH = _OneEach()


def _resolved(text: str) -> Reading:
    """A text with its escapes resolved, also those within escapes; a tag becomes a sign that cannot be seen."""
    reading = Reading(text)
    for _ in range(_NESTED):
        pieces: list[str] = []
        whole: list[int] = []
        at = 0
        for found in _ESCAPE.finditer(reading.plain):
            start, end = found.span()
            pieces += (reading.plain[at:start], _meant(found[0]))
            whole += (start - at, end - start)
            at = end
        pieces.append(reading.plain[at:])
        whole.append(len(reading.plain) - at)
        plain = "".join(pieces)
        if plain == reading.plain:
            break
        reading = Reading(plain, (_Pieces(pieces, whole), *reading.steps))
    return reading


def _meant(escape: str) -> str:
    if escape[0] in "<*_~\x1b" or "[" in escape:
        return "\u200b"
    if escape.startswith("&"):
        return html.unescape(f"&{_AGAIN.sub('', escape[1:])}")
    if escape.startswith("\\"):
        code = int(escape[2:].strip("{}"), 16)
        return chr(code) if code <= sys.maxunicode else ""
    if escape[-1] == "\n":
        return ""
    raw = bytes.fromhex(_PERCENT.sub("", escape).replace("=", ""))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
