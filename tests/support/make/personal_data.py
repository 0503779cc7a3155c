"""Invented personal data in the many ways people write it, and what only looks like it; from a seeded generator."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from shared.privacy.table import TABLE

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"
SPACES = " \u00a0\u2007\u2009\u202f\t"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e"
_SCRIPTS = (0xFF10, 0x0660, 0x06F0, 0x1D7CE, 0x1D7EC)  # where full-width, Arabic and mathematical digits begin

_NEVER_GIVEN = frozenset(TABLE["never_given"].split())

SENTENCES = (
    "{}",
    "Mannen uppgav {} och gick sedan mot torget.",
    "Vid Kyrkgatan 12 kl 22.30 påträffades {}, ingen skada.",
    "pnr {}",
    "Personnummer: {}.",
    "Anmälan 2026-04231 gäller ({}) enligt väktaren.",
    "Klotter på fasaden;{};trappuppgång B",
    "Lapp med texten \u201d{}\u201d låg i tvättstugan \u2013 rum 3.",
    "I hus 14 plan 2 bor {} sedan 2019",
    "Buss 4 stod still 16.40\u201317.15.\n{}\nPolis på plats.",
    "Hösten 2026 {} 2 gånger på en vecka",
    "legitimation ({}), 3 personer till",
    "1.{} 2.okänd",
    "nr:{}/Torvalla",
)


@dataclass(frozen=True)
class Planted:
    """A text and where in it the personal data stands: characters `start` to `end` (exclusive)."""

    text: str
    start: int
    end: int


def luhn_digit(digits: str) -> str:
    """The check digit that makes these nine digits a whole number."""
    total = sum(sum(divmod(int(each) * (2 - place % 2), 10)) for place, each in enumerate(digits))
    return str(-total % 10)


def personnummer(random_: random.Random) -> str:
    """A valid number of twelve digits: one in ten is a samordningsnummer."""
    born = date(1915, 1, 1) + timedelta(days=random_.randrange(40_500))
    day = born.day + (60 if random_.random() < 0.1 else 0)
    nine = f"{born:%y%m}{day:02}{random_.randrange(1000):03}"
    return f"{born.year // 100}{nine}{luhn_digit(nine)}"


def written(number: str, random_: random.Random) -> str:
    """A number of twelve digits as somebody might write it."""
    century, day, last = number[:2], number[2:8], number[8:]
    if random_.random() < 0.6:
        century = ""
    text = _LAYOUTS[random_.choices(range(len(_LAYOUTS)), weights=_WEIGHTS)[0]](century, day, last, random_)
    if random_.random() < 0.3:
        text = text.replace("-", random_.choice(DASHES))
    if random_.random() < 0.2:
        text = text.replace(" ", random_.choice(SPACES))
    if random_.random() < 0.1:
        begin = random_.choice(_SCRIPTS)
        text = "".join(chr(begin + int(sign)) if sign.isdecimal() else sign for sign in text)
    if random_.random() < 0.15:
        for _ in range(random_.randint(1, 3)):
            place = random_.randrange(1, len(text))
            text = text[:place] + random_.choice(INVISIBLE) + text[place:]
    return text


def _spaced(text: str, random_: random.Random) -> str:
    """With one or two stray spaces between its signs."""
    for _ in range(random_.randint(1, 2)):
        place = random_.randrange(1, len(text))
        text = text[:place].rstrip() + " " + text[place:].lstrip()
    return text


_Layout = Callable[[str, str, str, random.Random], str]
_LAYOUTS: tuple[_Layout, ...] = (
    lambda century, day, last, _: f"{century}{day}-{last}",
    lambda century, day, last, _: f"{century}{day}{last}",
    lambda century, day, last, _: f"{century}{day} {last}",
    lambda century, day, last, _: f"{century}{day}+{last}",
    lambda century, day, last, r: f"{century}{day}{r.choice((' - ', '- ', ' -', ' + ', '/', '_', '--'))}{last}",
    lambda century, day, last, r: (
        f"{century}{r.choice('-./ ').join((day[:2], day[2:4], day[4:]))}{r.choice('- ')}{last}"
    ),
    lambda century, day, last, _: " ".join(
        (*([century] if century else []), day[:2], day[2:4], day[4:], last[:2], last[2:])
    ),
    lambda century, day, last, _: f"{century} {day}-{last}".strip(),
    lambda century, day, last, _: f"{century}{day} {last[:3]} {last[3]}",
    lambda century, day, last, r: _spaced(f"{century}{day}-{last}", r),
    lambda century, day, last, r: _spaced(f"{century}{day}{last}", r),
    lambda century, day, last, _: " ".join(century + day + last),
    lambda century, day, last, _: " ".join(f"{century}{day}-{last}"),
)
_WEIGHTS = (30, 14, 8, 3, 8, 8, 4, 4, 3, 8, 5, 3, 2)


def planted(number: str, random_: random.Random) -> Planted:
    """A written number in a sentence."""
    before, after = random_.choice(SENTENCES).split("{}")
    form = written(number, random_)
    return Planted(before + form + after, len(before), len(before) + len(form))


def plate_signs(random_: random.Random) -> str:
    """The six signs of a registration number, old or new, of those that may be given out."""
    while (letters := "".join(random_.choices("ABCDEFGHJKLMNPRSTUWXYZ", k=3))) in _NEVER_GIVEN:
        pass
    return f"{letters}{random_.randrange(100):02}{random_.choice('0123456789ABCDEFGHJKLMNPRSTUWXYZ')}"


def plate(random_: random.Random) -> str:
    """A registration number in one of its usual forms."""
    signs = plate_signs(random_)
    text = f"{signs[:3]}{random_.choice(('', '', ' ', '-'))}{signs[3:]}"
    return text.lower() if len(text) == 6 and random_.random() < 0.3 else text


def phone(random_: random.Random) -> str:
    """A Swedish number in one of many forms: mobile, large city, small town, from abroad."""
    code, length = random_.choice(
        (("70", 7), ("72", 7), ("73", 7), ("76", 7), ("79", 7), ("8", 8), ("31", 7), ("63", 6), ("691", 5), ("10", 7))
    )
    rest = random_.choice("123456789") + "".join(random_.choices("0123456789", k=length - 1))
    grouped = {5: (3, 2), 6: (2, 2, 2), 7: (3, 2, 2), 8: (3, 3, 2)}[length]
    ends = [sum(grouped[: n + 1]) for n in range(len(grouped))]
    groups = " ".join(rest[end - size : end] for end, size in zip(ends, grouped, strict=True))
    return random_.choice(
        (
            f"0{code}-{groups}",
            f"0{code}{rest}",
            f"0{code} {groups}",
            f"0{code}-{rest}",
            f"0{code}/{groups}",
            f"(0{code}) {groups}",
            f"0{code} - {groups}",
            f"0{code}\u2013{groups}",
            f"+46 {code} {groups}",
            f"+46{code}{rest}",
            f"+46(0){code}-{groups}",
            f"+46 (0) {code} {groups}",
            f"0046{code}{rest}",
            f"0046 {code} {groups}",
        )
    )


def email(random_: random.Random) -> str:
    """An address, often disguised."""
    name = random_.choice(("testa.provsson", "t_prov", "provelina", "test+bil", "å.testlöf"))
    host, top = random_.choice((("example", "org"), ("exempel", "se"), ("post.example", "com")))
    at = random_.choice(
        ("@", "@", "@", " @ ", "(at)", " (at) ", "[at]", " [at] ", "\uff20", " snabel-a ", "(snabela)", "{at}")
    )
    dot = random_.choice((".", ".", ".", "(punkt)", " (dot) ", " punkt ", "[punkt]"))
    return f"{name}{at}{host}{dot}{top}"


def card(random_: random.Random) -> str:
    """A card number with a right check digit."""
    begin = random_.choice(("4", "51", "55", "2221"))
    digits = begin + "".join(random_.choices("0123456789", k=15 - len(begin)))
    doubled = (int(each) * (2 - place % 2) for place, each in enumerate(digits))
    whole = digits + str(-sum(sum(divmod(each, 10)) for each in doubled) % 10)
    return random_.choice(("", " ", "-")).join(whole[place : place + 4] for place in (0, 4, 8, 12))


def iban(random_: random.Random) -> str:
    """A Swedish account in its international form."""
    account = "".join(random_.choices("0123456789", k=20))
    check = 98 - int(f"{account}281400") % 97  # SE00 behind the account, letters as numbers
    whole = f"SE{check:02}{account}"
    return random_.choice((whole, " ".join(whole[place : place + 4] for place in range(0, 24, 4)), whole.lower()))


def account(random_: random.Random) -> str:
    """An account, or a giro number, after the word for it."""
    seven = f"{random_.randrange(10**6):06}"
    giro = seven + next(str(last) for last in range(10) if luhn_digit("000" + seven) == str(last))
    return random_.choice(
        (
            f"bankgiro {giro[:3]}-{giro[3:]}",
            f"bg {giro[:3]}-{giro[3:]}",
            f"plusgiro {giro[:2]} {giro[2:4]} {giro[4:6]}-{giro[6]}",
            f"kontonummer {seven[:4]}-{random_.randrange(10**6, 10**7)}",
            f"konto: {seven[:4]},{random_.randrange(10**9)} ".strip(),
            f"clearingnr {seven[:4]} {random_.randrange(10**6, 10**8)}",
        )
    )


def interim(random_: random.Random) -> str:
    """A number that care gives to those who have none."""
    number = personnummer(random_)[random_.choice((0, 2)) :]
    return f"{number[:-4]}{random_.choice(('-', '', '+', ' - '))}{random_.choice('TRSUWXJKLMN')}{number[-3:]}"


GIVEN = [
    "Anna",
    "Karin",
    "Mohamed",
    "Lars",
    "Eva",
    "Ali",
    "Johan",
    "Fatima",
    "Bo",
    "Åsa",
    "Per-Olof",
    "Anna-Karin",
    "Ibrahim",
    "Elsa",
    "Viktor",
    "Zahra",
    "Kjell",
    "Ylva",
]
FAMILY = [
    "Testsson",
    "Provlund",
    "Al-Testi",
    "Ek",
    "Låtsasberg",
    "Övning",
    "Testic",
    "Prov",
    "Exempelgren",
    "Hittepåström",
]
_NAMED = (
    "en man som heter {given} bor där",
    "{given} {family} sågs vid kiosken",
    "grannen {given} var hemma",
    "Mvh {given}",
    "kvinnan hette {given} {family}",
    "kontakta {given} på kontoret",
    "enligt {given} {family}s uppgift",
    "vittnet {given} {family}",
    "Lampan är trasig //{given}",
    "läraren {given} såg allt",
    "{family}, {given} 3 tr",
    "ring {given} {family} först",
)


def named(random_: random.Random) -> Planted:
    """A sentence with a person's name in it."""
    given, family = random_.choice(GIVEN), random_.choice(FAMILY)
    text = random_.choice(_NAMED).format(given=given, family=family)
    return Planted(text, text.index(given), text.index(given) + len(given))
