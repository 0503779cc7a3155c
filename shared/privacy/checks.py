"""What must hold beside the pattern of a rule in `rules.toml`: check digits, days of the calendar, lists of words."""

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

TABLE: Mapping[str, Any] = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))


def _words(name: str) -> frozenset[str]:
    return frozenset(TABLE[name].split())


def words_of(row: Mapping[str, Any]) -> Collection[str]:
    """The words of a rule: its own, or those of the list that it names."""
    own: str | list[str] = row.get("words", [])
    return _words(own) if isinstance(own, str) else own


AREA_CODES, PLACES, VEHICLES = _words("area_codes"), _words("places"), _words("vehicles")
_GIVEN_NAMES, _ORDINARY = _words("given_names"), _words("ordinary_words")
_NO_PLATES, _NO_PLATES_APART = _words("never_given") | _words("no_plates"), _words("no_plates_apart")
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")  # the sum of the digits of twice the digit
_FIRST_ZONE = timezone(timedelta(hours=14))
# "Sista 4" says how many digits come: that digit is none of them.
_FOUR_SAID = re.compile(r"(?<=sist|last|ista)[\W_]+4(?!\d)|(?<!\d)4(?=[\W_]+sista)", re.IGNORECASE)
_DIGITS, _CLOCK = re.compile(r"\D"), re.compile(r"(?:[01]\d|2[0-3])[0-5]\d\Z")


def luhn(digits: str) -> bool:
    """Whether the last of these digits is the check digit of the others."""
    raw = (digits if digits.isdecimal() else _DIGITS.sub("", digits)).encode()
    return (sum(raw[-1::-2]) + sum(raw[-2::-2].translate(_DOUBLED)) - ord("0") * len(raw)) % 10 == 0


def _digits(found: str) -> str:
    return _DIGITS.sub("", _FOUR_SAID.sub(" ", found))


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


def is_to_come(digits: str, *, today: date) -> bool:
    """Whether eight digits that begin a number say a day later than `today`: nobody was born then."""
    return f"{digits[:6]}{int(digits[6:8]) % 60:02}" > f"{today:%Y%m%d}"


def _is_recent(found: str, *, today: date) -> bool:
    """Whether it begins with a day that reports and their references have: of 2020, up to two years from now."""
    digits = _digits(found)
    day = digits[:-4] if len(digits) == 12 else f"20{digits[:-4]}"
    return "20200101" <= day <= f"{today.year + 2}{today:%m%d}"


def _is_recent_moment(found: str, *, today: date) -> bool:
    return _is_recent(found, today=today) and bool(_CLOCK.search(_DIGITS.sub("", found)))


def _pairs(found: str) -> bool:
    """Numbers of two digits with commas, as in a list of anything."""
    return bool(re.fullmatch(r"\d\d(?:[,;] ?\d\d){4}", found))


def today_anywhere() -> date:
    """The day that it is where days begin first: a child born today is born, whatever zone the municipality has."""
    return datetime.now(_FIRST_ZONE).date()


def _sole_trader(found: str) -> bool:
    """A number for value added tax that is made of a personnummer."""
    ten = _DIGITS.sub("", found)[:10]
    return is_birth_day(ten[:6]) and luhn(ten)


def _birth_number(found: str) -> bool:
    """Whether ten or twelve digits are a personnummer, however they are parted."""
    digits = _digits(found)
    if len(digits) not in (10, 12) or not is_birth_day(digits[:-4]) or not luhn(digits[-10:]):
        return False
    return len(digits) == 10 or not is_to_come(digits, today=today_anywhere())


def _turned_number(found: str) -> bool:
    """Whether the last four in front of a day are those of a personnummer."""
    digits = _digits(found)
    return _birth_number(digits[4:] + digits[:4])


_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec", "may", "oct")
_ENGLISH = {13: 5, 14: 10}
_MONTH = re.compile("|".join(_MONTHS), re.IGNORECASE)
_AT_END = re.compile(r"\d([\W_]+)\d{4}\Z")
_PAIRS = re.compile(r"(?:\d\d[/.-]){2}\d\d\D")
_YEAR = re.compile(r"(?:19|20)\d\d\Z")


def _in_order(found: str) -> str:
    """A day as it is said, and four digits behind it, as one number: 18 december 1981, 9876; 18/12 81-9876."""
    numbers, month = re.findall(r"\d+", _FOUR_SAID.sub(" ", found)), _MONTH.search(found)
    if month and len(numbers) == 3:
        (day, year, last), number = numbers, _MONTHS.index(month[0].lower()) + 1
        return f"{year}{number if number <= 12 else _ENGLISH[number]:02}{day:0>2}{last}"
    if len(numbers) != 4:
        return ""
    day, in_year, year, last = numbers
    return f"{year}{in_year:0>2}{day:0>2}{last}"


def _said_day(found: str) -> bool:
    """Whether three numbers are day, month and year, or as in English month, day and year."""
    first, second, year = re.findall(r"\d+", found)
    return any(
        int(day) <= 31 and is_birth_day(f"{year}{month:0>2}{day:0>2}")
        for day, month in ((first, second), (second, first))
    )


def _day_and_number(found: str) -> bool:
    """Whether a day that is said and four digits are a personnummer, and no moment of these years: 24/6 2026 1630."""
    number, digits = _in_order(found), _DIGITS.sub("", found)
    readings = (number, digits) if _PAIRS.match(found) else (number,)  # 21/01/01 0425 may begin with the year
    moment = _is_counted(found) and any(_is_recent_moment(each, today=today_anywhere()) for each in readings)
    return _birth_number(number) and not moment


def _is_counted(found: str) -> bool:
    """Whether white space or a full stop parts the four digits at the end from what they follow: 24/6 2026, 4500."""
    between = _AT_END.search(found)
    return between is not None and set(between[1].strip()) <= {",", ".", ";"} and between[1] != "."


def _iban(found: str) -> bool:
    plain = "".join(filter(str.isalnum, found)).upper()
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def _plate(found: str) -> bool:
    letters = "".join(filter(str.isalpha, found))[:3].upper()
    apart = not (found[:3].isalpha() and found[3:4].isdigit())
    return letters not in _NO_PLATES and not (apart and letters in _NO_PLATES_APART)


def _not_place(found: str) -> bool:
    return not found.lower().endswith(tuple(PLACES))


def _either_name(found: str) -> bool:
    """A common given name, or a word that ends as family names do and few names of places."""
    return _given_name(found) or (_not_place(found) and any(map(_FAMILY.fullmatch, re.split(r"[ -]", found))))


def _given_name(found: str) -> bool:
    return _not_place(found) and any(word.lower() in _GIVEN_NAMES for word in re.split(r"[ -]", found))


# What surnames end in, and no other words of a sentence do.
_SURNAMES = re.compile(
    r".{2,}(?:sson|sdotter|berg|gren|lund|ström|qvist|kvist|stedt|dahl|bäck|blom|holm|löf|lind|rud|fors|feldt|ahmad"
    r"|mann?|ek|vall|ård|ell|ius|ic|sten)s?"
)
_FAMILY = re.compile(
    r"[A-ZÅÄÖ].+(?:sson|sdotter|berg|gren|lund|ström|qvist|kvist|stedt|dahl|bäck|blom|löf|lind|feldt)s?"
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


def _parted_name(found: str) -> bool:
    """A given name that is no ordinary word, and a word that ends as family names do; neither is a place."""
    first, *_, last = filter(None, re.split(r"[\W_]+", found))
    both = _not_place(first) and _not_place(last) and bool(_FAMILY.fullmatch(last))
    return both and first.lower() in _GIVEN_NAMES - _ORDINARY


def _small_name(found: str) -> bool:
    given, family = filter(None, re.split(r"[\W_]+", found))
    return given in _GIVEN_NAMES - _ORDINARY and bool(_SURNAMES.fullmatch(family)) and _not_place(family)


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "": lambda _: True,
    "date": _date,
    "recent": lambda found: _is_recent(found, today=today_anywhere()),
    "recent_moment": lambda found: _is_recent_moment(found, today=today_anywhere()),
    "pairs": _pairs,
    "luhn": luhn,
    "sole_trader": _sole_trader,
    "birth_number": _birth_number,
    "turned_number": _turned_number,
    "said_day": _said_day,
    "day_and_number": _day_and_number,
    "day_and_clock": lambda found: _is_recent_moment(_in_order(found), today=today_anywhere()),
    "day_and_count": _is_counted,
    "day_and_year": lambda found: bool(_YEAR.search(found)),
    "recent_day": lambda found: _is_recent(_in_order(found), today=today_anywhere()),
    "iban": _iban,
    "plate": _plate,
    "not_place": _not_place,
    "given_name": _given_name,
    "either_name": _either_name,
    "full_name": _full_name,
    "parted_name": _parted_name,
    "small_name": _small_name,
}
