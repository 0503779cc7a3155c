"""The languages of the pages."""

from collections.abc import Callable

import pytest

from services.gateway.pages.speech.catalogues import Languages, read_languages
from services.gateway.pages.speech.language import speak

Speak = Callable[[str], None]


@pytest.fixture(scope="session")
def languages() -> Languages:
    """Those that the repository has."""
    return read_languages("sv")


@pytest.fixture
def speaking(languages: Languages) -> Speak:
    """Speak a language from here on; each test runs in a context of its own."""
    return lambda tag: speak(languages.known[tag])
