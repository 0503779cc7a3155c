"""The personal-data screen on whatever people may write: what it finds, what it lets pass, and that it never breaks."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.privacy import mask, screen
from shared.privacy.screening import in_any_reading
from tests.support import ROOT
from tests.support.make.lookalikes import LOOKALIKES, lookalike
from tests.support.make.personal_data import (
    DASHES,
    INVISIBLE,
    email,
    iban,
    luhn_digit,
    personnummer,
    phone,
    planted,
    plate,
)
from tests.support.make.planting import LEAST, is_found, planted_in
from tests.support.make.written_forms import FORMS

INCIDENTS = (ROOT / "tests/support/make/incidents.txt").read_text(encoding="utf-8").splitlines()

everybody = st.builds(lambda seed: personnummer(random.Random(seed)), st.integers(0, 2**32))
# But for those whose number may begin with a day of these years, and end in a time of the day.
numbers = everybody.filter(lambda number: not 20 <= int(number[2:4]) <= 29)
# Pieces of what the rules look for, so that their edges meet.
pieces = st.one_of(
    st.text(max_size=20),
    numbers,
    st.sampled_from(
        ["811218-9876", "070-174 06 05", "ABC 123", "a@example.org", "mvh ", "heter ", "Anna ", "född ", "pnr "]
    ),
    st.sampled_from(["%", "=", "&", "&#", "&amp;", "\\u", "\\x", "25", "3", "\u0663", ";", "<b", ">", "{", "\x1b["]),
    st.sampled_from([" ", "-", "\n", "\u200b", "\u2013", ".", ",", "\ud800", "8\ufe0f\u20e3", "\U0001d7d8"]),
)
texts = st.lists(pieces, max_size=12).map("".join)


@given(
    number=numbers,
    dash=st.sampled_from(DASHES),
    signs=st.lists(st.sampled_from(INVISIBLE), max_size=6),
    seed=st.integers(),
)
def test_a_disguised_number_is_found_where_it_stands(number: str, dash: str, signs: list[str], seed: int) -> None:
    """Any dash, and invisible signs at any place between: found whole, and nothing of it left by the mask."""
    form, random_ = f"{number[2:8]}{dash}{number[8:]}", random.Random(seed)
    for sign in signs:
        place = random_.randrange(1, len(form))
        form = form[:place] + sign + form[place:]
    hits = screen(f"På {form} där")
    assert [(hit.start, hit.end) for hit in hits if hit.strength == "strong"] == [(3, 3 + len(form))]
    assert not any(sign.isdigit() for sign in mask(f"På {form} där", hits))


@given(number=numbers, wrong=st.integers(1, 9))
def test_a_wrong_check_digit_is_no_personnummer(number: str, wrong: int) -> None:
    """One digit off: no strong hit."""
    last = str((int(number[-1]) + wrong) % 10)
    assert not [hit for hit in screen(f"{number[2:8]}-{number[8:11]}{last}") if hit.strength == "strong"]


@given(middle=st.integers(0, 10**6), first=st.sampled_from("2556789"), third=st.integers(2, 9))
def test_organisation_numbers_pass(middle: int, first: str, third: int) -> None:
    """Their third digit is 2 or more: a month that no person was born in."""
    nine = f"{first}0{third}{middle:06}"[:9]
    assert screen(f"Bolaget, {nine[:6]}-{nine[6:]}{luhn_digit(nine)}, har bytt lås") == []


@given(texts)
@example("")
@example("mvh Aa ")
@example("\ud800 811218-9876")
@example("%\u06631 =\u0663\u0663 \\u\u06631\u0663\u0663 &#\u0663;")  # digits of another script make no escape
def test_hits_lie_in_the_text_in_order_and_apart(text: str) -> None:
    """Whatever the text: hits in order, within it, none over another, and the mask leaves nothing strong behind."""
    hits = screen(text)
    ends = [0, *(hit.end for hit in hits)]
    assert all(end <= hit.start < hit.end <= len(text) for end, hit in zip(ends, hits, strict=False))
    assert not [hit for hit in screen(mask(text, hits)) if hit.strength == "strong"]


def test_numbers_in_written_forms_are_found() -> None:
    """At least 99 of 100; 100,000 of them are tried by `make bench`."""
    random_, missed = random.Random(1), []
    for _ in range(3_000):
        text = planted(personnummer(random_), random_)
        if not any(hit.start <= text.start and text.end <= hit.end for hit in screen(text.text)):
            missed.append(text.text)
    assert len(missed) <= 30, missed[:5]


@pytest.mark.parametrize("make", [phone, plate, email, iban])
def test_other_kinds_are_found(make: object) -> None:
    """In the forms people use, at least 97 of 100; plates that read as a short word or a model pass."""
    random_ = random.Random(2)
    assert callable(make)
    forms = [make(random_) for _ in range(500)]
    assert sum(bool(screen(f"Uppgift: {form} enligt lapp")) for form in forms) >= 485


@pytest.mark.parametrize("kind", LOOKALIKES)
def test_lookalikes_pass(kind: str) -> None:
    """Numbers of organisations and cases, coordinates, times, models: no alarm."""
    random_ = random.Random(3)
    assert [text for _ in range(500) if screen(text := lookalike(kind, random_))] == []


def test_invented_incidents_pass() -> None:
    """More than 200 texts as partners write them, full of numbers, and nothing of any person."""
    assert len(INCIDENTS) > 200
    assert {text: screen(text) for text in INCIDENTS if screen(text)} == {}


@pytest.mark.parametrize(("kind", "least"), [*LEAST.items()])
def test_every_written_form_is_found(kind: str, least: float) -> None:
    """Each form of a kind twice, in sentences; `make bench ONLY=privacy` tries each of them 40 times."""
    found = [is_found(planted_in(form, random.Random(f"{form.name} {n}"))) for form in FORMS if form.kind == kind
             for n in range(2)]  # fmt: skip
    assert len(found) >= 120
    assert sum(found) >= least * len(found)


@given(st.text("0123456789 ./:-AbKmr", max_size=24) | numbers.map(lambda number: f"BRF-{number[2:]}"))
@example("mvh Anna Karlsson")
@example("070-174 06 05")
def test_a_bare_code_is_screened_as_any_text(text: str) -> None:
    """What no rule can break by its shape is let pass at once; what the rules find in all others stays the same."""
    assert screen(text) == in_any_reading(text)
