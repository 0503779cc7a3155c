"""Ids of requests: they stand in every log line, so none that a caller chose may be a word or somebody's number."""

import re
from collections.abc import Iterator

from shared.privacy.screening import screen

_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_FORM = re.compile(rf"(?=.*[A-Fa-f])(?:{_UUID}|[0-9A-Fa-f]{{16,64}})")
# Ten digits in a row anywhere, or ten and twelve in whole groups with letters between.
_IN_A_ROW = re.compile(r"(?=(\d\d[01]\d{7}))")
_IN_GROUPS = [re.compile(rf"(?<!\d)(?=((?:\d[A-Fa-f]*){{{more}}}\d)(?!\d))") for more in (9, 11)]
# A month, and a day or that of a samordningsnummer: few of all, and the screen takes its time.
_DATED = re.compile(r"(?:\d\d)?\d\d(?:0\d|1[0-2])(?:[0-2]\d|3[01]|[6-8]\d|9[01])\d{4}")
_LETTERS = str.maketrans("", "", "ABCDEFabcdef")


def is_request_id(wanted: str) -> bool:
    """Whether an id is a UUID, or 16 to 64 hexadecimal digits and not all of them decimal, that hides nobody's number.

    Hyphens and letters in it count as nothing: what could be a personnummer by the screen's rule is none of ours.
    """
    return _FORM.fullmatch(wanted) is not None and not any(
        hit.strength == "strong"
        for number in _numbers(wanted.replace("-", ""))
        if _DATED.fullmatch(number)
        for hit in screen(number)
    )


def _numbers(plain: str) -> Iterator[str]:
    yield from _IN_A_ROW.findall(plain)
    for groups in _IN_GROUPS:
        for found in groups.findall(plain):
            yield found.translate(_LETTERS)
