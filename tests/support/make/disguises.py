"""What stands between the parts of a number or a word, and what a text may be disguised as; from a seeded generator."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# What stands between the groups of a number, by the class of its signs.
SEPARATORS: Mapping[str, str] = {
    "hyphen": "-",
    "hyphen spaced": " - ",
    "no-break hyphen": "\u2011",
    "en dash": "\u2013",
    "em dash spaced": " \u2014 ",
    "minus": "\u2212",
    "soft hyphen": "\u00ad-",
    "katakana dash": "\u30fc",
    "box line": "\u2500",
    "two hyphens": "--",
    "three hyphens": "---",
    "hyphen, line break": "-\n",
    "line break": "\n",
    "carriage return, line break": "\r\n",
    "line break, indent": "\n  ",
    "space": " ",
    "two spaces": "  ",
    "three spaces": "   ",
    "five spaces": "     ",
    "twelve spaces": " " * 12,
    "thirty spaces": " " * 30,
    "tab": "\t",
    "no-break space": "\u00a0",
    "thin space": "\u2009",
    "ideographic space": "\u3000",
    "hangul filler": "\u3164",
    "braille blank": "\u2800",
    "dot": ".",
    "five dots": ".....",
    "dot leader": " .............. ",
    "line to fill in": "____________",
    "row of hyphens": "-" * 9,
    "comma": ",",
    "comma, space": ", ",
    "colon": ":",
    "colon, space": ": ",
    "semicolon": ";",
    "slash": "/",
    "slashes": "//",
    "backslash": "\\",
    "bar": "|",
    "underscore": "_",
    "plus": "+",
    "star": "*",
    "equals": "=",
    "hash": "#",
    "tilde": "~",
    "middle dot": "\u00b7",
    "bullet": "\u2022",
    "ellipsis": "\u2026",
    "ideographic stop": "\u3002",
    "arrow": "\u2192",
    "apostrophe": "'",
    "quotation mark": "\u201d",
    "brackets": ")(",
    "tatweel": "\u0640",
    "zero-width space": "\u200b",
    "word joiner": "\u2060",
    "emoji": "\U0001f642",
}
WIDE = ("twelve spaces", "thirty spaces", "dot leader", "line to fill in", "row of hyphens")
_INVISIBLE = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202e\u2062\u034f\ufe0f\u115f\u1160\u3164\uffa0\u2800\U000e0020\x1f\x7f"
)


def _digits_from(begin: int) -> Callable[[str, random.Random], str]:
    return lambda text, _: "".join(chr(begin + int(each)) if each.isdecimal() else each for each in text)


def _digits_of(digits: str) -> Callable[[str, random.Random], str]:
    return lambda text, _: text.translate(str.maketrans("0123456789", digits))


def _between(signs: str) -> Callable[[str, random.Random], str]:
    return lambda text, random_: "".join(
        each + (random_.choice(signs) if place < len(text) - 1 and each != " " else "")
        for place, each in enumerate(text)
    )


def _each(template: str) -> Callable[[str, random.Random], str]:
    return lambda text, _: "".join(template.format(ord(each), each) for each in text)


# What a whole text becomes: it says the same to a reader, or after one step of a program.
DISGUISES: Mapping[str, Callable[[str, random.Random], str]] = {
    "full width": lambda text, _: "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text),
    "invisible signs": _between(_INVISIBLE),
    "combining marks": _between("\u0336\u0332\u20e3\u0301"),
    "soft hyphens": _between("\u00ad"),
    "entities, decimal": _each("&#{0};"),
    "entities, hexadecimal": _each("&#x{0:x};"),
    "entities of entities": _each("&amp;#{0};"),
    "percent": lambda text, _: "".join(f"%{each:02X}" for each in text.encode()),
    "tags": lambda text, _: f"{text[:2]}<b class='x'>{text[2:4]}</b>{text[4:]}",
    "word-break tags": lambda text, _: f"{text[:3]}<wbr>{text[3:]}",
    "directional marks": lambda text, _: f"{text[:1]}\u2066{text[1:4]}\u2069{text[4:]}",
}
NUMERALS: Mapping[str, Callable[[str, random.Random], str]] = {
    "superscripts": _digits_of("⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "subscripts": _digits_from(0x2080),
    "circled digits": _digits_of("⓪①②③④⑤⑥⑦⑧⑨"),
    "black circled digits": _digits_of("⓿❶❷❸❹❺❻❼❽❾"),
    "mathematical digits": _digits_from(0x1D7CE),
    "Arabic digits": _digits_from(0x0660),
    "Devanagari digits": _digits_from(0x0966),
    "keycaps": lambda text, _: "".join(f"{each}\ufe0f\u20e3" if each.isdecimal() else each for each in text),
}
Write = Callable[[random.Random], str]


@dataclass(frozen=True)
class Form:
    """One way to write one kind of personal data."""

    kind: str
    name: str
    write: Write
    around: str = "{}"  # what stands round it, and is no part of it


def turned(write: Write, turn: Callable[[str, random.Random], str]) -> Write:
    """What is written, turned into something that says the same."""
    return lambda random_: turn(write(random_), random_)
