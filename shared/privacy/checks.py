"""What must hold beside the pattern of a rule in `rules.toml`: check digits, days of the calendar, lists of words."""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

TABLE: Mapping[str, Any] = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))


def _words(name: str) -> frozenset[str]:
    return frozenset(TABLE[name].split())


AREA_CODES, PLACES = _words("area_codes"), _words("places")
_GIVEN_NAMES, _ORDINARY = _words("given_names"), _words("ordinary_words")
_NO_PLATES, _NO_PLATES_APART = _words("never_given") | _words("no_plates"), _words("no_plates_apart")
_DIGITS = re.compile(r"\D")


def luhn(digits: str) -> bool:
    """Whether the last of these digits is the check digit of the others."""
    total = 0
    for place, sign in enumerate(reversed(_DIGITS.sub("", digits))):
        value = int(sign) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _date(found: str) -> bool:
    digits = _DIGITS.sub("", found)
    return is_birth_day(digits[:6]) or (digits[:2] in ("18", "19", "20") and is_birth_day(digits[:8]))


def _is_day(digits: str) -> bool:
    """Whether these six or eight digits are a day of the calendar."""
    if len(digits) not in (6, 8):
        return False
    years = [int(digits[:4])] if len(digits) == 8 else [1900 + int(digits[:2]), 2000 + int(digits[:2])]
    month, day = int(digits[-4:-2]), int(digits[-2:])
    for year in years:
        try:
            date(year, month, day)
        except ValueError:
            continue
        return True
    return False


def is_birth_day(digits: str) -> bool:
    """Whether six or eight digits can begin a personnummer, or a samordningsnummer: 60 is added to the day of those.

    A month (00) or a day (60) that nobody knows stays open in them. Source: Skatteverket, SKV 704.
    """
    month, day = int(digits[-4:-2]), int(digits[-2:]) - 60
    if day < 0:
        return _is_day(digits)
    if month == 0 or day == 0:
        return month <= 12 and day <= 31
    return _is_day(f"{digits[:-2]}{day:02}")


def _sole_trader(found: str) -> bool:
    """A number for value added tax that is made of a personnummer."""
    ten = _DIGITS.sub("", found)[:10]
    return is_birth_day(ten[:6]) and luhn(ten)


def _iban(found: str) -> bool:
    plain = "".join(filter(str.isalnum, found)).upper()
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def _plate(found: str) -> bool:
    letters = "".join(filter(str.isalpha, found))[:3].upper()
    apart = not (found[:3].isalpha() and found[3:4].isdigit())
    return letters not in _NO_PLATES and not (apart and letters in _NO_PLATES_APART)


def _not_place(found: str) -> bool:
    return not found.lower().endswith(tuple(PLACES))


def _given_name(found: str) -> bool:
    return _not_place(found) and any(word.lower() in _GIVEN_NAMES for word in re.split(r"[ -]", found))


# What surnames end in, and no other words of a sentence do.
_SURNAMES = re.compile(
    r".{2,}(?:sson|sdotter|berg|gren|lund|ström|qvist|kvist|stedt|dahl|bäck|blom|holm|löf|lind|rud|fors|feldt|ahmad"
    r"|mann?|ek|vall|ård|ell|ius|ic|sten)s?"
)
_PATRONYMIC = re.compile(r".{2,}(?:sson|sdotter)s?")


def _full_name(found: str) -> bool:
    """A common given name and a word with a capital, or any and a patronymic; with a comma the other way.

    A given name that is an ordinary word too (Jack, Per, Sten) asks for a word that ends like a surname.
    """
    first, *others = found.split()
    if first.endswith(","):
        return _given_name(others[0]) and bool(_SURNAMES.fullmatch(first[:-1]))
    if not all(map(_not_place, found.split())):
        return False
    if first.lower() in _ORDINARY:
        return bool(_SURNAMES.fullmatch(others[-1]))
    return _given_name(first) or bool(_PATRONYMIC.fullmatch(others[-1]))


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "": lambda _: True,
    "date": _date,
    "luhn": luhn,
    "sole_trader": _sole_trader,
    "iban": _iban,
    "plate": _plate,
    "not_place": _not_place,
    "given_name": _given_name,
    "full_name": _full_name,
}
