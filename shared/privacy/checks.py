"""What must hold beside the pattern of a rule in `rules.toml`: check digits, days of the calendar, lists of words."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta, timezone

from shared.privacy import name_checks
from shared.privacy.table import TABLE, list_of

_NO_PLATES, _NO_PLATES_APART = list_of("never_given") | list_of("no_plates"), list_of("no_plates_apart")
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")  # the sum of the digits of twice the digit
_FIRST_ZONE = timezone(timedelta(hours=14))
# "Sista 4" says how many digits come: that digit is none of them.
_FOUR_SAID = re.compile(r"(?<=sist|last|ista)[\W_]+4(?!\d)|(?<!\d)4(?=[ -]+sista(?![\W_]+(?:fyra|4)))", re.IGNORECASE)
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


_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec", "may", "oct")
_ENGLISH = {13: 5, 14: 10}
# A whole word, so that no name beside a day is one: Martin.
_MONTH = re.compile(rf"(?:(?<![a-zåäö])|(?<=\d[ea])){TABLE['parts']['month']}(?![a-zåäö])", re.VERBOSE | re.IGNORECASE)
_AT_END = re.compile(r"\d([\W_]+)\d{4}\Z")
_PAIRS = re.compile(r"(?:\d\d[/.-]){2}\d\d\D")
_LAST_FOUR, _FIRST_FOUR = re.compile(r"\d(?:[ .-]?\d){3}\Z"), re.compile(r"\d(?:[ .-]?\d){3}")
_LAST_DAY = 31
_YEAR = re.compile(r"(?:19|20)\d\d\Z")


def _in_order(found: str) -> str:
    """A day as it is said, and four digits behind it, as one number: 18 december 1981, 9876; 18/12 81-9876."""
    numbers, month = re.findall(r"\d+", _FOUR_SAID.sub(" ", found)), _MONTH.search(found)
    if month and len(numbers) == 3:
        (day, year, last), number = numbers, _MONTHS.index(month[0][:3].lower()) + 1
        if len(day) > len(year):
            day, year = year, day  # 1981 dec 18
        return f"{year}{_ENGLISH.get(number, number):02}{day:0>2}{last}"
    if len(numbers) != 4:
        return ""
    day, in_year, year, last = numbers
    return f"{year}{in_year:0>2}{day:0>2}{last}"


def _said_days(found: str) -> Collection[str]:
    """Each day of the calendar that digits and the name of a month may say, as six or eight digits.

    In whatever order people write them: day, month, year; year, month, day; month, day, year.
    """
    numbers, month = re.findall(r"\d+", found), _MONTH.search(found)
    if month and len(numbers) == 2:
        number = _MONTHS.index(month[0][:3].lower()) + 1
        in_year = f"{_ENGLISH.get(number, number)}"
        first, second = numbers
        # Of two numbers alike the day comes first, but for one that no month has: 64 aug 23.
        year_first = len(first) > len(second) or int(first) > _LAST_DAY
        orders = [(first, in_year, second) if year_first else (second, in_year, first)]
    elif len(numbers) == 3:
        first, second, third = numbers
        orders = [(third, second, first), (first, second, third), (third, first, second)]
    else:
        return [day for day in ("".join(numbers),) if len(day) in (6, 8) and is_birth_day(day)]
    days = [f"{year}{month:0>2}{day:0>2}" for year, month, day in orders if len(year) in (2, 4)]
    return [day for day in days if len(day) in (6, 8) and is_birth_day(day)]


def _said_day(found: str) -> bool:
    """Whether it is a day in any form, and not 60 more, as no day is said."""
    return any(int(day[-2:]) <= _LAST_DAY for day in _said_days(found))


def _announced(found: str) -> Collection[str]:
    """The personnummer that a day in any form and the four digits at the end may be."""
    found = _FOUR_SAID.sub(" ", found)
    last = _LAST_FOUR.search(found)
    return _numbers_of(found[: last.start()], last[0]) if last else ()


def _turned(found: str) -> Collection[str]:
    """The same where the four digits stand in front of the day."""
    first = _FIRST_FOUR.match(found)
    return _numbers_of(found[first.end() :], first[0]) if first else ()


def _numbers_of(day: str, last: str) -> Collection[str]:
    return [number for each in _said_days(day) if _birth_number(number := f"{each}{_DIGITS.sub('', last)}")]


def _before_day(found: str) -> bool:
    """The last four of a personnummer right before its day, but for days of these years: those are moments."""
    return any(not _is_recent(number, today=today_anywhere()) for number in _turned(found))


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


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "": lambda _: True,
    "date": _date,
    "recent": lambda found: _is_recent(found, today=today_anywhere()),
    "recent_moment": lambda found: _is_recent_moment(found, today=today_anywhere()),
    "pairs": _pairs,
    "luhn": luhn,
    "sole_trader": _sole_trader,
    "birth_number": _birth_number,
    "announced_number": lambda found: bool(_announced(found)),
    "announced_moment": lambda found: all(_is_recent_moment(it, today=today_anywhere()) for it in _announced(found)),
    "announced_recent": lambda found: all(_is_recent(it, today=today_anywhere()) for it in _announced(found)),
    "turned_number": lambda found: bool(_turned(found)),
    "before_day": _before_day,
    "said_day": _said_day,
    "day_and_number": _day_and_number,
    "day_and_clock": lambda found: _is_recent_moment(_in_order(found), today=today_anywhere()),
    "day_and_count": _is_counted,
    "day_and_year": lambda found: bool(_YEAR.search(found)),
    "recent_day": lambda found: _is_recent(_in_order(found), today=today_anywhere()),
    "iban": _iban,
    "plate": _plate,
    "not_place": name_checks.not_place,
    "given_name": name_checks.given_name,
    "either_name": name_checks.either_name,
    "full_name": name_checks.full_name,
    "parted_name": name_checks.parted_name,
    "small_name": name_checks.small_name,
}
