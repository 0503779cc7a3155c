"""The pages' words in two languages: none missing, none left in the other, numbers and days as each writes them."""

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.gateway.pages.reports.form_words import KINDS_EN
from services.gateway.pages.speech import english, saying, swedish
from services.gateway.pages.speech.language import Both, known, preferred, speak, without_choice
from shared.privacy import RULES
from tests.support.look.words import leaves_of, texts_of_pages

ALL = list(texts_of_pages())
# The same in both languages.
ALIKE = {
    "Samsyn",
    "API",
    "Text",
    "EST-möte",
    "system",
    "Format",
    "0",
    "Lägesbild",
    "Period",
    "Organisation",
    "{weekday} {hour}–{until}: {n}",
}
ZONE = ZoneInfo("Europe/Stockholm")


def places(text: str) -> set[str]:
    """What a text asks for: `{n}`, `{name}`."""
    return set(re.findall(r"\{\w*\}", text))


def raw(value: Any) -> list[str]:
    """All texts, as they stand."""
    if isinstance(value, str):
        return [value]
    return [text for inner in (value.values() if isinstance(value, dict) else value) for text in raw(inner)]


@pytest.mark.parametrize(("name", "both"), ALL, ids=[name for name, _ in ALL])
def test_no_text_is_missing_in_one_language(name: str, both: Both[Any, Any]) -> None:
    """The same keys, the same things asked for, no empty text, and nothing left untranslated."""
    sv, en = dict(leaves_of(both.sv)), dict(leaves_of(both.en))
    assert sv.keys() == en.keys()
    for swedish_text, english_text in zip(raw(both.sv), raw(both.en), strict=True):
        assert places(swedish_text) == places(english_text), swedish_text
        assert swedish_text.strip()
        assert english_text.strip()
    same = {text for text, other in zip(raw(both.sv), raw(both.en), strict=True) if text == other}
    assert same <= ALIKE, (name, same - ALIKE)


def test_every_kind_of_personal_data_has_an_english_name() -> None:
    """The screen's own labels are Swedish; the form says them in English too."""
    assert {rule.kind for rule in RULES} == KINDS_EN.keys()


def test_the_texts_follow_the_language_of_the_request() -> None:
    """A mapping in both languages, and a way of saying a number."""
    both = Both({"a": "ett"}, {"a": "one"})
    speak("en")
    assert (both["a"], dict(both), saying.number(1234.5, decimals=1)) == ("one", {"a": "one"}, "1,234.5")
    speak("sv")
    assert (both["a"], saying.number(1234.5, decimals=1)) == ("ett", "1\u00a0234,5")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "sv"), ("sv-SE,sv;q=0.9,en;q=0.8", "sv"), ("en-GB,en;q=0.9", "en"), ("de,en;q=0.3", "en"),
        ("en;q=0.5, sv;q=0.7", "sv"), ("en,sv", "sv"), ("*", "sv"), ("fi", "sv"), ("en;q=0", "sv"), ("en;q=x", "sv"),
        ("EN-us", "en"), (";;,,q=1", "sv"),
    ],
)  # fmt: skip
def test_swedish_unless_the_browser_prefers_english(accept: str, chosen: str) -> None:
    """Accept-Language by its weights; alike is Swedish."""
    assert preferred(accept) == chosen


def test_a_choice_is_one_of_ours_and_leaves_no_trace_in_an_address() -> None:
    """`lang=` is dropped, all else stays."""
    assert [known(each) for each in ("sv", "en", "de", "", None)] == ["sv", "en", None, None, None]
    assert without_choice("/?area=01&lang=en&order=count") == "/?area=01&order=count"
    assert without_choice("/reports?lang=en") == "/reports"
    assert without_choice("/reports?words=a%26b&status=") == "/reports?words=a%26b&status="


def test_english_numbers_days_and_times() -> None:
    """Decimal point, commas between thousands; days before months; the 24-hour clock."""
    at, noon = datetime(2026, 11, 28, 18, 30, tzinfo=UTC), date(2026, 11, 28)
    assert (english.number(-1234567.891, decimals=2), english.mean(None)) == ("\u22121,234,567.89", "–")
    assert [english.reports(n) for n in (None, 0, 1, 2)] == [
        "a hidden number of reports", "0 reports", "1 report", "2 reports",
    ]  # fmt: skip
    assert english.moment(at, zone=ZONE, today=noon) == "today at\u00a019:30"
    assert english.time_span(at, at.replace(hour=23, minute=0), zone=ZONE) == (
        "Saturday 28\u00a0November at\u00a019:30 – Sunday 29\u00a0November at\u00a000:00"
    )
    assert english.span(date(2026, 11, 16), date(2026, 11, 29)) == "16–29\u00a0November 2026"
    assert english.weeks(date(2026, 11, 16), date(2026, 11, 29)) == "weeks\u00a047–48"
    assert english.away(12_400, 140) == "12\u00a0km to the south-east"
    assert (english.position(63.1765, 14.64), swedish.position(63.1765, 14.64)) == (
        "63.17650, 14.64000", "63,17650 ; 14,64000",
    )  # fmt: skip
    assert [english.short_weekday(0), swedish.short_weekday(6)] == ["Mon", "sön"]
