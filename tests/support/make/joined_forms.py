"""Personal data whose parts a word joins, or that stand in an order of their own; a name behind a colon."""

import random
from collections.abc import Callable

from tests.support.make import personal_data as make
from tests.support.make.cued_forms import MONTHS, born
from tests.support.make.disguises import Form

Turn = Callable[[str], str]


def _month(number: str) -> str:
    return MONTHS[int(number[4:6]) - 1]


_DAYS: dict[str, Turn] = {
    "month -year": lambda n: f"{int(n[6:8])} {_month(n)} -{n[2:4]}",
    "year month": lambda n: f"{n[:4]} {_month(n)} {int(n[6:8])}",
    "year mon": lambda n: f"{n[:4]} {_month(n)[:3]} {int(n[6:8])}",
    "day/month yy": lambda n: f"{int(n[6:8])}/{int(n[4:6])} {n[2:4]}",
    "day/month-yy": lambda n: f"{int(n[6:8])}/{int(n[4:6])}-{n[2:4]}",
    "day.month.yy": lambda n: f"{n[6:8]}.{n[4:6]}.{n[2:4]}",
    "six digits": lambda n: n[2:8],
    "ISO": lambda n: f"{n[:4]}-{n[4:6]}-{n[6:8]}",
}


def _numbers() -> list[Form]:
    """The last four behind each way to say a day, in front of it, and what joins both."""

    def form(name: str, write: Turn, around: str = "{}") -> Form:
        return Form("personnummer", name, lambda random_: write(born(random_)), around)

    def joined(day: str, between: str) -> Form:
        return form(f"{day}{between}last", lambda n: f"{_DAYS[day](n)}{between}{n[8:]}")

    announced = (", fyra sista ", " slutar på ", ", sista fyra ", " (fyra sista) ")
    linked = (" nr ", " kod ", " och ", " plus ", " följt av ", ", kvinna, ", " (man) ", " K ", ", kille, nr ")
    cues = ("sista fyra {}", "slutar på {}", "sista siffrorna i personnumret: {}", "slutsiffror {}")
    return [
        *(joined(day, between) for day in _DAYS for between in announced),
        *(joined(day, between) for day in ("six digits", "ISO", "month -year", "day/month-yy") for between in linked),
        *(joined(day, between) for day in ("month -year", "year month", "year mon") for between in (" ", "-", ", ")),
        *(
            form(f"{cue}, {day}", lambda n, day=day: f"{n[8:]} och född {_DAYS[day](n)}", cue)  # type: ignore[misc]
            for cue in cues
            for day in _DAYS
        ),
        *(
            form(f"{each!r} between each of the last", lambda n, each=each: f"{n[2:8]}{each}{each.join(n[8:])}")  # type: ignore[misc]
            for each in (".", "-", "/")
        ),
        form("last four, six digits", lambda n: f"{n[8:]} {n[2:8]}"),
        form("last four, eight digits", lambda n: f"{n[8:]}, {n[:8]}"),
    ]


def _births() -> list[Form]:
    """Each word that announces a day of birth, before the days above."""
    cues = ("född {}", "födelsedata {}", "Födelsedatumet: {}", "födelsetiden är {}")
    return [
        Form("birth_date", f"{cue}: {day}", lambda random_, day=day: _DAYS[day](born(random_)), cue)  # type: ignore[misc]
        for cue in cues
        for day in _DAYS
    ]


def _phones_and_mail() -> list[Form]:
    """Digit by digit with a sign behind the area, 00 and another country behind a word, another sign for the @."""

    def spelled(code: str, sign: str, size: int) -> Form:
        def write(random_: random.Random) -> str:
            rest = str(random_.randrange(10 ** (size - 1), 10**size))
            return f"{' '.join(code)} {sign} {' '.join(rest)}"

        return Form("phone", f"{code} {sign}: digit by digit", write)

    def abroad(cue: str, country: str) -> Form:
        return Form(
            "phone",
            f"{cue}: 00{country}, undivided",
            lambda random_: f"00{country}{random_.randrange(10**8, 10**9)}",
            cue,
        )

    names, hosts = ("testa.provsson", "t_prov", "provelina"), ("example.org", "exempel.se", "post.example.com")
    return [
        *(spelled(code, sign, 7) for code in ("070", "076") for sign in "-/"),
        spelled("063", "-", 6),
        *(abroad(cue, country) for cue in ("tel {}", "Mobil: {}", "ring {}") for country in ("47", "49", "358")),
        *(
            Form(
                "email",
                f"{sign} for the at",
                lambda random_, sign=sign: f"{random_.choice(names)}{sign}{random_.choice(hosts)}",  # type: ignore[misc]
            )
            for sign in "#*$|§"
        ),
    ]


def _plates_and_names() -> list[Form]:
    """A gap within the digits, full stops, more words for vehicles; a name behind a colon or a word for a by-name."""

    def plate(name: str, write: Turn, around: str = "{}") -> Form:
        return Form("plate", name, lambda random_: write(make.plate_signs(random_)), around)

    vehicles = ("skoter", "snöskotern", "moppe", "fyrhjuling", "buss", "registrering", "skåpbil")
    labels = ("heter: {}", "Anmälare: {}", "Vittne: {}", "kallas för {}", "alias {}", "Förare: {}")
    given = (*make.GIVEN, "Kenta", "Lasse", "Micke", "Kicki")
    return [
        plate("gap behind the first digit", lambda text: f"{text[:4]} {text[4:]}"),
        plate("full stops and a gap", lambda text: f"{'.'.join(text[:3])} {'.'.join(text[3:])}"),
        *(plate(f"{word} {{}}", lambda text: f"{text[:3]} {text[3:]}".lower(), f"{word} {{}}") for word in vehicles),
        *(Form("name", label, lambda random_: random_.choice(given), label) for label in labels),
    ]


JOINED_FORMS: tuple[Form, ...] = (*_numbers(), *_births(), *_phones_and_mail(), *_plates_and_names())
