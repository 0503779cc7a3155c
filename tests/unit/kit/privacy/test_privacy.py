"""The personal-data screen: every rule keeps to its own examples, and says what it found without repeating it."""

import pytest

from shared.privacy import RULES, PersonalData, Rule, check_texts, mask, screen


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
    ],
)
def test_disguised_numbers_are_found_where_they_stand(written: str) -> None:
    """Full-width digits, odd dashes, invisible characters: found, and the position is that in the text as sent."""
    text = f"ab {written} cd"
    hits = screen(text)
    assert [hit.kind for hit in hits] == ["personnummer"]
    assert not any(sign.isdigit() for sign in mask(text, hits))
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


def test_weak_kinds_pass_when_confirmed_and_are_named() -> None:
    """A phone number asks for confirmation; with it the kinds are returned for the record."""
    texts = {"/text": "Ring växeln 063-12 34 56"}
    with pytest.raises(PersonalData):
        check_texts(texts, confirmed=False)
    assert check_texts(texts, confirmed=True) == [("/text", "phone")]
    assert check_texts({"/text": None}, confirmed=False) == []
