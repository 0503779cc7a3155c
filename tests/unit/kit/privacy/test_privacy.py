"""The personal-data screen: every rule keeps to its own examples, and says what it found without repeating it."""

import time

import pytest

from shared.privacy import RULES, PersonalData, Rule, check_texts, mask, screen
from shared.privacy.table import TABLE


@pytest.mark.parametrize(
    ("rule", "text"),
    [(rule, text) for rule in RULES for text in rule.hits],
    ids=lambda value: getattr(value, "kind", None),
)
def test_a_rule_finds_its_examples(rule: Rule, text: str) -> None:
    """The examples in the table are found, as the kind that the rule names."""
    assert rule.kind in {hit.kind for hit in screen(f"Vid torget, {text}\nSlut.")}


@pytest.mark.parametrize("text", [text for rule in RULES for text in rule.misses])
def test_what_only_looks_like_it_is_let_through(text: str) -> None:
    """Organisation numbers, case numbers, times, coordinates, models: no hits of any rule."""
    assert screen(text) == []


@pytest.mark.parametrize(
    "written",
    [
        "８１１２１８-９８７６",
        "811218\u20139876",
        "811218\u22129876",
        "8\u200b11218-98\u200b76",
        "811218\u00a09876",
        "19811218\u20119876",
        "81\u00ad1218-9876",
        "(811218-9876)",
        "pnr:8112189876.",
        "811218ー9876",
        "8112\u316418\u28009\u115f876",
        "⁸¹¹²¹⁸-⁹⁸⁷⁶",
        "❽❶❶❷❶❽-❾❽❼❻",
        "8️⃣1️⃣1️⃣2️⃣1️⃣8️⃣-9876",
        "811218&#45;987&#54;",
        "811218&amp;ndash;9876",
        "811218%2D9876",
        "81/12-18.9876",
        "1981.12/18 - 9876",
        "81<b>1218</b>-9876",
        "811218\u200b-\x1f9876",
        "8\u03361\u03361\u03362\u03361\u03368-9876",
    ],
)
def test_disguised_numbers_are_found_where_they_stand(written: str) -> None:
    """Full-width digits, odd dashes, invisible characters: found, and the position is that in the text as sent."""
    text = f"ab {written} cd"
    hits = screen(text)
    assert [hit.kind for hit in hits] == ["personnummer"]
    assert mask(text, hits).strip(" abcd(:.pnr)") == "[struket: personnummer eller samordningsnummer]"
    assert text[: hits[0].start].startswith("ab ")


@pytest.mark.parametrize(
    "uuid",
    [
        "51419181-4749-4159-bcec-40faeb8ffce2",
        "73a67bd0-19b3-4085-b420-4d1512274737",
        "d50f7a36cd92470aa19bb4203162146b",
        "4ADBB802879E4530927552625431EAA2",
    ],
)
def test_digits_within_a_uuid_are_no_number_and_those_beside_it_are(uuid: str) -> None:
    """Systems send UUIDs as references, and one in 10,000 holds digits that pass for a personnummer or a card."""
    assert screen(f"ref {uuid}") == []
    assert [hit.kind for hit in screen(f"{uuid} 811218-9876")] == ["personnummer"]
    assert [hit.kind for hit in screen(f"811218-9876 {uuid}")] == ["personnummer"]


def test_digits_alone_are_no_uuid() -> None:
    """Thirty-two digits may be numbers written one after the other."""
    assert screen("19811218-9876-4811-2189-876198112189") != []


def test_a_refusal_says_field_kind_and_place_and_never_the_match() -> None:
    """The error names /text, the kind and the characters; the number is nowhere in it."""
    with pytest.raises(PersonalData) as refused:
        check_texts({"/text": "Killen 811218-9876 var där"}, confirmed=True)
    said = f"{refused.value.detail} {refused.value.errors}"
    assert "characters 8 to 18" in said
    assert "9876" not in said
    assert refused.value.errors[0].code == "strong_personnummer"


def test_every_kind_has_an_english_name() -> None:
    """What a rule strikes out by a Swedish word is told in the API's language, and nothing else is named there."""
    labels = {rule.label for rule in RULES} | {each.label for rule in RULES for each in rule.instead}
    assert set(TABLE["english"]) == labels


def test_weak_kinds_pass_when_confirmed_and_are_named() -> None:
    """A phone number asks for confirmation; with it the kinds are returned for the record."""
    texts = {"/text": "Ring växeln 063-12 34 56"}
    with pytest.raises(PersonalData) as refused:
        check_texts(texts, confirmed=False)
    assert refused.value.errors[0].detail.startswith("Looks like a telephone number, characters 13 to 24.")
    assert "confirmed_no_personal_data" in refused.value.errors[0].detail
    assert check_texts(texts, confirmed=True) == [("/text", "phone")]
    assert check_texts({"/text": None}, confirmed=False) == []


def test_codes_are_no_plates_and_all_else() -> None:
    """In a code only plates do not count: a telephone number there is refused like anywhere."""
    assert check_texts({"/code": "ABC123"}, confirmed=False, codes=("/code",)) == []
    with pytest.raises(PersonalData):
        check_texts({"/code": "070-174 06 05"}, confirmed=False, codes=("/code",))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fotnot 811218-9876² här", "811218-9876"),
        ("rum 3\u200b811218-9876", "811218-9876"),
        ("12&nbsp;811218-9876", "811218-9876"),
        ("<a 811218-9876>", "811218-9876"),
    ],
)
def test_what_is_taken_out_hides_nothing(text: str, found: str) -> None:
    """High digits, invisible signs and tags beside a number: taken out alone they would join it to what is there."""
    assert found in [text[hit.start : hit.end] for hit in screen(text) if hit.strength == "strong"]


@pytest.mark.parametrize(
    "written",
    ["0701740605", "070-174 06 05", "070 174 06 05", "0701-74 06 05", "07 01 74 06 05", "070.174.06.05",
     "+46 70 174 06 05", "+46(0)70-174 06 05", "0046701740605", "0 7 0 1 7 4 0 6 0 5", "070-1740605",
     "Hösten 2026 070 819 61 61", "070 1740 605"],
)  # fmt: skip
def test_a_mobile_number_is_a_weak_kind(written: str) -> None:
    """However it is grouped: its digits may pass for a samordningsnummer, and its sender may still confirm it."""
    assert [(hit.kind, hit.strength) for hit in screen(written)] == [("phone", "weak")]


@pytest.mark.parametrize(
    "text",
    ["SOS 112", "BRF 123", "Per Albin Hanssons väg", "Edward Street", "Jack Hammering", "Ring SOS 112 nu", "Brf 123",
     "hus 12, 14, 16, 18 och 20", "20.11.26-25.11.26", "2026-11-20 / 2026-11-25", "E 811218.9876 N 7005304.1234",
     "63.1205, 14.6412", "Mark Twain Street", "TCO 123", "11.08.2009 20.16", "1998-11-20 16:30",
     "2026-11-20T16:30:15+01:00"],
)  # fmt: skip
def test_ordinary_words_and_numbers_pass(text: str) -> None:
    """Abbreviations before numbers, streets named after persons, English, periods, points: no hits."""
    assert screen(text) == []


@pytest.mark.parametrize(
    "piece",
    ["Killen 811218-9876 kom ", "070-174 06 05 ", "1 ", "0 ", "4 ", "a", "A-", "a.a@", "a at a ", "Aa ", "ABC 1", "12.",
     "&#49;", "%31", "<b ", "1\u200b", "&amp;", "6123456 ", "abcdef01-", "heter Aa ", "född 81", ". ", "²",
     "sista 1 a ", "k 811218 ", "1 dec 81 ", "#a.a", "skåp ABC 12 ", "pub Anna Aa "],
)  # fmt: skip
def test_time_grows_with_the_length(piece: str) -> None:
    """Eight times the text takes about eight times as long, whatever it repeats; by the square it would be 64 times."""

    def seconds(signs: int) -> float:
        text = (piece * signs)[:signs]
        begin = time.process_time()
        screen(text)
        return time.process_time() - begin

    short = min(seconds(1_000) for _ in range(3))
    assert min(seconds(8_000) for _ in range(2)) < 25 * max(short, 0.0005)
