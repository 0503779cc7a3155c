"""The personal-data screen at the door: finds what names or numbers a person in a free text, before it is stored.

The rules are data (`privacy.toml`); the checks behind their names are here. What was found is said by kind and place,
never by repeating it. Measured in tests/bench/test_privacy.py; what it finds and misses stands in docs/privacy.md.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from shared.errors import FieldError, Invalid

Strength = Literal["strong", "weak"]

_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_GIVEN_NAMES = frozenset(_TABLE["given_names"].split())
_NO_PLATE = frozenset(_TABLE["no_plates"].split())
_PLAIN = str.maketrans(
    {chr(0xFF10 + digit): str(digit) for digit in range(10)}  # full-width digits
    | {chr(0x0660 + digit): str(digit) for digit in range(10)}
    | {chr(0x06F0 + digit): str(digit) for digit in range(10)}
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\ufe58\ufe63\uff0d\u2043", "-")
    | dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\n\r", " ")
    | {"\uff0b": "+", "\uff20": "@", "\uff0e": "."}
)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\u180e\u00ad\u034f\u061c]")
_DIGITS = re.compile(r"\D")
# A text without any of these can hold nothing that a rule finds, and most texts do not.
_WORTH_A_LOOK = re.compile(
    r"\d{2}|@|\(at\)|\[at\]|snabel|[A-ZÅÄÖ][a-zåäöéü]+[ -][A-ZÅÄÖ]|[Hh]ete?r|[Hh]ette|[Nn]amn"
    r"|(?:n|rr|u|en|aren) [A-ZÅÄÖ]"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that looks like personal data: characters `start` to `end` (exclusive, from 0) of the text as sent."""

    kind: str
    label: str
    strength: Strength
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table."""

    kind: str
    label: str
    strength: Strength
    pattern: re.Pattern[str]
    check: Callable[[str], bool]
    hits: tuple[str, ...]
    misses: tuple[str, ...]


class PersonalData(Invalid):
    """A free text holds personal data, or looks as if."""

    code = "personal-data"


def screen(text: str) -> list[Hit]:
    """Everything in a text that a rule finds, in order of place; each stretch of text counts once."""
    if not _WORTH_A_LOOK.search(text) and not text.isascii() and not _INVISIBLE.search(text):
        plain = text.translate(_PLAIN)
        if not _WORTH_A_LOOK.search(plain):
            return []
    elif text.isascii() and not _WORTH_A_LOOK.search(text):
        return []
    plain, places = _plain(text)
    found: list[Hit] = []
    for rule in RULES:
        for match in rule.pattern.finditer(plain):
            start, end = match.span()
            taken = any(start < hit.end and hit.start < end for hit in found)
            if not taken and rule.check(match.group()):
                found.append(Hit(rule.kind, rule.label, rule.strength, start, end))
    if places is not None:
        found = [Hit(hit.kind, hit.label, hit.strength, places[hit.start], places[hit.end - 1] + 1) for hit in found]
    return sorted(found, key=lambda hit: hit.start)


def mask(text: str, hits: Iterable[Hit]) -> str:
    """The text with every hit struck out; what stands there instead says of which kind it was."""
    for hit in sorted(hits, key=lambda hit: hit.start, reverse=True):
        text = f"{text[: hit.start]}[struket: {hit.label}]{text[hit.end :]}"
    return text


def check_texts(texts: Mapping[str, str | None], *, confirmed: bool) -> list[str]:
    """Refuse texts with personal data. `texts`: JSON Pointer of the field → text.

    Strong kinds are always refused; weak ones unless the sender has `confirmed` that they concern nobody. Returns the
    weak kinds that were confirmed, for the record. Raises PersonalData with one error a hit: field, kind, position.
    """
    hits = [(field, hit) for field, text in texts.items() if text for hit in screen(text)]
    refused = [(field, hit) for field, hit in hits if hit.strength == "strong" or not confirmed]
    if not refused:
        return sorted({hit.kind for _, hit in hits})
    strong = any(hit.strength == "strong" for _, hit in refused)
    raise PersonalData(
        "A text holds personal data. Write about the place and what happened there, not about persons."
        if strong
        else "A text may hold personal data. Take it out, or confirm that it concerns nobody.",
        errors=tuple(
            FieldError(
                field,
                f"{hit.strength}_{hit.kind}",
                f"{hit.label}, characters {hit.start + 1} to {hit.end}",
            )
            for field, hit in refused
        ),
    )


def _plain(text: str) -> tuple[str, list[int] | None]:
    """The text as the rules read it, and the place in the original of each of its characters (None: the same)."""
    if text.isascii():
        return text.translate(_PLAIN) if "\n" in text or "\t" in text or "\r" in text else text, None
    if not _INVISIBLE.search(text):
        return text.translate(_PLAIN), None
    kept = [(place, sign) for place, sign in enumerate(text) if not _INVISIBLE.match(sign)]
    return "".join(sign for _, sign in kept).translate(_PLAIN), [place for place, _ in kept]


def _luhn(digits: str) -> bool:
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_luhn(found: str) -> bool:
    return _luhn(_DIGITS.sub("", found))


# A day since which a date and four digits after a space are far likelier a time of the day than a person's number.
_TIMES_SINCE = 2015
_STAMP = re.compile(r"20\d\d[ ./-]?\d\d[ ./-]?\d\d +(?:[01]\d|2[0-3])[.]?[0-5]\d")


def _is_personnummer(found: str) -> bool:
    digits = _DIGITS.sub("", found)
    if not _is_date(digits) or not _luhn(digits[-10:]):
        return False
    return not (_STAMP.fullmatch(found) and int(digits[:4]) >= _TIMES_SINCE)


def _is_date(found: str) -> bool:
    """Whether it begins with a day of the calendar; a samordningsnummer's day has 60 added."""
    digits = _DIGITS.sub("", found)
    century = len(digits) >= 11
    years = [int(digits[:4])] if century else [1900 + int(digits[:2]), 2000 + int(digits[:2])]
    month, day = (int(digits[4:6]), int(digits[6:8])) if century else (int(digits[2:4]), int(digits[4:6]))
    for year in years:
        try:
            date(year, month, day - 60 if day > 60 else day)
        except ValueError:
            continue
        return True
    return False


def _is_iban(found: str) -> bool:
    plain = found.replace(" ", "").upper()
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def _is_phone(found: str) -> bool:
    """Eight to ten digits of a Swedish number, trunk zero included: 8 in the smallest areas, 10 for mobiles."""
    digits = _DIGITS.sub("", found.replace("(0)", ""))
    national = digits[4:] if digits.startswith("0046") else digits[2:] if digits.startswith("46") else digits[1:]
    return 7 <= len(national) <= 9


def _is_plate(found: str) -> bool:
    return found[:3].upper() not in _NO_PLATE


def _is_given_name(found: str) -> bool:
    return any(word.lower() in _GIVEN_NAMES for word in re.split(r"[ -]", found))


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "": lambda _: True,
    "personnummer": _is_personnummer,
    "date": _is_date,
    "luhn": _is_luhn,
    "iban": _is_iban,
    "phone": _is_phone,
    "plate": _is_plate,
    "given_name": _is_given_name,
}


def _read_rules() -> tuple[Rule, ...]:
    return tuple(
        Rule(
            kind=row["kind"],
            label=row["label"],
            strength=row["strength"],
            pattern=re.compile(row["pattern"], re.VERBOSE | (re.IGNORECASE if row["ignore_case"] else re.NOFLAG)),
            check=_CHECKS[row["check"]],
            hits=tuple(row["hits"]),
            misses=tuple(row["misses"]),
        )
        for row in _TABLE["rule"]
    )


RULES = _read_rules()
