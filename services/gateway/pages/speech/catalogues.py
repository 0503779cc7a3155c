"""The languages there are: English, in which our texts are written, and one for each catalogue in a folder.

A catalogue is `<language>/LC_MESSAGES/samsyn.po`. It is compiled in memory when the gateway is built (0015): 10 to
20 ms for 520 texts, measured.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from services.gateway.languages import INSIDE, LOCALE, check_usual, tags
from services.gateway.pages.speech.language import ENGLISH, Language
from shared.settings import WrongSettings

# RFC 9110 §12.4.2: from 0 to 1, with at most three decimals.
_WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """The languages by their tags in small letters, and the municipality's own."""

    known: Mapping[str, Language]
    usual: Language

    def find(self, asked: str | None) -> Language | None:
        """The language of a tag such as `en` or `en-GB`; None where we do not speak it."""
        tag = (asked or "").strip().lower()
        return self.known.get(tag) or self.known.get(tag.partition("-")[0])

    def preferred(self, accept_language: str) -> Language:
        """The one of ours that a browser puts first (RFC 9110 §12.5.4).

        The municipality's where it names none of ours, or puts it beside others.
        """
        wishes: dict[Language, float] = {}
        for each in accept_language.split(","):
            tag, _, weight = each.partition(";")
            if (ours := self.find(tag)) is not None:
                wishes[ours] = max(wishes.get(ours, 0.0), _weight(weight))
        most = max(wishes.values(), default=0.0)
        first = [each for each, wish in wishes.items() if wish == most > 0]
        return self.usual if not first or self.usual in first else first[0]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    return float(value) if _WEIGHT.fullmatch(value.strip()) else 0.0


def read_languages(usual: str, *, folder: Path = LOCALE) -> Languages:
    """English and all that have a catalogue. Raises WrongSettings for a usual one that is none of them."""
    check_usual(usual, folder=folder)
    known = {tag.lower(): ENGLISH if tag == ENGLISH.tag else _read(tag, folder) for tag in tags(folder)}
    return Languages(known=known, usual=known[usual.lower()])


def _read(tag: str, folder: Path) -> Language:
    compiled = BytesIO()
    with (folder / tag.replace("-", "_") / INSIDE).open("rb") as file:
        write_mo(compiled, read_po(file, locale=tag.replace("-", "_")))
    compiled.seek(0)
    try:
        locale = Locale.parse(tag, sep="-")
    except UnknownLocaleError:
        raise WrongSettings(f"{tag} is no language that CLDR knows, but has a catalogue") from None
    return Language(tag=tag, locale=locale, texts=GNUTranslations(compiled))
