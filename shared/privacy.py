"""The personal-data screen at the door: finds what names or numbers a person in a free text, before it is stored.

The rules are data (`privacy.toml`); the checks behind their names are here. What was found is said by kind and place,
never by repeating it. Measured in tests/bench/test_privacy.py; what it finds and misses stands in docs/privacy.md.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from shared.errors import FieldError, Invalid

Strength = Literal["strong", "weak"]

_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_GIVEN_NAMES, _NO_PLATES, _AREA_CODES, _PLACES = (
    frozenset(_TABLE[name].split()) for name in ("given_names", "no_plates", "area_codes", "places")
)

# Odd signs that mean a plain one: digits of other scripts and styles, dashes, spaces. One sign becomes one sign.
_PLAIN = (
    {sign: str(unicodedata.decimal(chr(sign))) for sign in range(0x100, 0x20000) if chr(sign).isdecimal()}
    | dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"), "-")
    | dict.fromkeys(map(ord, "\t\r\x0b\x0c\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"), " ")
    | dict.fromkeys(range(0x2000, 0x200B), " ")
    | {0xFF0B: "+", 0xFF0F: "/", 0xFF20: "@", 0xFF0E: ".", 0xFF08: "(", 0xFF09: ")"}
)
# Signs that cannot be seen, or that only adorn the one before them.
_INVISIBLE = re.compile(
    "[\xad\u0300-\u036f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\u20d0-\u20ff\ufe00-\ufe0f\ufeff]"
)
_SPACED = bytes.maketrans(b"\t\r\x0b\x0c\x85\xa0", b" " * 6)
# Each sign of Latin-1 by its class, or as part of a word in small letters: whole texts at the speed of memory.
_CLASSES, _WORDS = (
    "".join(map(turn, map(chr, range(256)))).encode("latin-1")
    for turn in (
        lambda sign: "0" if sign.isdecimal() else "A" if sign.isupper() else "a" if sign.isalpha() else sign,
        lambda sign: sign.lower() if sign.isalnum() else " ",
    )
)
_DIGITS = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that looks like personal data: characters `start` to `end` (exclusive, from 0) of the text as sent."""

    kind: str
    label: str
    strength: Strength
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table."""

    kind: str
    label: str
    strength: Strength
    pattern: re.Pattern[str]
    check: Callable[[str], bool]
    words: frozenset[bytes]
    signs: tuple[str, ...]
    digits: int
    shape: re.Pattern[bytes] | None
    hits: tuple[str, ...]
    misses: tuple[str, ...]

    def find(self, plain: str) -> Iterator[tuple[int, int]]:
        """Where the rule strikes. What fails the check may still hold, or end in, something that does not."""
        group, at = ("found" if "found" in self.pattern.groupindex else 0), 0
        while match := self.pattern.search(plain, at):
            at = match.start() + 1
            shorter: re.Match[str] | None = match
            while shorter and not self.check(shorter[group]):
                # A number that stands behind the one we look for was read as part of it.
                space = plain.rfind(" ", shorter.start(), shorter.end())
                behind = plain[space + 1 : space + 2].isdigit()
                shorter = self.pattern.match(plain, shorter.start(), space) if behind else None
            if shorter:
                yield shorter.span(group)
                at = shorter.end()


class PersonalData(Invalid):
    """A free text holds personal data, or looks as if."""

    code = "personal-data"


def screen(text: str) -> list[Hit]:
    """Everything in a text that a rule finds, in order of place; each stretch of text counts once."""
    plain, places = _plain(text)
    raw = plain.encode("latin-1", "replace")
    classes = raw.translate(_CLASSES)
    digits, words, found = classes.count(b"0"), frozenset(raw.translate(_WORDS).split()), list[Hit]()
    for rule in RULES:
        if rule.digits > digits or (rule.shape and not rule.shape.search(classes)):
            continue
        if rule.words and rule.words.isdisjoint(words) and not any(sign in plain for sign in rule.signs):
            continue
        found += [Hit(rule.kind, rule.label, rule.strength, *span) for span in rule.find(plain)]
    kept = list[Hit]()
    # Strong before weak ("s" < "w"), long before short, and else in the order of the table.
    for hit in sorted(found, key=lambda hit: (hit.strength, hit.start - hit.end)):
        if not any(hit.start < other.end and other.start < hit.end for other in kept):
            kept.append(hit)
    if places is not None:
        kept = [replace(hit, start=places[hit.start], end=places[hit.end - 1] + 1) for hit in kept]
    return sorted(kept, key=lambda hit: hit.start)


def mask(text: str, hits: Iterable[Hit]) -> str:
    """The text with every hit struck out; what stands there instead says of which kind it was."""
    for hit in sorted(hits, key=lambda hit: hit.start, reverse=True):
        text = f"{text[: hit.start]}[struket: {hit.label}]{text[hit.end :]}"
    return text


def check_texts(
    texts: Mapping[str, str | None], *, confirmed: bool, codes: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Refuse texts with personal data. `texts`: JSON Pointer of the field → text; in `codes` only strong kinds count.

    Strong kinds are always refused; weak ones unless the sender has `confirmed` that they concern nobody. Returns what
    was confirmed, field and kind, for the record. Raises PersonalData with one error a hit: field, kind, position.
    """
    found = [(field, hit) for field, text in texts.items() if text for hit in screen(text)]
    hits = [(field, hit) for field, hit in found if hit.strength == "strong" or field not in codes]
    refused = [(field, hit) for field, hit in hits if hit.strength == "strong" or not confirmed]
    if not refused:
        return sorted({(field, hit.kind) for field, hit in hits})
    strong = any(hit.strength == "strong" for _, hit in refused)
    raise PersonalData(
        "A text holds personal data. Write about the place and what happened there, not about persons."
        if strong
        else "A text may hold personal data. Take it out, or confirm that it concerns nobody.",
        errors=tuple(
            FieldError(field, f"{hit.strength}_{hit.kind}", f"{hit.label}, characters {hit.start + 1} to {hit.end}")
            for field, hit in refused
        ),
    )


def _plain(text: str) -> tuple[str, list[int] | None]:
    """The text as the rules read it, and the place in the original of each of its characters (None: the same)."""
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        raw = b"\xad"
    if b"\xad" not in raw:
        return raw.translate(_SPACED).decode("latin-1"), None
    if not _INVISIBLE.search(text):
        return text.translate(_PLAIN), None
    kept = [(place, sign) for place, sign in enumerate(text) if not _INVISIBLE.match(sign)]
    return "".join(sign for _, sign in kept).translate(_PLAIN), [place for place, _ in kept]


def _luhn(found: str) -> bool:
    total = 0
    for place, sign in enumerate(reversed(_DIGITS.sub("", found))):
        value = int(sign) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# In these years a date and a time of the day without a colon are far likelier than a child's number after a space.
_STAMP_YEARS = range(2020, 2035)
_TIME = r"(?:[01]\d|2[0-3])[0-5]\d"
_STAMP = re.compile(rf"(?:20)?\d\d([./ -]?)\d\d\1\d\d +{_TIME}")
_DAY_AND_TIMES = re.compile(rf"\d\d {_TIME} ?- ?{_TIME}")
_MOBILE = re.compile(r"07[02369]\d? \d\d\d? \d\d \d\d")


def _personnummer(found: str) -> bool:
    digits = _DIGITS.sub("", found)
    if len(digits) not in (10, 12) or not _is_day(digits[:-4]) or not _luhn(digits[-10:]):
        return False
    year, day = 2000 + int(digits[-10:-8]), int(digits[-6:-4])
    if _STAMP.fullmatch(found) and year in _STAMP_YEARS and day <= 31:
        return False
    return not (_MOBILE.fullmatch(found) or _DAY_AND_TIMES.fullmatch(found))


def _date(found: str) -> bool:
    digits = _DIGITS.sub("", found)
    return _is_day(digits[:6]) or (digits[:2] in ("18", "19", "20") and _is_day(digits[:8]))


def _is_day(digits: str) -> bool:
    """Whether these six or eight digits are a day of the calendar; a samordningsnummer's day has 60 added."""
    if len(digits) not in (6, 8):
        return False
    years = [int(digits[:4])] if len(digits) == 8 else [1900 + int(digits[:2]), 2000 + int(digits[:2])]
    month, day = int(digits[-4:-2]), int(digits[-2:])
    for year in years:
        try:
            date(year, month, day - 60 if day > 60 else day)
        except ValueError:
            continue
        return True
    return False


def _iban(found: str) -> bool:
    plain = found.replace(" ", "").upper()
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


_ABROAD = re.compile(r"(?:\+|00) ?46 ?(?:\( ?0 ?\))? ?[-/]? ?")
_DAY = re.compile(r"\d\d[-/ ]\d\d[-/ ]20\d\d")


def _phone(found: str) -> bool:
    """Whether it has as many digits as numbers of its area, and the area code stands as a group of its own."""
    if found.startswith(("+", "00")) and not _ABROAD.match(found):
        return found.startswith("+") and 9 <= len(_DIGITS.sub("", found)) <= 15
    groups = re.findall(r"\d+", _ABROAD.sub("0", found))
    first, digits = groups[0], "".join(groups)
    code = next((digits[1:end] for end in (2, 3) if digits[1:end] in _AREA_CODES), digits[1:4])
    mobile = code[0] == "7"
    if ("." in found and not mobile) or _DAY.fullmatch(found) or (len(code) == 3 and code[0] in "789"):
        return False
    apart = len(groups) > 1 and len(first) != len(code) + 1 and not (mobile and len(first) == 4)
    least, most = (10, 10) if mobile or code == "10" else (9, 10) if len(code) == 3 else (8, 10)
    return not apart and least <= len(digits) <= most and (mobile or digits[len(code) + 1] != "0")


def _plate(found: str) -> bool:
    return found[:3].upper() not in _NO_PLATES


def _not_place(found: str) -> bool:
    return not found.lower().endswith(tuple(_PLACES))


def _given_name(found: str) -> bool:
    return _not_place(found) and any(word.lower() in _GIVEN_NAMES for word in re.split(r"[ -]", found))


def _full_name(found: str) -> bool:
    """A common given name and another word with a capital, or any and a patronymic; with a comma the other way."""
    first, *others = found.split(" ")
    patronymic = re.compile(r".{2,}(?:son|sons|dotter|dotters)")
    if first.endswith(","):
        return _given_name(others[0]) and bool(re.search(r"(?:son|berg|gren|lund|ström|qvist|man|sten|dahl),$", first))
    return _not_place(found) and (_given_name(first) or bool(patronymic.fullmatch(others[-1])))


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "": lambda _: True,
    "personnummer": _personnummer,
    "date": _date,
    "luhn": _luhn,
    "iban": _iban,
    "phone": _phone,
    "plate": _plate,
    "not_place": _not_place,
    "given_name": _given_name,
    "full_name": _full_name,
}


def _pattern(row: Mapping[str, Any]) -> re.Pattern[str]:
    def any_of(words: Iterable[str]) -> str:
        return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"

    pattern = row["pattern"].replace("{Name}", "[A-ZÅÄÖ][a-zåäöéü]+").replace("{places}", any_of(_PLACES))
    pattern = pattern.replace("{words}", any_of(row.get("words", ())))
    return re.compile(pattern, re.VERBOSE | (re.IGNORECASE if row.get("ignore_case") else re.NOFLAG))


def _rule(row: Mapping[str, Any]) -> Rule:
    cues = [word for word in row.get("words", ()) if word[0].isalpha()]
    return Rule(
        kind=row["kind"],
        label=row["label"],
        strength=row["strength"],
        pattern=_pattern(row),
        check=_CHECKS[row.get("check", "")],
        # Of a cue of several words the longest one is looked for.
        words=frozenset(max(cue.encode("latin-1").translate(_WORDS).split(), key=len) for cue in cues),
        signs=tuple(word for word in row.get("words", ()) if not word[0].isalpha()),
        digits=row.get("digits", 0),
        shape=re.compile(row["shape"].encode()) if "shape" in row else None,
        hits=tuple(row["hits"]),
        misses=tuple(row["misses"]),
    )


RULES = tuple(map(_rule, _TABLE["rule"]))
