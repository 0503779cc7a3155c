"""Which numbers are a person's: their digits, how they are grouped, and what else they would be read as."""

import re
from bisect import bisect_left
from collections.abc import Mapping

from shared.privacy.checks import is_birth_day, is_to_come, luhn, today_anywhere
from shared.privacy.numbers import Looks, Written
from shared.privacy.table import list_of

_AREA_CODES = list_of("area_codes")
# In these years a date and a time of the day are far likelier than a child's number after a space.
_STAMP_YEARS = range(2020, 2030)
_CENTURIES = ("16", "18", "19", "20")  # 16: a sole trader's, as organisations' numbers are written
# After how many of its last digits a personnummer is parted: century, year, month, day, and the last four in two ways.
_PARTS = frozenset((10, 8, 6, 4, 2, 1))
_EACH = (1,) * 4  # the last four sign by sign: 811218.9.8.7.6
_FOUR_PARTS = ((2, 2, 2, 4), (4, 2, 2, 4), (2, 2, 2, 2, 4))
# More white space than this is none astray: what stands in columns is one number only where each part has its own.
_STRAY = 3
_WHOLE = frozenset((*_FOUR_PARTS, (6, 4), (8, 4), (2, 6, 4), (2,) * 5, (2,) * 6))
_TIME = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d")
_ENDS_IN_DATE = re.compile(r"\s?[-./]\d\d[-./]\d\d(?!\d)")
_DAY_BEFORE = re.compile(r"\d ?[/.-] ?\d{1,2}[ ,-]{1,2}\Z")
_DECIMALS = re.compile(r"(?<!\d)\d{2,3}[.,]\Z")
# Series that ring no subscriber of an area: paid services, pagers, shared cost. Source: PTS, the numbering plan.
_SPECIAL = ("900", "939", "944", "99", "71", "74", "75", "77", "78")
# Words that may be run together with a number; other letters before one make it a code.
_ANNOUNCED = re.compile(
    r"(?<![a-zåäö])(?:(?:tele?|telefon|tfn|tlf|mob|mobil|mobiltel|mobiltelefon|växel|hem|jour|fax|swish)(?:nr|nummer)?"
    r"|telefonen|mobilen|växeln|nr|nummer|numret|ring|ringa|ringde|sms|smsa|swisha|whatsapp|signal|kontakt|kontakta"
    r"|arbete|jobb|bostad|phone|cell|call|på|till)-?\Z",
    re.IGNORECASE,
)
_MOBILE = re.compile(r"07[02369]\d{7}")
_PHONE_LENGTHS = range(8, 16)
_GROUPS_ROUND = 4


def _personnummer(number: Written) -> bool:
    digits = number.digits
    if digits[-8:-6] > "12" or (len(digits) == 12 and digits[:2] not in _CENTURIES):
        return False
    if not luhn(digits[-10:]) or not is_birth_day(digits[-10:-4] if digits.startswith("16") else digits[:-4]):
        return False
    if len(digits) == 12 and digits[:2] != "16" and is_to_come(digits, today=today_anywhere()):
        return False
    if not _is_parted(number) or _reads_as_phone(number) or _overlaps_phone(number):
        return False
    return not (_reads_as_moment(number) or _reads_as_decimals(number) or _reads_as_list(number))


def _is_parted(number: Written) -> bool:
    """Whether it is parted as personnummer are, stray white space aside, or sign by sign.

    Before the last four digits anything may stand; elsewhere white space alone, or the same sign at each place, or any
    where year, month, day and the last four stand each by itself.
    """
    strays = {left: between.strip() for left, between in number.between.items() if left not in (4, 10)}
    signs = set(strays.values())
    century = number.between.get(10, "").strip()
    if century not in ("", "-", *signs):
        return False
    if signs <= {""}:
        wide = any(len(between) > _STRAY for between in number.between.values())
        return not wide or max(number.sizes) == 1 or number.sizes in _WHOLE
    if number.sizes in _FOUR_PARTS:
        return True
    single = max(number.sizes) == 1
    parts = _PARTS | {3} if number.sizes[-4:] == _EACH else _PARTS
    return len(signs) == 1 and (single or (4 in number.between and number.between.keys() <= parts))


def _reads_as_phone(number: Written) -> bool:
    day = int(number.digits[-6:-4])
    if _MOBILE.fullmatch(number.digits):
        parted = 4 in number.between and number.between.keys() <= {4, 6, 8}
        return not (parted and (day <= 31 or number.between[4].strip()))
    signs = {between.strip() for between in number.between.values()}
    grouped = max(number.sizes) > 1 and not number.between.keys() <= {4, 6, 8} and (len(signs) > 1 or signs == {""})
    return number.digits[0] == "0" and grouped and _phone(number)


def _overlaps_phone(number: Written) -> bool:
    """Whether it is parted as no personnummer is, and a telephone number has groups of it: 2026 070 819 61 61."""
    if number.between.keys() <= _PARTS or max(number.sizes) == 1:
        return False
    begins, digits = number.chain.begins, number.chain.digits
    around = range(max(0, number.first - _GROUPS_ROUND), min(len(begins) - 1, number.last + _GROUPS_ROUND) + 1)
    phones = (
        Written(number.plain, number.chain, first, last)
        for first in around[: number.last - around.start]
        if first != number.first and digits[begins[first]] == "0"
        for last in around[max(first, number.first) + 1 - around.start :]
        if begins[last] - begins[first] in _PHONE_LENGTHS
    )
    return any(max(phone.sizes) > 1 and _phone(phone) for phone in phones)


def _reads_as_moment(number: Written) -> bool:
    """Dates with a time of the day, periods: 2026-11-20 1630, 18 0609-2316, 7/11 2025, 1203-1333."""
    digits, last = number.digits, number.between.get(4, "")
    if number.sizes[-1] == 4 and _ENDS_IN_DATE.match(number.behind):
        return True
    if not _TIME.fullmatch(digits[-4:]) or int(digits[-6:-4]) > 31:
        return False
    period = number.sizes == (2, 4, 4) or (number.sizes == (4, 4, 4) and _DAY_BEFORE.search(number.before))
    if period and _TIME.fullmatch(digits[-8:-4]):
        return True
    if not last or last.strip() not in ("", ",", ";", ".") or max(number.sizes[-2:]) == 1:
        return False
    if any(number.between.get(left, "-").isspace() for left in (2, 6)) or "\n" in last or len(last) > 2:
        return False
    year = int(digits[-12:-8]) if len(digits) == 12 else 2000 + int(digits[:2])
    clock = number.between.get(2, "").strip() in (".", ":", "-") and bool(last.split() != [last])
    until = re.match(r" ?- ?\d\d[.:]?\d\d(?!\d)", number.behind)
    return clock or bool(until) or (year in _STAMP_YEARS and last.strip() != last)


def _reads_as_decimals(number: Written) -> bool:
    """Decimals of a number, however many: 63.8112189876."""
    sign = number.between.get(4, "").strip()
    parted = number.sizes[0] in (6, 8) and sign and not {".", ","} & {*sign}
    return not parted and bool(_DECIMALS.search(number.before))


def _reads_as_list(number: Written) -> bool:
    """Numbers of two digits in a row that goes on, or that grow: 10, 12, 14, 16, 18."""
    sign = number.between.get(2, "").strip()
    if not sign or max(number.sizes) != 2:
        return False
    goes_on = re.match(rf"\s*{re.escape(sign)}\s*\d", number.behind)
    went_on = re.search(rf"\d\d\s*{re.escape(sign)}\s*\Z", number.before)
    pairs = [number.digits[at : at + 2] for at in range(0, len(number.digits), 2)]
    return bool(goes_on or went_on) or (sign in (",", ";") and pairs == sorted(pairs))


_CARD = re.compile(r"(?:4\d{3}|5[1-5]\d\d|2[2-7]\d\d|6011|65\d\d)\d{12}|3[47]\d{13}")


def _payment_card(number: Written) -> bool:
    """Sixteen digits in fours, or fifteen as 4-6-5, with the same signs between."""
    if not _CARD.fullmatch(number.digits) or not luhn(number.digits) or _DECIMALS.search(number.before):
        return False
    parts = {12, 8, 4} if len(number.digits) == 16 else {11, 5}
    same = len({between.strip() for between in number.between.values()}) <= 1
    return same and (number.between.keys() <= parts or max(number.sizes) == 1)


_DAY = re.compile(r"\d\d[-/ ]\d\d[-/ ]20\d\d")


def _phone(number: Written) -> bool:
    """Whether it has as many digits as numbers of its area, and the area code stands as a group of its own."""
    digits, shift = number.digits, 0
    before = number.before
    abroad = before.rstrip().endswith("+")
    if digits.startswith("00") and digits[2:3] != "0":
        abroad, digits, shift = True, digits[2:], 2
    if abroad:
        if not digits.startswith("46"):
            serial = shift and re.search(r"\w[-/.]\Z", before)  # 20261128-001
            # 00 and digits without a gap may be any code, unless a word announces a telephone.
            said = shift == 0 or bool(number.between) or _ANNOUNCED.search(before.rstrip(" :.,;-("))
            return 9 <= len(digits) <= 13 and bool(said) and not serial
        digits, shift = digits[2:], shift + 2
    elif digits.startswith("467") and len(digits) == 11:
        digits, shift = digits[2:], 2
    if shift and digits.startswith("0"):
        digits, shift = digits[1:], shift + 1
    national = f"0{digits}" if shift or abroad else digits
    return _is_national(national, _cut(number, shift - bool(shift)), number, abroad=abroad)


def _cut(number: Written, shift: int) -> int:
    """How many digits, less `shift`, are in front of its first gap that has more than one; 0 where there is none."""
    begins = number.chain.begins
    least = begins[number.first] + shift + 2
    first = bisect_left(begins, least, number.first + 1, number.last)
    return begins[first] - least + 2 if first < number.last else 0


def _sign_cut(number: Written, length: int) -> int:
    """How many of its `length` digits are in front of its first sign, if it has gaps everywhere: 0 7 0 - 1 7 4."""
    return length - max(left for left, between in number.between.items() if between.strip())


def _is_national(digits: str, cut: int, number: Written, *, abroad: bool) -> bool:
    """Whether these are the digits of a number of some area; `cut`: how many of them are in front of its first gap."""
    if digits[0] != "0" or digits[1:2] in ("", "0"):
        return False
    mobile, signs = bool(_MOBILE.fullmatch(digits)), number.signs
    code = digits[1:2] if digits[1:2] in _AREA_CODES else digits[1:3] if digits[1:3] in _AREA_CODES else digits[1:4]
    if not mobile:
        least, most = (10, 10) if code == "10" else (9, 10) if len(code) == 3 or not cut else (8, 10)
        if not least <= len(digits) <= most or code.startswith(_SPECIAL) or digits[len(code) + 1] == "0":
            return False
    # What costs more is asked of few.
    spelled = cut and len(signs) > 1 and "" in signs and max(number.sizes) == 1
    if spelled:
        cut = _sign_cut(number, len(digits))
    if cut and len(signs) > 1 and cut not in ((3, 4) if mobile else (len(code) + 1,)):
        return False
    before = _ANNOUNCED.sub("", number.before)
    if before[-1:].isalnum() or (max(number.sizes) in (1, 2, len(number.digits)) and _DECIMALS.search(before)):
        return False
    if mobile:
        return True
    if not abroad and (re.search(r"\w-\Z|\d[:/]\Z", before) or re.match(r"\w|[.,:]\d", number.behind)):
        return False
    single = max(number.sizes) == 1 and len(signs) == 1 and not re.search(r"\d[\W_]{0,3}\Z", before)
    if cut and cut != len(code) + 1 and not single:
        return False
    # Times and days are written with these: 08.30-09.30, 08/12 2026; with a row of dots they are not.
    doubtful = any(len(sign) < 3 and {".", ":", ","} & set(sign) for sign in signs)
    hours = re.fullmatch(r"(?:[01]\d|2[0-4]){4,}", number.digits) and max(number.sizes) == 2  # 08 12 16 20 00
    day = number.sizes == (2, 2, 4) and number.digits[-4:-2] in ("19", "20")
    return not day and not hours and not (doubtful and (max(number.sizes) <= 2 or len(signs) > 1))


# A day of the calendar, or of a samordningsnummer; what telephone numbers look like is said by where they begin.
_BORN = r"(?=(?:1[689]|20)?\d\d(?:0\d|1[0-2])(?:[0-2]\d|3[01]|[678]\d|9[01])\d{4})"
NUMBER_CHECKS: Mapping[str, Looks] = {
    "personnummer": Looks(re.compile(_BORN), _personnummer, groups_round=_GROUPS_ROUND),
    "payment_card": Looks(re.compile(f"(?={_CARD.pattern})"), _payment_card),
    "phone": Looks(re.compile(r"(?=0[1-9]\d{6}|\d{9})"), _phone),
}
