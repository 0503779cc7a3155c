"""Which languages there are, which one is chosen, and that no text is missing in one of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.contracts import catalogues
from services.gateway.languages import tags
from services.gateway.pages.reports.refusals import LABELS
from services.gateway.pages.speech.catalogues import Languages, read_languages
from services.gateway.pages.speech.codes import STATUS, label
from services.gateway.pages.speech.language import without_choice
from shared.privacy import RULES
from shared.settings import WrongSettings
from tests.support import ROOT
from tests.support.look.words import texts_of_pages

# The same in both languages.
ALIKE = {
    "Windows", "Macintosh", "DOS", "UTF-8",
    "API", "Text", "text", "system", "Lägesbild", "Period", "Organisation", "Status", "Festival", "Demonstration",
    "GeoJSON", "GeoPackage", "2026-11-20T21:30:00+01:00 (ISO 8601)",
}  # fmt: skip


def test_no_text_is_missing_or_left_untranslated() -> None:
    """Every text has its Swedish, filled in as its English is; few are the same in both."""
    assert catalogues.faults(ROOT) == []
    texts = texts_of_pages()
    assert len(texts["sv"]) == len(texts["en"]) > 450
    same = {en for en, sv in zip(texts["en"], texts["sv"], strict=True) if en == sv}
    assert {text for text in same if not text.startswith("{")} == ALIKE


def test_every_kind_of_personal_data_has_a_name(speaking: Callable[[str], None]) -> None:
    """Those of the screen's own rules, in Swedish word for word as these have them."""
    speaking("sv")
    named = {f"{rule.strength}_{rule.kind}": rule.label for rule in RULES}
    named |= {f"{each.strength}_{each.kind}": each.label for rule in RULES for each in rule.instead}
    assert dict(LABELS) == named
    speaking("en")
    assert LABELS["weak_phone"] == "a telephone number"


def test_codes_follow_the_language_of_the_request(speaking: Callable[[str], None]) -> None:
    """Names of codes are looked up when they are said."""
    speaking("en")
    assert (STATUS["accepted"], dict(STATUS)["question"]) == ("accepted", "question asked")
    speaking("sv")
    assert (STATUS["accepted"], STATUS.get("none", "")) == ("godkänd", "")


def test_a_category_in_a_language_that_the_taxonomy_lacks(speaking: Callable[[str], None]) -> None:
    """In English then, else in Swedish."""
    speaking("sv")
    assert label({"label_sv": "Buller", "label_en": "Noise"}) == "Buller"
    assert label({"label_en": "Noise", "label_fi": "Melu"}) == "Noise"
    speaking("en")
    assert label({"label_sv": "Buller"}) == "Buller"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "sv"), ("sv-SE,sv;q=0.9,en;q=0.8", "sv"), ("en-GB,en;q=0.9", "en"), ("de,en;q=0.3", "en"),
        ("en;q=0.5, sv;q=0.7", "sv"), ("en,sv", "sv"), ("*", "sv"), ("fi", "sv"), ("en;q=0", "sv"), ("en;q=x", "sv"),
        ("EN-us", "en"), (";;,,q=1", "sv"),
    ],
)  # fmt: skip
def test_what_the_browser_puts_first(accept: str, chosen: str, languages: Languages) -> None:
    """Accept-Language by its weights; alike, or none of ours, is the municipality's."""
    assert languages.preferred(accept).tag == chosen


@pytest.mark.parametrize(("accept", "chosen"), [("", "en"), ("fi", "en"), ("en,sv", "en"), ("sv,en;q=0.9", "sv")])
def test_an_english_municipality(accept: str, chosen: str) -> None:
    """Its language is the one where nobody asks for another."""
    assert read_languages("en").preferred(accept).tag == chosen


def test_a_language_there_is_not_stops_the_start() -> None:
    """A sentence names the setting and those there are."""
    with pytest.raises(WrongSettings, match=r"^MUNICIPALITY_LANGUAGE is none of the languages of the pages: en, sv$"):
        read_languages("fi")


def test_a_catalogue_that_cldr_does_not_know_stops_the_start(tmp_path: Path) -> None:
    """A folder of a made-up name holds no language."""
    folder = tmp_path / "xq" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "samsyn.po").write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n')
    with pytest.raises(WrongSettings, match="xq is no language"):
        read_languages("en", folder=tmp_path)
    assert tags() == ["en", "sv"]


def test_a_choice_is_one_of_ours_and_leaves_no_trace_in_an_address(languages: Languages) -> None:
    """`lang=` is dropped, all else stays."""
    found = [languages.find(each) for each in ("sv", "en", "en-GB", "de", "", None)]
    assert [each and each.tag for each in found] == ["sv", "en", "en", None, None, None]
    assert without_choice("/?area=01&lang=en&order=count") == "/?area=01&order=count"
    assert without_choice("/reports?lang=en") == "/reports"
    assert without_choice("/reports?words=a%26b&status=") == "/reports?words=a%26b&status="
