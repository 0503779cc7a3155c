"""What the service says of a file that is no file of areas, the page says in words."""

from collections.abc import Iterator
from typing import get_args

import pytest

from services.gateway.pages.areas.codes import OTHER_FORMS, OTHER_MAPS, why_unread
from services.gateway.pages.speech.catalogues import read_languages
from services.gateway.pages.speech.language import ENGLISH, speak
from services.reports.areas.domain import forms


@pytest.fixture(params=["en", "sv"])
def _spoken(request: pytest.FixtureRequest) -> Iterator[None]:
    """In each language."""
    speak(read_languages("sv").known[request.param])
    yield
    speak(ENGLISH)


@pytest.mark.usefixtures("_spoken")
def test_every_other_form_has_a_sentence() -> None:
    """Each of its own, and no form has one that the service does not know."""
    maps = set(get_args(forms.OtherMap))
    others = {each for part in get_args(forms.OtherForm) for each in get_args(part) or [part]}
    assert maps == set(OTHER_MAPS)
    assert others - maps == set(OTHER_FORMS)
    said = [why_unread("other-form", each) for each in sorted(others | maps)]
    assert len(set(said)) == len(said)
    assert why_unread("other-form", "strange") not in said


@pytest.mark.usefixtures("_spoken")
def test_a_busy_machine_does_not_blame_the_file() -> None:
    """Nor does what has no code say more than that the file cannot be read."""
    busy, late, odd = (why_unread(code, None) for code in ("not_in_time", "takes_too_long", "strange"))
    assert len({busy, late, odd}) == 3
