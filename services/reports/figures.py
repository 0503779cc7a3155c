"""Signs of dates, clocks, numbers and coordinates that look like those of a keyboard, read as these. Pure.

Programs that set type write a hyphen that breaks no line, a true minus, a ratio for a colon, wide digits, narrow
spaces: to the eye a day with those is 2026-11-20. Words stay as they are, for they are looked up as they stand.
"""

import re
import unicodedata
from collections.abc import Sequence

_DASHES = "\u02d7\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d"
# Between two clocks such a dash says from and to, where a hyphen would begin an offset from UTC.
_DASH = re.compile(rf"(?<!:\d\d)(?<!:\d\d )[{_DASHES}]|[\u2010\u2011\u2212\ufe63\uff0d]")
_COLON = re.compile("[\u02d0\u02f8\u2236\ua789\ufe55]")
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Full-width signs stand as far behind those of ASCII.
_WIDE, _FROM_WIDE = re.compile("[\uff01-\uff5e]"), 0xFEE0
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")


def figures(text: str) -> str:
    """A text as its date, its clock or its numbers are read."""
    if text.isascii():
        return text
    plain = _WIDE.sub(lambda sign: chr(ord(sign[0]) - _FROM_WIDE), _SPACE.sub(" ", _COLON.sub(":", text)))
    plain = _OTHER_DIGIT.sub(lambda sign: str(unicodedata.decimal(sign[0])), plain)
    return _DASH.sub("-", plain).strip()


def figures_of(texts: Sequence[str]) -> Sequence[str]:
    """The same for many: these themselves where all are of ASCII, as in most files."""
    return texts if "".join(texts).isascii() else list(map(figures, texts))
