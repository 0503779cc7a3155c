"""Personal data that words announce: the last four beside a day, days of birth, numbers hidden in part."""

import random
from collections.abc import Callable

from tests.support.make import personal_data as make
from tests.support.make.disguises import Form

_MONTHS = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
           "november", "december")  # fmt: skip
Turn = Callable[[str], str]


def born(random_: random.Random) -> str:
    """Twelve digits of a personnummer whose day is one of the calendar, of nobody younger than seven."""
    while (number := make.personnummer(random_))[6:8] > "31" or number >= "2020":
        pass
    return number


def said(number: str) -> str:
    """The day that a number of twelve digits begins with, as it is said."""
    return f"{int(number[6:8])} {_MONTHS[int(number[4:6]) - 1]} {number[:4]}"


def _last_four() -> list[Form]:
    """Each way to say them behind each way to write a day."""
    days: dict[str, Turn] = {
        "six digits": lambda n: n[2:8],
        "eight digits": lambda n: n[:8],
        "ISO": lambda n: f"{n[:4]}-{n[4:6]}-{n[6:8]}",
        "in words": said,
        "day/month": lambda n: f"{int(n[6:8])}/{int(n[4:6])} {n[:4]}",
        "with dots": lambda n: f"{n[6:8]}.{n[4:6]}.{n[:4]}",
    }
    ways = (", de sista {}", " (fyra sista: {})", ", de fyra sista {}", " och sista fyra är {}", ", sista fyra är {}",
            " sista 4: {}", ", de 4 sista {}", ", slutsiffror {}", " kontrollsiffrorna {}", ", sista siffrorna är {}",
            " med de fyra sista siffrorna i personnumret {}", " last four digits {}")  # fmt: skip

    def form(day: str, way: str) -> Form:
        return Form("personnummer", f"{day}{way}", lambda random_: _both(days[day], way, born(random_)))

    return [form(day, way) for day in days for way in ways]


def _both(day: Turn, way: str, number: str) -> str:
    return f"{day(number)}{way.format(number[8:])}"


CUED_FORMS: tuple[Form, ...] = (*_last_four(),)
