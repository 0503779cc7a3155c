"""Personal data that words announce: the last four beside a day, days of birth, numbers hidden in part."""

import random
from collections.abc import Callable

from tests.support.make import personal_data as make
from tests.support.make.disguises import Form

MONTHS = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
           "november", "december")  # fmt: skip
Turn = Callable[[str], str]


def born(random_: random.Random) -> str:
    """Twelve digits of a personnummer whose day is one of the calendar, of nobody younger than seven."""
    while (number := make.personnummer(random_))[6:8] > "31" or number >= "2020":
        pass
    return number


def said(number: str) -> str:
    """The day that a number of twelve digits begins with, as it is said."""
    return f"{int(number[6:8])} {MONTHS[int(number[4:6]) - 1]} {number[:4]}"


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

    return [*(form(day, way) for day in days for way in ways), *_in_front()]


def _in_front() -> list[Form]:
    """The last four before the day, or parted; what announces them may stay."""
    around: dict[str, Turn] = {
        "sista fyra {}": lambda n: f"{n[8:]}, född {n[2:8]}",
        "slutsiffror: {}": lambda n: f"{n[8:]} och född {n[:8]}",
        "fyra sista är {}": lambda n: f"{n[8:]} ({n[:4]}-{n[4:6]}-{n[6:8]})",
        "{}": lambda n: f"{n[2:8]}, sista fyra {n[8:10]} {n[10:]}",
    }

    def form(cue: str, write: Turn) -> Form:
        return Form("personnummer", f"{cue}, in front or parted", lambda random_: write(born(random_)), cue)

    return [form(cue, write) for cue, write in around.items()]


def _both(day: Turn, way: str, number: str) -> str:
    return f"{day(number)}{way.format(number[8:])}"


def _birth_dates() -> list[Form]:
    """Each word that announces a day of birth, before each way to write one."""
    cues = ("Född: {}", "född {}", "född den {}", "f. {}", "fd {}", "födelsedatum {}", "Födelsetid: {}", "DOB {}")
    days: dict[str, Turn] = {
        "dots": lambda n: f"{n[6:8]}.{n[4:6]}.{n[:4]}",
        "dots, no noughts": lambda n: f"{int(n[6:8])}.{int(n[4:6])}.{n[:4]}",
        "slashes": lambda n: f"{n[6:8]}/{n[4:6]}/{n[:4]}",
        "hyphens": lambda n: f"{n[6:8]}-{n[4:6]}-{n[:4]}",
        "day/month year": lambda n: f"{int(n[6:8])}/{int(n[4:6])} {n[:4]}",
        "day/month-year": lambda n: f"{int(n[6:8])}/{int(n[4:6])}-{n[2:4]}",
        "in words": said,
        "ordinal": lambda n: said(n).replace(" ", ":e ", 1),
        "six digits": lambda n: n[2:8],
        "ISO": lambda n: f"{n[:4]}-{n[4:6]}-{n[6:8]}",
    }

    def form(cue: str, day: str) -> Form:
        return Form("birth_date", f"{cue}: {day}", lambda random_: days[day](born(random_)), cue)

    return [form(cue, day) for cue in cues for day in days]


def _masked() -> list[Form]:
    """Some of the last four hidden, or letters of a reserve number in their place."""
    days: dict[str, Turn] = {
        "six digits": lambda n: n[2:8],
        "eight digits": lambda n: n[:8],
        "ISO": lambda n: f"{n[:4]}-{n[4:6]}-{n[6:8]}",
    }
    masks: dict[str, Turn] = {
        "first and last": lambda n: f"-{n[8]}XX{n[11]}",
        "last two": lambda n: f"-**{n[10:]}",
        "first two": lambda n: f"-{n[8:10]}xx",
        "question marks": lambda n: "-????",
        "dots": lambda n: "-....",
        "letters": lambda n: "-XXXX",
        "stars": lambda n: "-****",
        "line": lambda n: "-____",
        "no hyphen": lambda n: " XXXX",
    }

    def form(day: str, mask: str) -> Form:
        return Form("personnummer", f"{day}: {mask}", lambda random_: _masked_by(days[day], masks[mask], born(random_)))

    reserve = Form(
        "personnummer", "reserve number", lambda random_: f"{born(random_)[2:8]}-TF{random_.randrange(10, 100)}"
    )
    return [*(form(day, mask) for day in days for mask in masks), reserve]


def _masked_by(day: Turn, mask: Turn, number: str) -> str:
    return f"{day(number)}{mask(number)}"


def _phones() -> list[Form]:
    """The letter o for a nought, no nought at all behind a word for a telephone, and numbers to pay to."""

    def rest(random_: random.Random) -> str:
        digits = f"{random_.randrange(1_000_000, 10_000_000)}"
        return f"{digits[:3]} {digits[3:5]} {digits[5:]}"

    def form(template: str, around: str = "{}") -> Form:
        return Form("phone", f"{around}: {template}", lambda random_: template.format(rest(random_)), around)

    cues = ("tel {}", "mobil: {}", "ring {}", "nås på {}", "tfn {}", "swisha {}", "tlf {}")
    return [
        *(form(f"{letter}{code}{{}}") for letter in "oO" for code in ("70-", "73 ", "76-", "72/")),
        *(form(f"{code} {{}}", cue) for cue in cues for code in ("70", "73", "76")),
        *(form("123 {}", f"{cue} {{}}") for cue in ("swisha", "Swish:", "swishnummer", "swisha till")),
        *(form("070{}", f"{cue}{{}}") for cue in ("tlf", "tfn")),
    ]


def _names() -> list[Form]:
    """A family name behind a word for several of one."""
    family = ("Testsson", "Provlund", "Exempelgren", "Hittepåström", "Låtsasberg")
    cues = ("bröderna", "Systrarna", "syskonen", "makarna", "paret", "familjen", "herr")
    return [Form("name", f"{cue} {{family}}", lambda random_: random_.choice(family), f"{cue} {{}}") for cue in cues]


CUED_FORMS: tuple[Form, ...] = (*_last_four(), *_birth_dates(), *_masked(), *_phones(), *_names())
