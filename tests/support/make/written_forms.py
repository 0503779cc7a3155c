"""Personal data in every form that somebody may write it in: at least sixty forms a kind, each from a seeded generator.

A form is a layout (how a number or an address is parted) with a separator or a disguise in it.
"""

import random
from collections.abc import Callable, Mapping

from tests.support.make import personal_data as make
from tests.support.make.cued_forms import CUED_FORMS
from tests.support.make.disguises import DISGUISES, NUMERALS, SEPARATORS, WIDE, Form, Write, turned
from tests.support.make.joined_forms import JOINED_FORMS
from tests.support.make.loose_forms import LOOSE_FORMS


def _parted(digits: str, sizes: tuple[int, ...], separator: str) -> str:
    groups, at = [], 0
    for size in sizes:
        groups.append(digits[at : at + size])
        at += size
    return separator.join(groups)


def _numbers(kind: str, new: Write, layouts: Mapping[str, tuple[int, ...]], plain: tuple[int, ...]) -> list[Form]:
    """Every layout with every separator; digits of other scripts and disguises on the plain layout."""
    long = max(sum(sizes) for sizes in layouts.values())

    def parted(sizes: tuple[int, ...], separator: str) -> Write:
        return lambda random_: _parted(new(random_)[long - sum(sizes) :], sizes, separator)

    forms = [
        Form(kind, f"{layout}: {name}", parted(sizes, separator))
        for layout, sizes in layouts.items()
        for name, separator in SEPARATORS.items()
    ]
    return forms + [
        Form(kind, name, turned(parted(plain, "-"), turn)) for name, turn in {**DISGUISES, **NUMERALS}.items()
    ]


def _samordningsnummer(random_: random.Random) -> str:
    """Twelve digits: 60 added to the day; now and then a month or a day that nobody knows."""
    number = make.personnummer(random_)
    month = random_.choice((number[4:6], "00"))
    day = random_.choice((int(number[6:8]) % 60 or 1, 0 if month != "00" else 12)) + 60
    nine = f"{number[2:4]}{month}{day:02}{number[8:11]}"
    if month not in ("00",) and day > 88:
        nine = f"{nine[:4]}61{nine[6:]}"
    return f"{number[:2]}{nine}{make.luhn_digit(nine)}"


_LAYOUTS = {
    "6-4": (6, 4),
    "8-4": (8, 4),
    "2-2-2-4": (2, 2, 2, 4),
    "4-2-2-4": (4, 2, 2, 4),
    "2-2-2-2-2": (2, 2, 2, 2, 2),
    "digit by digit": (1,) * 10,
}


def _more_personnummer(kind: str, new: Write) -> list[Form]:
    """What no layout with a separator tells."""
    wrapped: Mapping[str, Callable[[str], str]] = {
        "ten digits": lambda n: n[2:],
        "twelve digits": lambda n: n,
        "century apart": lambda n: f"{n[:2]} {n[2:8]}-{n[8:]}",
        "century with hyphen": lambda n: f"{n[:2]}-{n[2:8]}-{n[8:]}",
        "last four in pairs": lambda n: f"{n[2:8]}-{n[8:10]} {n[10:]}",
        "check digit apart": lambda n: f"{n[2:8]} {n[8:11]} {n[11]}",
        "check digit with hyphen": lambda n: f"{n[2:8]}-{n[8:11]}-{n[11]}",
        "stray space in the day": lambda n: f"{n[2:5]} {n[5:8]}-{n[8:]}",
        "stray spaces": lambda n: f"{n[2:4]} {n[4:8]} - {n[8:10]} {n[10:]}",
        "bracketed": lambda n: f"{n[2:8]}({n[8:]})",
        "bold": lambda n: f"**{n[2:8]}**-{n[8:]}",
        "escaped": lambda n: f"{n[2:8]}\\-{n[8:]}",
        "dates with slashes": lambda n: f"{n[:4]}/{n[4:6]}/{n[6:8]} - {n[8:]}",
        "named dash": lambda n: f"{n[2:8]}&ndash;{n[8:]}",
        "named space": lambda n: f"{n[2:8]}&nbsp;{n[8:]}",
        "sole trader's": lambda n: f"16{n[2:8]}-{n[8:]}",
        "value added tax": lambda n: f"SE{n[2:]}01",
    }

    around = {"behind a word": "pnr{}", "before a word": "{}boende", "between underscores": "_{}_",
              "in an address": "https://example.org/{}?x=1", "in an e-mail address": "p{}@example.org",
              "in a file's name": "rapport_{}.pdf"}  # fmt: skip

    def form(write: Callable[[str], str]) -> Write:
        return lambda random_: write(new(random_))

    usual = form(lambda n: f"{n[2:8]}-{n[8:]}")
    return [
        *(Form(kind, name, form(write)) for name, write in wrapped.items()),
        *(Form(kind, name, usual, text) for name, text in around.items()),
    ]


def _phones() -> list[Form]:
    """Every kind of number, grouped in some ways, with every separator; and from abroad."""
    kinds: Mapping[str, tuple[tuple[str, ...], Mapping[str, tuple[int, ...]]]] = {
        "mobile": (("070", "072", "073", "076", "079"), {"3-3-2-2": (3, 2, 2), "3-7": (7,), "3-4-3": (4, 3)}),
        "Stockholm": (("08",), {"2-3-3-2": (3, 3, 2), "2-8": (8,)}),
        "city": (("031", "040"), {"3-3-2-2": (3, 2, 2)}),
        "town": (("063", "060"), {"3-2-2-2": (2, 2, 2)}),
        "village": (("0691", "0687"), {"4-3-2": (3, 2)}),
    }
    wanted = ("hyphen", "en dash", "minus", "space", "no-break space", "slash", "dot", "underscore", "middle dot",
              "two spaces", "three spaces", "line break", "katakana dash", "hyphen spaced", "bar", "star",
              "hangul filler", "zero-width space", "five dots", "twelve spaces")  # fmt: skip

    def national(codes: tuple[str, ...], sizes: tuple[int, ...], separator: str, within: str) -> Write:
        def write(random_: random.Random) -> str:
            rest = random_.choice("123456789") + "".join(random_.choices("0123456789", k=sum(sizes) - 1))
            return f"{random_.choice(codes)}{separator}{_parted(rest, sizes, within)}"

        return write

    forms = []
    for kind, (codes, layouts) in kinds.items():
        for layout, sizes in layouts.items():
            for name in wanted:
                separator = SEPARATORS[name]
                forms.append(Form("phone", f"{kind}, {layout}: {name}", national(codes, sizes, separator, separator)))
                if len(sizes) > 1 and name not in ("space", "dot"):
                    forms.append(
                        Form("phone", f"{kind}, {layout}: {name}, then spaces", national(codes, sizes, separator, " "))
                    )
    mobile = national(("70", "72", "73", "76", "79"), (3, 2, 2), " ", " ")
    abroad = {"+46 {}": "+46 {}", "+46{}": "+46{}", "+46-{}": "+46-{}", "0046 {}": "0046 {}", "+46 (0){}": "+46 (0){}",
              "+46(0)-{}": "+46(0)-{}", "(+46) {}": "(+46) {}", "00 46 {}": "00 46 {}", "+46.{}": "+46.{}",
              "+46 / {}": "+46 / {}"}  # fmt: skip
    forms += [Form("phone", f"abroad: {name}", _filled(text, mobile)) for name, text in abroad.items()]
    whole = national(("070", "073"), (3, 2, 2), "-", " ")
    forms += [Form("phone", name, turned(whole, turn)) for name, turn in {**DISGUISES, **NUMERALS}.items()]
    undivided = national(("070", "073", "076"), (7,), "", "")
    return [
        *forms,
        Form("phone", "undivided", undivided),
        Form("phone", "area in brackets", _filled("({}", national(("070) ", "076) "), (3, 2, 2), "", " "))),
        Form("phone", "digit by digit", lambda random_: " ".join(undivided(random_))),
        Form("phone", "in pairs", lambda random_: _parted(undivided(random_), (2, 2, 2, 2, 2), " ")),
        Form("phone", "Norway", _filled("+47 {}", national(("9", "4"), (2, 2, 3), "", " "))),
    ]


def _filled(template: str, write: Write) -> Write:
    return lambda random_: template.format(write(random_))


def _emails() -> list[Form]:
    """Every way to write the @ with the dot as usual, every way to write the dot, and disguises."""
    ats = ("@", " @ ", "@ ", " @", "(at)", " (at) ", "[at]", " [at] ", "{at}", " {at} ", "<at>", "(@)", "[@]", "(a)",
           "[a]", " (AT) ", " at ", " AT ", "-at-", "_at_", " -at- ", " snabel-a ", " snabela ", " snabel a ",
           "(snabel-a)", "[snabela]", " alfakrull ", "\uff20", "\ufe6b", "&#64;", "&commat;", "%40",
           "@\u200b", "\u2060@", "@\n", "*at*", " \u00e4t ")  # fmt: skip
    dots = (" punkt ", " dot ", "(punkt)", "(dot)", "[dot]", "[.]", "(.)", " (dot) ", "{dot}", "-dot-", "_dot_", " . ",
            "\uff0e", "\u3002", "\u2024", "&period;", "&#46;", "%2E", "\u200b.", " DOT ")  # fmt: skip
    hosts = (("example", "org"), ("exempel", "se"), ("post.example", "com"))
    names = (
        "testa.provsson",
        "t_prov",
        "provelina",
        "test+bil",
        "\u00e5.testl\u00f6f",
        "t-prov",
        "P.Test2",
        "test'prov",
    )

    def write(at: str, dot: str) -> Write:
        def form(random_: random.Random) -> str:
            host, top = random_.choice(hosts)
            return f"{random_.choice(names)}{at}{host.replace('.', dot)}{dot}{top}"

        return form

    usual = write("@", ".")
    more = {
        "capitals": lambda text, _: text.upper(),
        "quoted name": lambda text, _: f'"test prov"@{text.partition("@")[2]}',
        "address of numbers": lambda text, _: f"{text.partition('@')[0]}@[192.0.2.1]",
        "international domain": lambda text, _: f"{text.partition('@')[0]}@xn--exmpel-bua.se",
        "many parts": lambda text, _: f"a.b.c.{text}",
        **DISGUISES,
    }
    around = {"mailto": "mailto:{}?subject=x", "angle brackets": "Test <{}>", "joined": "kontakt={};"}
    return [
        *(Form("email", name, usual, text) for name, text in around.items()),
        *(Form("email", f"at: {at!r}", write(at, ".")) for at in ats),
        *(Form("email", f"dot: {dot!r}", write("@", dot)) for dot in dots),
        *(
            Form("email", f"both: {at!r} {dot!r}", write(at, dot))
            for at in (" (at) ", " at ", "[at]")
            for dot in dots[:6]
        ),
        *(Form("email", name, turned(usual, turn)) for name, turn in more.items()),
    ]


def _plates() -> list[Form]:
    """Capitals with every separator, small letters, foreign letters that look the same, disguises."""
    new = make.plate_signs

    def parted(separator: str) -> Write:
        def form(random_: random.Random) -> str:
            signs = new(random_)
            return f"{signs[:3]}{separator}{signs[3:]}"

        return form

    greek = str.maketrans("ABEHKMOPTXYZ", "\u0391\u0392\u0395\u0397\u039a\u039c\u039f\u03a1\u03a4\u03a7\u03a5\u0396")
    cyrillic = str.maketrans("ABEKMHOPCTX", "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425")
    more = {
        "undivided": lambda text, _: text,
        "small letters": lambda text, _: text.lower(),
        "one capital": lambda text, _: text.capitalize(),
        "small letters, hyphen": lambda text, _: f"{text[:3]}-{text[3:]}".lower(),
        "sign by sign": lambda text, _: " ".join(text),
        "sign by sign, hyphens": lambda text, _: "-".join(text),
        "last sign apart": lambda text, _: f"{text[:3]} {text[3:5]} {text[5:]}",
        "Cyrillic letters": lambda text, _: text.translate(cyrillic),
        "Greek letters": lambda text, _: text.translate(greek),
        **DISGUISES,
    }
    usual = [name for name in SEPARATORS if name not in ("comma, space", "colon, space", "five spaces", *WIDE)]
    small = turned(new, lambda text, _: f"{text[:3]} {text[3:]}".lower())
    return [
        Form("plate", "with country", parted(" "), "S {}"),
        Form("plate", "bracketed", parted(""), "[{}]"),
        Form("plate", "small letters behind a cue", small, "regnr {}"),
        Form("plate", "spelt behind a cue", turned(new, lambda text, _: " ".join(text).lower()), "reg.nr: {}"),
        *(Form("plate", name, parted(SEPARATORS[name])) for name in usual),
        *(Form("plate", name, turned(new, turn)) for name, turn in more.items()),
    ]


def _names() -> list[Form]:
    """After cues, with common and rare names, in orders and cases that people write."""
    cues = ("heter", "hette", "vid namn", "grannen", "herr", "fru", "mannen", "kvinnan", "killen", "tjejen", "pojken",
            "kontakta", "l\u00e4raren", "v\u00e4ktaren", "vittnet", "föraren", "sonen", "sambon",
            "namn:", "anmälaren")  # fmt: skip
    shapes = {
        "{given} {family}": "{given} {family}", "{given} {given2} {family}": "{given} {given2} {family}",
        "{family}, {given}": "{family}, {given}", "{GIVEN} {FAMILY}": "{GIVEN} {FAMILY}",
        "{given} {f}.": "{given} {f}.", "{g}. {family}": "{g}. {family}", "small letters": "{lower}",
        "a given name alone": "s\u00e5g {given} vid kiosken", "of {given}": "{given}s cykel",
        "mvh {given}": "mvh {given}",
        "// {given}": "//{given}", "rare given name": "Zebulina {family}", "rare family name": "{given} Testahmadi",
    }  # fmt: skip

    def write(template: str) -> Write:
        def form(random_: random.Random) -> str:
            given, given2 = random_.sample(make.GIVEN, 2)
            family = random_.choice(make.FAMILY)
            return template.format(
                given=given, given2=given2, family=family, GIVEN=given.upper(), FAMILY=family.upper(), f=family[0],
                g=given[0], lower=f"{given} {family}".lower(),
            )  # fmt: skip

        return form

    return [
        *(Form("name", f"{cue} {{given}}", write(f"{cue} {{given}}")) for cue in cues),
        *(Form("name", f"{cue} {{given}} {{family}}", write(f"{cue} {{given}} {{family}}")) for cue in cues),
        *(Form("name", name, write(template)) for name, template in shapes.items()),
        *(Form("name", name, turned(write("{given} {family}"), turn)) for name, turn in DISGUISES.items()),
    ]


def _cards_and_accounts() -> list[Form]:
    def bare(new: Write) -> Write:
        return lambda random_: "".join(filter(str.isalnum, new(random_))).upper()

    iban, card = bare(make.iban), bare(make.card)
    return [
        *_numbers("payment_card", card, {"4-4-4-4": (4, 4, 4, 4), "digit by digit": (1,) * 16}, (4, 4, 4, 4)),
        *_numbers("iban", iban, {"fours": (4,) * 6, "2-2-20": (2, 2, 20)}, (4,) * 6),
    ]


FORMS: tuple[Form, ...] = (
    *_numbers("personnummer", make.personnummer, _LAYOUTS, (6, 4)),
    *_more_personnummer("personnummer", make.personnummer),
    *_numbers("samordningsnummer", _samordningsnummer, _LAYOUTS, (6, 4)),
    *_more_personnummer("samordningsnummer", _samordningsnummer),
    *_cards_and_accounts(),
    *_phones(),
    *_emails(),
    *_plates(),
    *_names(),
    *LOOSE_FORMS,
    *CUED_FORMS,
    *JOINED_FORMS,
)
KINDS: tuple[str, ...] = tuple(dict.fromkeys(form.kind for form in FORMS))
