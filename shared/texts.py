"""Texts and numbers as people type them: one form of writing for what looks alike, and nothing that no key gives. Pure.

A text that went through here can be kept in PostgreSQL, sent as JSON, put into a page and a CSV file, and compared.
"""

import re
import unicodedata
from functools import cache

# NUL and the other control characters, halves of a pair of surrogates, and what Unicode says is no character.
_LAST_TWO = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_UNTYPED = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_LAST_TWO}]")
_BREAK = re.compile("\r\n?|[\u2028\u2029]")
_OF_LINES = re.compile("[\t\n\r\u2028\u2029]")
# They turn round what is read behind them, also behind the end of the text they stand in.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Spaces of no width and marks of direction: at an end they mean nothing.
_WIDTHLESS = "\u00ad\u061c\u180e\u200b-\u200f\u2060\ufeff"
_END = re.compile(rf"[\s{_WIDTHLESS}]")
# For `strip`: an expression looks for an end anew at each sign of a long gap (100 s for one cell of a file).
_ENDS = "".join(sign for sign in map(chr, (*range(0x3001), 0xFEFF)) if _END.match(sign))
# What is drawn as nothing: Unicode's format characters (Cf) but those that turn and the Arabic and other signs about a
# number, and what its Default_Ignorable_Code_Point names besides (DerivedCoreProperties.txt).
_FORMATS = (
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
)
_JOINERS, _FORMS = "\u200c\u200d", "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_UNDRAWN = re.compile(f"[{_FORMATS}{_JOINERS}{_FORMS}]")
_ODD = re.compile(f"[\u202a-\u202e\u2066-\u2069{_FORMATS}{_JOINERS}{_FORMS}]")
# What writing needs of that: joiners between letters of scripts that are joined, and in pictures; which form a sign of
# these or of Chinese has. Behind Ã and Â a soft hyphen is half a letter that was read wrongly: `reports.spoilt` tells.
_JOINED = "\u0620-\u06d3\u06fa-\u109f\u1780-\u17b3\u17b6-\u180a\u1820-\u1cff\ua840-\uabff\U00010a00-\U00011fff"
_PICTURES = "\u2190-\u29ff\u2b00-\u2bff\U0001f000-\U0001faff"
_CHINESE = "\u3001-\u303f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAVE_FORMS = f"{_JOINED}{_PICTURES}{_CHINESE}\u203c\u2049\u2122\u2139"
_NEEDED = re.compile(
    f"(?:(?<=[{_JOINED}{_PICTURES}])|(?<=[{_PICTURES}]\ufe0f))[{_JOINERS}](?=[{_JOINED}{_PICTURES}])"
    f"|(?<=[{_HAVE_FORMS}])[{_FORMS}]|(?<=[ÃÂ])\u00ad"
)
# What a spreadsheet takes for a formula where a cell begins with it; the full-width ones in East Asian ones (OWASP, CSV
# injection). A cell begins behind whatever its reader takes for a separator, also within what was quoted for another.
_CALCULATES = "=+@\t\r\uff1d\uff0b\uff0d\uff20-"
# The same for Python and PostgreSQL; `\\1'` takes its place.
FORMULA = f'((?:^|[;,|\t\r\n\u2028\u2029])"*)(?=[{_CALCULATES}])'
_FORMULA = re.compile(FORMULA)
# As many as Unicode's stream-safe format allows on one letter; putting them in order takes the square of their number.
_MOST_MARKS = 30
_UNSEEN = frozenset({"Cf", "Mn", "Me", "Zs", "Zl", "Zp", "Cc"})
# Letters and a sign by their category, and drawn as nothing.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)

# The same as regular expressions of JSON Schema (ECMA 262), which knows no surrogates.
LINE_PATTERN = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
LINES_PATTERN = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"


# Stands where a sign was that could not be read, or not be kept.
LOST = "\ufffd"


class Untyped(ValueError):
    """A text holds what nobody types: see `is_typed`."""

    def __init__(self) -> None:
        super().__init__(
            "Holds a sign that no key types: a control character, half of one, one that turns what follows, or a"
            " heap of accents. Write it anew rather than paste it."
        )


class Broken(ValueError):
    """A text that stands on one line has a line break or a tab in it."""

    def __init__(self) -> None:
        super().__init__("Stands on one line, without tabs.")


def one_line(text: str) -> str:
    """The text in NFC and trimmed; empty where nothing of it can be seen. Raises Untyped, Broken."""
    if _OF_LINES.search(text):
        raise Broken
    return _plain(text)


def lines(text: str) -> str:
    """The same for a text of several lines, which end in one line feed each. Raises Untyped."""
    return _plain(_BREAK.sub("\n", text))


def is_kept(text: str) -> bool:
    """Whether a text can be kept as it is: no NUL and no other control character, no half of a pair of surrogates."""
    return _UNTYPED.search(_signs(text)) is None


def kept(text: str) -> str:
    """A text with a mark (U+FFFD) in place of each sign of it that cannot be kept."""
    return _UNTYPED.sub(LOST, text)


def typed(text: str) -> str:
    """A text with a mark (U+FFFD) in place of each sign that cannot be kept, or that turns round what follows."""
    return _TURNING.sub(LOST, kept(text))


def is_typed(text: str) -> bool:
    """Whether somebody can have typed a text: it can be kept, turns nothing round, and has no heap of marks."""
    return is_kept(text) and (text.isascii() or not (_TURNING.search(text) or _has_pile(drawn(text))))


def drawn(text: str) -> str:
    """A text without what is drawn as nothing, but for what writing needs of that."""
    return _UNDRAWN.sub(lambda sign: sign[0] if _NEEDED.match(text, sign.start()) else "", text)


def is_plain(text: str) -> bool:
    """Whether `plain` of any part of this text only takes spaces from its ends: hardly a file has other cells."""
    if text.isascii():
        return True
    return not _ODD.search(_signs(text)) and not _has_pile(text) and unicodedata.is_normalized("NFC", text)


def plain(text: str) -> str:
    """A text that may hold anything, in NFC and trimmed: for comparing what stands in a file with what was typed.

    What is drawn as nothing is no part of it, but for what writing needs: two texts that look alike are the same one.
    """
    if text.isascii():
        return text.strip()
    told = drawn(_TURNING.sub("", text))
    if _has_pile(told):
        told = _pile().sub(lambda marks: marks[0][:_MOST_MARKS], told)
    return unicodedata.normalize("NFC", told).strip(_ENDS)


def defused(text: str) -> str:
    """A text of which no spreadsheet calculates any part, by whatever separator it is read.

    An apostrophe is what spreadsheets themselves put before a text.
    """
    return _FORMULA.sub(r"\1'", text)


def number(text: str) -> float:
    """The number that ASCII digits with a decimal point say; inf for one too large.

    Raises ValueError for all else that Python would read: 6_3, digits of other scripts, nan.
    """
    if _NUMBER.fullmatch(text) is None:
        raise ValueError("is no number")
    return float(text)


def _plain(text: str) -> str:
    if not is_typed(text):
        raise Untyped
    found = plain(text)
    return found if any(map(_is_seen, found)) else ""


def _signs(text: str) -> str:
    """Each sign of a text once.

    An expression holds every sign against its ranges: of a batch of rows, four times as long as to find what signs
    there are (measured), and fifteen times where the ranges are hundreds.
    """
    return "".join(set(text))


def _has_pile(text: str) -> bool:
    # Hardly a text has a mark at all.
    return any(map(unicodedata.combining, _signs(text))) and _pile().search(text) is not None


@cache
def _pile() -> re.Pattern[str]:
    """More marks on one letter than any writing has."""
    marks = "".join(sign for sign in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(sign))
    return re.compile(f"[{marks}]{{{_MOST_MARKS + 1},}}")


def _is_seen(sign: str) -> bool:
    return sign not in _FILLERS and unicodedata.category(sign) not in _UNSEEN
