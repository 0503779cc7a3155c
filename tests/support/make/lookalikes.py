"""What only looks like personal data: numbers of organisations and cases, coordinates, times, models; seeded."""

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from tests.support.make.personal_data import luhn_digit

_STAMPS = (
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H.%M",
    "%Y-%m-%d %H%M",
    "%Y%m%d %H%M",
    "%y%m%d %H%M",
    "%y%m%d kl %H%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f+00:00",
    "%Y-%m-%dT%H:%M:%S,%fZ",
    "%Y%m%d%H%M%S",
    "%d/%m %Y %H.%M",
    "%d/%m %H.%M",
    "%d.%m.%Y %H.%M",
    "%Y%m%dT%H%M",
    "den %d/%m-%y kl %H%M",
    "%y-%m-%d %H.%M",
    "%y/%m/%d %H%M",
)
_MONTHS = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november")
_POINTS = (
    "N {n:.0f} E {e:.0f}",
    "{n:.0f} {e:.0f}",
    "{e:.0f},{n:.0f}",
    "X {n:.1f} Y {e:.1f}",
    "E {e:.4f} N {n:.4f}",
    "{e:.0f};{n:.0f}",
    "{n:.3f} {e:.3f}",
)
_DEGREES = (
    "{lat:.{k}f}, {lon:.{k}f}",
    "{lon:.{k}f} {lat:.{k}f}",
    "N {lat:.{k}f}° E {lon:.{k}f}°",
    "({lat:.{k}f};{lon:.{k}f})",
    "lat {lat:.{k}f} lon {lon:.{k}f}",
)
_CASES = (
    "{y}-{n:05}",
    "{y}/{n:06}",
    "KS {y}/{n:05}",
    "BN-{y}-{n:04}",
    "5000-K{n:06}-26",
    "K{n}-26",
    "A{n:06}",
    "dnr {y}-{n:06}",
    "0104-N{n:05}-26",
    "{y}.{n}",
)
_PLACES = (
    "hus {a} plan {b}",
    "lgh 1{b}0{b}",
    "LGH 1{b}0{b}",
    "RUM {d}",
    "trappuppgång {b}A",
    "port {a}B",
    "§ {a}",
    "SFS 20{a}:{d}",
    "{b} kap. {a} §",
    "Lv {d}",
    "LV{d}",
    "DeSO 2380C1{d}",
    "linje {a}, {d} och {b}",
    "linje {d}/{a}",
    "Storgatan {a} B",
)
_MODELS = (
    "BMW {c}",
    "Volvo V{a}",
    "KTM {c}",
    "Husqvarna {c}",
    "MAN TGX {c}",
    "iPhone {b}",
    "Polaris RMK {c}",
    "Yamaha YZF {c}",
    "EU-moped {a}",
    "Mercedes C{c}",
    "Peugeot {c}",
    "Saab 9-{b}",
    "Ski-Doo MXZ {c}",
    "Scania R{c}",
)
# Forms to fill in and tables of contents, with a row of signs or spaces to the next column.
_ROWS = (
    "Kapitel {b} .............. {a}",
    "hus {a}{wide}{d}{wide}{b}",
    "{y}-{n:05} ........ {n} kr",
    "{y}{wide}{n}{wide}{a}",
    "Antal: ____________ {n}",
    "{d} -------- {a} -------- {n}",
    "SUMMA{wide}{d}{wide}{n}",
)
_THINGS = (
    "Elskåp {l}{d}", "Kamera {l}{d}", "Nyckel {l} {d}", 'Tag: "{l} {d}"', "Tagg {l} {d}", "stolpe {l}-{d}",
    "nyckelbricka nr {l} {d}", "gatlampan {l} {d}", "trafikskylt {l} {d}", "Hydrant: {l}{d}",
)  # fmt: skip
# Firms, houses, ships, makes and figures that are named as persons are.
_NAMESAKES = (
    "{g} {f}s Måleri", "{g} {f} Bygg AB", "{g} {f} AB", "{g} {f}s El", "Pub {g} Livia", "Restaurang {g} Maria",
    'hotell "{g} Provia"', "m/s {g} Sofia", "John Deere", "Kalle Anka", "en John Deere-traktor",
)  # fmt: skip
_AMOUNTS = ("{n} kr", "{b} {d} 500 kronor", "SEK {n}", "{n}:-", "{n},50 kr", "ca {n} tkr")


def _moment(random_: random.Random) -> datetime:
    return datetime(2020, 1, 1) + timedelta(seconds=random_.uniform(0, 8 * 31_536_000))  # noqa: DTZ001 - local, as people write


def _organisation(random_: random.Random) -> str:
    nine = f"{random_.choice('2556789')}{random_.randrange(10)}{random_.randrange(2, 10)}{random_.randrange(10**6):06}"
    ten = nine + luhn_digit(nine)
    return random_.choice((f"{ten[:6]}-{ten[6:]}", ten, f"16{ten}", f"16{ten[:6]}-{ten[6:]}", f"{ten[:6]} {ten[6:]}"))


def _from_to(random_: random.Random) -> str:
    begin, end = sorted((_moment(random_), _moment(random_)))
    return random_.choice(
        (
            f"{begin:%H.%M}-{end:%H.%M}",
            f"{begin:%H%M}-{end:%H%M}",
            f"{begin:%H:%M}\u2013{end:%H:%M}",
            f"kl {begin:%H}-{end:%H}",
            f"{begin:%Y-%m-%d} {begin:%H%M}-{end:%H%M}",
            f"{begin:%d/%m} {begin:%H.%M}-{end:%H.%M}",
            f"{begin:%Y-%m-%d}--{end:%Y-%m-%d}",
        )
    )


def _day_in_words(random_: random.Random) -> str:
    """A day, with the time or the time of the last one behind it."""
    begin = _moment(random_)
    month, until = random_.choice(_MONTHS), begin + timedelta(minutes=90)
    return random_.choice(
        (
            f"{begin.day} {month} {begin:%Y %H%M}",
            f"{begin.day} {month} {begin:%Y, %H.%M}",
            f"den {begin.day} {month} {begin:%Y kl %H%M}-{until:%H%M}",
            f"{begin.day} {month[:3]} {begin:%y %H%M}",
            f"{begin.day}/{begin.month} {begin:%Y %H%M}",
            f"{begin.day}/{begin.month} {begin:%Y, %H%M}-{until:%H%M}",
            f"{begin.day} {month}, {random_.randrange(1000, 10_000)} personer",
        )
    )


def _point(random_: random.Random) -> str:
    return random_.choice(_POINTS).format(n=random_.uniform(6_130_000, 7_700_000), e=random_.uniform(120_000, 920_000))


def _degrees(random_: random.Random) -> str:
    lat, lon, places = random_.uniform(55, 69), random_.uniform(10, 24), random_.choice((2, 3, 4, 5, 6, 7, 8, 10))
    return random_.choice(_DEGREES).format(lat=lat, lon=lon, k=places)


def _filled(*forms: str) -> Callable[[random.Random], str]:
    def fill(random_: random.Random) -> str:
        return random_.choice(forms).format(
            n=random_.randrange(1, 10 ** random_.randrange(2, 7)),
            y=random_.randrange(2012, 2028),
            a=random_.randrange(10, 100),
            b=random_.randrange(1, 10),
            c=random_.randrange(1, 10) * 100 + random_.choice((0, 20, 50, 90)),
            d=random_.randrange(100, 1000),
            l="".join(random_.choices("ABCDEFGHJKLMNPRSTUWXYZ", k=3)),
            g=random_.choice(("Anna", "Lars", "Karin", "Anders")),
            f=random_.choice(("Testsson", "Provlund", "Exempelgren")),
            wide=" " * random_.randrange(3, 31),
        )

    return fill


LOOKALIKES: Mapping[str, Callable[[random.Random], str]] = {
    "organisation_number": _organisation,
    "date_and_time": lambda random_: _moment(random_).strftime(random_.choice(_STAMPS)),
    "from_to": _from_to,
    "sweref_99": _point,
    "wgs_84": _degrees,
    "case_number": _filled(*_CASES),
    "place_or_section": _filled(*_PLACES),
    "model": _filled(*_MODELS),
    "amount": _filled(*_AMOUNTS),
    "numbered_thing": _filled(*_THINGS),
    "namesake": _filled(*_NAMESAKES),
    "day_in_words": _day_in_words,
    "row_of_a_table": _filled(*_ROWS),
}
_SENTENCES = ("Händelse vid torget {} enligt väktaren.", "{}", "Se {} (två personer).", "{}. Lugnt efteråt.")


def lookalike(name: str, random_: random.Random) -> str:
    """A sentence with something of this kind in it, and nothing of any person."""
    return random_.choice(_SENTENCES).format(LOOKALIKES[name](random_))
