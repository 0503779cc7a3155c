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


def _groups(random_: random.Random) -> tuple[str, str, str]:
    """The digits of a number behind its area code: three, two and two."""
    digits = f"{random_.randrange(1_000_000, 10_000_000)}"
    return digits[:3], digits[3:5], digits[5:]


def _phones() -> list[Form]:
    """A word run together with the number, in the forms that numbers have."""

    def form(word: str, name: str, code: str, template: str) -> Form:
        return Form("phone", f"{word}: {name}", lambda random_: template.format(code, *_groups(random_)), f"{word}{{}}")

    words = ("mob", "mobil", "mobilnr", "tel", "Tel", "telnr", "tfn", "telefon", "telefonnummer", "ring", "nr", "sms")
    forms = {"undivided": ("070", "{}{}{}{}"), "hyphen": ("073", "{}-{}{}{}"), "city": ("031", "{}-{} {} {}"),
             "abroad": ("+46", "{} 70-{} {} {}")}  # fmt: skip
    return [form(word, name, code, text) for word in words for name, (code, text) in forms.items()]


def _emails() -> list[Form]:
    """No top domain, and the at between any two signs of a kind."""
    names, hosts = ("testa.provsson", "t_prov", "provelina", "t-prov"), ("example.org", "exempel.se")
    ats = (" /at/ ", "/at/", " |at| ", " // at // ", " 'at' ", "--at--", " ~at~ ", " /snabel-a/ ", " #at# ", "=at=")
    halves = ("@gmail", "@hotmail", "@firma", "@exempel-bolag", " @ gmail", "(at)gmail", " snabel-a gmail", " at gmail")

    def form(name: str, ends: tuple[str, ...]) -> Form:
        return Form("email", name, lambda random_: f"{random_.choice(names)}{random_.choice(ends)}")

    return [
        *(form(f"at: {at!r}", tuple(f"{at}{host}" for host in hosts)) for at in ats),
        *(form(f"no top domain: {half!r}", (half,)) for half in halves),
    ]


def _plates() -> list[Form]:
    """Small letters, or run together, behind a word that says a vehicle."""
    words = ("bil", "bilen", "Bilen", "svart volvo", "moped", "mopeden", "lastbil", "släp", "fordon", "regnr", "skylt")

    def form(word: str, between: str, *, small: bool) -> Form:
        def write(random_: random.Random) -> str:
            signs = make.plate_signs(random_)
            text = f"{signs[:3]}{between}{signs[3:]}"
            return text.lower() if small else text

        return Form("plate", f"{word}{{}}: {between!r}", write, f"{word}{' ' if between else ''}{{}}")

    return [
        *(form(word, between, small=True) for word in words for between in (" ", "-", ".")),
        *(form(word, "", small=small) for word in words if " " not in word for small in (True, False)),
    ]


def _names() -> list[Form]:
    """A family name alone behind a title, and both names with a line or a sign between them."""
    family = ("Testsson", "Provlund", "Exempelgren", "Hittepåström", "Låtsasberg")
    given = ("Anders", "Karin", "Mohamed", "Anna-Karin", "Fatima")

    def form(name: str, template: str) -> Form:
        return Form(
            "name",
            name,
            lambda random_: template.format(given=random_.choice(given), family=random_.choice(family)),
        )

    titles = ("fru", "Fru", "herr", "fröken", "familjen", "grannen", "läraren", "väktaren", "rektor")
    between = ("\n", " \n ", "\r\n", ";", "/", "_", ".", " - ", ", ")
    return [
        *(form(f"{title} {{family}}", f"{title} {{family}}") for title in titles),
        *(form(f"{{given}}{each!r}{{family}}", f"{{given}}{each}{{family}}") for each in between),
    ]


LOOSE_FORMS: tuple[Form, ...] = (*_days(), *_phones(), *_emails(), *_plates(), *_names())
