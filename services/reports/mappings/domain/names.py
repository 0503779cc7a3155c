"""What months, weekdays and time zones are called in the languages of the north, in German and in English.

Full and shortened, as Unicode's CLDR has them, and as people write them besides. No word stands for two months or two
days in any of these, so a file needs not say which language it is in.
"""

import unicodedata
from collections.abc import Mapping, Sequence


def word(text: str) -> str:
    """A word as it is looked up here: small letters, without the point of a shortened one and without accents' marks.

    å, ä, ö, æ and ø are told apart from a and o in no name here.
    """
    plain = unicodedata.normalize("NFKD", text.casefold().strip(" ."))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).replace("ø", "o")


def _numbered(lines: Sequence[str]) -> Mapping[str, int]:
    return {word(name): number for number, line in enumerate(lines, 1) for name in line.split()}


MONTHS = _numbered((
    "januari january januar jan tammikuu tammikuuta tammi jänner",
    "februari february februar feb febr helmikuu helmikuuta helmi",
    "mars march märz marts mar mrz maaliskuu maaliskuuta maalis",
    "april apr huhtikuu huhtikuuta huhti",
    "maj may mai toukokuu toukokuuta touko",
    "juni june jun kesäkuu kesäkuuta kesä",
    "juli july jul heinäkuu heinäkuuta heinä",
    "augusti august aug elokuu elokuuta elo",
    "september sep sept syyskuu syyskuuta syys",
    "oktober october oktober okt oct lokakuu lokakuuta loka",
    "november nov marraskuu marraskuuta marras",
    "december dezember desember dec dez des joulukuu joulukuuta joulu",
))  # fmt: skip
# Monday is 1, as in ISO 8601.
WEEKDAYS = _numbered((
    "måndag måndagen mån må mandag man montag mo monday mon maanantai maanantaina ma",
    "tisdag tisdagen tis ti tirsdag tirs tir dienstag di tuesday tue tues tiistai tiistaina",
    "onsdag onsdagen ons on mittwoch mi wednesday wed keskiviikko keskiviikkona ke",
    "torsdag torsdagen tors tor to donnerstag do thursday thu thur thurs torstai torstaina",
    "fredag fredagen fre fr freitag friday fri perjantai perjantaina pe",
    "lördag lördagen lör lö lørdag lør samstag sonnabend sa saturday sat lauantai lauantaina la",
    "söndag söndagen sön sö søndag søn sonntag so sunday sun sunnuntai sunnuntaina su",
))  # fmt: skip
# Hours ahead of UTC, of zones by the letters that stand behind clocks. Those of North America as in RFC 5322.
ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "eet": 2,
    "eest": 3, "msk": 3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
