"""Personal data as people write it in a hurry: days in words, a letter for a sign, words run together."""

import random
from collections.abc import Callable, Mapping

from tests.support.make import personal_data as make
from tests.support.make.disguises import Form

_MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
    "december",
)  # fmt: skip


def _dated(random_: random.Random) -> tuple[str, str, str, str]:
    """Year, month, day and last four of a personnummer; of a samordningsnummer nobody says the day in words."""
    while (number := make.personnummer(random_))[6:8] > "31":
        pass
    return number[:4], number[4:6], number[6:8], number[8:]


def _days() -> list[Form]:
    """A day as it is said, and the last four."""
    forms: Mapping[str, Callable[[str, str, str, str], str]] = {
        "month, comma": lambda y, m, d, n: f"{int(d)} {_MONTHS[int(m) - 1]} {y}, {n}",
        "month, hyphen": lambda y, m, d, n: f"{int(d)} {_MONTHS[int(m) - 1]} {y}-{n}",
        "month, two digits of the year": lambda y, m, d, n: f"{int(d)} {_MONTHS[int(m) - 1][:3]} {y[2:]}-{n}",
        "month, bracketed": lambda y, m, d, n: f"{int(d)}:e {_MONTHS[int(m) - 1]} {y} ({n})",
        "month, row of dots": lambda y, m, d, n: f"{int(d)} {_MONTHS[int(m) - 1]} {y} ........ {n}",
        "month, last four": lambda y, m, d, n: f"{int(d)} {_MONTHS[int(m) - 1]} {y}, sista fyra {n}",
        "month run together": lambda y, m, d, n: f"{d}{_MONTHS[int(m) - 1][:3]}{y}-{n}",
        "month first": lambda y, m, d, n: f"{_MONTHS[int(m) - 1]} {int(d)}, {y}-{n}",
        "day/month year": lambda y, m, d, n: f"{int(d)}/{int(m)} {y}-{n}",
        "day/month-year": lambda y, m, d, n: f"{int(d)}/{int(m)}-{y[2:]}-{n}",
        "day.month.year": lambda y, m, d, n: f"{d}.{m}.{y}-{n}",
        "day-month-year": lambda y, m, d, n: f"{d}-{m}-{y}-{n}",
        "letter x": lambda y, m, d, n: f"{y[2:]}{m}{d}x{n}",
        "letter x, century": lambda y, m, d, n: f"{y}{m}{d}X{n}",
        "letter x, spaced": lambda y, m, d, n: f"{y[2:]}{m}{d} x {n}",
        "letter x, parted": lambda y, m, d, n: f"{y}-{m}-{d}x{n}",
        "any letter": lambda y, m, d, n: f"{y[2:]}{m}{d}k{n}",
    }

    def form(name: str, write: Callable[[str, str, str, str], str]) -> Form:
        return Form("personnummer", name, lambda random_: write(*_dated(random_)))

    return [form(name, write) for name, write in forms.items()]


LOOSE_FORMS: tuple[Form, ...] = (*_days(),)
