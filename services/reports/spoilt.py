"""Texts whose letters were spoilt before they came: lost, or read in another encoding than they were written in. Pure.

What was written in UTF-8 and read wrongly is valid text of other signs, so no decoder refuses it. It is known by pairs
of signs that no word has, as `Ã¶` for ö; a pair that some word may have counts only where the whole text is UTF-8 once
it is taken back.
"""

import re
from collections.abc import Sequence
from functools import cache, partial
from typing import NamedTuple

from services.reports.exchanged import before_exchange, may_be_exchanged
from shared.texts import LOST

# Some go through it twice.
_MOST_TIMES = 3
# Signs that stand behind a letter in good texts too: dots, dashes, quotation marks, the space that does not break.
_PROSE = "‚„…‘’“”•–—«»‹›\u00a0\u00ad"
# The signs for the bytes 80 to BF, the second and later ones of a letter of UTF-8, in each encoding.
_BEHIND = {
    encoding: bytes(range(0x80, 0xC0)).decode(encoding, errors="ignore")
    for encoding in ("cp1252", "mac-roman", "cp850", "cp437")
}
# Those of ISO 8859-1, where Windows has dashes and quotation marks.
_CONTROLS = "".join(map(chr, range(0x80, 0xA0)))
_BEHIND["cp1252"] += _CONTROLS


def _class(signs: str, *, but: str = "") -> str:
    return f"[{re.escape(''.join(sign for sign in signs if sign not in but))}]"


_WINDOWS, _MAC, _DOS, _OLD = (_class(signs) for signs in _BEHIND.values())
_SURE = {
    # Letters with accents, signs as °, quotation marks and dashes, ™ † €, pictures, Arabic and Cyrillic; of letters of
    # Central Europe only what nobody writes behind Ä and Å.
    "cp1252": f"Ã{_class(_BEHIND['cp1252'], but=_PROSE)}|Â[¡-ª¬®-º¼-¿]"
    f"|â[€\x80]{_WINDOWS}|â[„\x84]¢|â[†\x86]{_WINDOWS}|â[‚\x82]¬"
    f"|ð[Ÿ\x9f]{_WINDOWS}{{2}}|(?:[ÐÑØÙ]{_WINDOWS}){{2,}}|[ÄÅ][ŸžœšƒŽŠŒ¡¤¥¦¼¾¿ˆ‰‡]"
    # Not behind a capital letter, as in IRMÃ… and ĐÃ –.
    f"|(?<![^\\W\\d_a-zß-öø-ÿ])(?:Ã{_class(_PROSE)}|Â[«»\u00a0\u00ad])",
    "mac-roman": f"[√¬]{_MAC}|‚Ä{_MAC}",
    "cp850": f"[├┬]{_DOS}|ÔÇ{_DOS}",
    "cp437": f"[├┬]{_OLD}|ΓÇ{_OLD}",
}
_PATTERNS = {encoding: re.compile(pattern) for encoding, pattern in _SURE.items()}
# A set of signs behind one of another is found ten times as fast as all of these (measured).
_PAIR = re.compile(f"[ÃÂâðÐÑØÙÄÅ√¬‚├┬ÔΓ]{_class(''.join(_BEHIND.values()))}")
_PERHAPS = re.compile(f"[ÃÂ]{_class(_PROSE)}")


class Spoilt(NamedTuple):
    """What is wrong with a text, for its sender; and how it was before, where that can be told."""

    detail: str
    before: str | None = None


_LOST_SIGN = Spoilt("Holds U+FFFD: a letter of it was lost before it came here. Save it anew where it comes from.")
_READ_WRONGLY = (
    "Was written in UTF-8 and read in another encoding before it came here, so that two signs stand for å, ä or ö. Save"
    " it anew in UTF-8 where it comes from."
)
_EXCHANGED = (
    "Was written in one encoding and read in another before it came here, so that other signs stand for å, ä or ö. Save"
    " it anew in UTF-8 where it comes from."
)


def spoilt(text: str) -> Spoilt | None:
    """What is wrong with the letters of a text; None where nothing is."""
    if text.isascii():
        return None
    if LOST in text:
        return _LOST_SIGN
    before = _before(text)
    if before is not None:
        return Spoilt(_READ_WRONGLY, before)
    written = before_exchange(text)
    return Spoilt(_EXCHANGED, written.pop() if len(written) == 1 else None) if written else None


def is_sound(texts: Sequence[str]) -> bool:
    """Whether nothing can be wrong with any of these, looked at all at once: hardly a file has such texts."""
    said = "\n".join(texts)
    return said.isascii() or not (LOST in said or _PAIR.search(said) or may_be_exchanged(said))


def mended(text: str) -> str:
    """A text as it was before it was read wrongly; itself where it was not, or where that cannot be told."""
    for _ in range(_MOST_TIMES):
        if text.isascii() or (before := _before(text)) is None:
            break
        text = before
    written = before_exchange(text)
    return written.pop() if len(written) == 1 else text


def _before(text: str) -> str | None:
    for encoding, pattern in _PATTERNS.items():
        if pattern.search(text) or (encoding == "cp1252" and _PERHAPS.search(text)):
            whole = _taken_back(text, encoding)
            if whole is not None:
                return whole
    # A text of two sources has letters of both kinds.
    for encoding, pattern in _PATTERNS.items():
        parts = pattern.sub(partial(_part_taken_back, encoding=encoding), text)
        if parts != text:
            return parts
    return None


def _part_taken_back(found: re.Match[str], *, encoding: str) -> str:
    return _taken_back(found[0], encoding) or found[0]


def _taken_back(text: str, encoding: str) -> str | None:
    try:
        return text.translate(_signs(encoding)).encode("latin-1").decode()
    except UnicodeError:
        return None


@cache
def _signs(encoding: str) -> dict[int, int]:
    """Sign to byte, those of latin-1 that the encoding has not to what is none."""
    signs = {ord(bytes([byte]).decode(encoding, errors="ignore") or chr(byte)): byte for byte in range(0x80, 0x100)}
    controls = {ord(sign): ord(sign) for sign in _CONTROLS} if encoding == "cp1252" else {}
    return dict.fromkeys(range(0x80, 0x100), ord(LOST)) | controls | signs
