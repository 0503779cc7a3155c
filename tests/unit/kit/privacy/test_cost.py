"""What the screen does for each sign of the texts that cost it most: counted, since times say little on shared cores.

The texts repeat what was found worst among pairs of signs, and draw from few groups of digits and signs between them.
"""

import random
import sys
from collections.abc import Sequence
from types import FrameType

import pytest

from shared.privacy import screen

SIGNS = 4_000


def calls_per_sign(text: str) -> float:
    """How many functions of the screen are called for each sign; its rules' patterns are none."""
    count = 0

    def look(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event == "call" and "/shared/privacy/" in frame.f_code.co_filename

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        screen(text)
    finally:
        sys.setprofile(before)
    return count / len(text)


@pytest.mark.parametrize(
    "piece",
    ["⒈0", "+46=3=38", "²+", "12.", ",07", ".07", "202**", "202\xad", "½2", "%31⑴", "070%", "12**", "202<b>",
     "070-174 06 05 ", "811218-9876 ", "\u200b1", "&#49;", "-0a-punkt", "**\ufdfa", "9876 811218 ",
     "811218 och 9876 ", "sista 9876 a 18 dec 81 ", "skåp ABC 123 ", "0 7 0 - 1 7 4 ", "a#a."],
)  # fmt: skip
def test_what_repeats_itself_is_judged_once(piece: str) -> None:
    """Up to seven calls a sign, in all readings and rounds; judged anew each time it would be up to fifty."""
    assert calls_per_sign((piece * SIGNS)[:SIGNS]) < 7


@pytest.mark.parametrize(
    ("groups", "between"),
    [(["07"], "=½-"), (["08", "0", "00467", "070", "2"], ["⒈", ")", "**"]), (["0", "7"], "⑴/"),
     (["10", "07"], ["**", "⒈", "+"])],
)  # fmt: skip
def test_what_never_repeats_itself_is_refused_early(groups: Sequence[str], between: Sequence[str]) -> None:
    """Up to thirty calls a sign, where most groups may begin numbers of many kinds and lengths, read in four ways."""
    random_ = random.Random(1)
    text = "".join(random_.choice(groups) + random_.choice(between) for _ in range(SIGNS))[:SIGNS]
    assert calls_per_sign(text) < 30


def test_a_sign_that_holds_many_is_one() -> None:
    """U+FDFA stands for eighteen letters of another script: to the rules it is one foreign sign."""
    assert [hit.kind for hit in screen("811218\ufdfa9876")] == ["personnummer"]
