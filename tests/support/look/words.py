"""What a page says to its readers, as words: for tests that a page keeps to one language."""

import re
from html.parser import HTMLParser

from babel import Locale

from deploy.contracts import catalogues
from services.reports.taxonomy import CATEGORIES
from tests.support import ROOT

_WORD = re.compile(r"[^\W\d_]{2,}")
# What a text is given: `{n}`, `%(n)s`.
_ASKED = re.compile(r"\{\w*\}|%\(\w+\)s")
_SAID = ("aria-label", "title", "alt", "placeholder", "label")
_VOID = {"meta", "link", "input", "img", "br", "hr"}
# Not said in the page's language: code, and what stands in an element that names its own.
_SILENT = {"code", "pre", "style", "script"}


class _Reader(HTMLParser):
    """Collects what is read or heard of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = (self._open and self._open[-1]) or tag in _SILENT or ("lang" in given and tag != "html")
        if not silent:
            self.said += [value for name, value in attrs if name in _SAID and value]
        if tag not in _VOID:
            self._open.append(bool(silent))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1]):
            self.said.append(data)


def words_in(text: str) -> set[str]:
    """The words of a text, in small letters."""
    return {word.lower() for word in _WORD.findall(text)}


def words_on(page: str) -> set[str]:
    """The words that a page shows or has read aloud in its own language."""
    reader = _Reader()
    reader.feed(page)
    return words_in(" ".join(reader.said))


def texts_of_pages() -> dict[str, list[str]]:
    """Every text of the pages, in English and in Swedish, as it stands in the catalogue."""
    swedish = catalogues.read(ROOT / catalogues.LOCALE / "sv/LC_MESSAGES/samsyn.po")
    messages = [message for message in swedish if message.id]
    return {
        "en": [text for message in messages for text in catalogues.forms(message.id)],
        "sv": [text for message in messages for text in catalogues.forms(message.string)],
    }


def only_in(language: str) -> set[str]:
    """Words that the pages say in one of their languages and never in the other; in names of categories too."""
    words: dict[str, set[str]] = {"sv": set(), "en": set()}
    for spoken, texts in texts_of_pages().items():
        words[spoken] |= words_in(" ".join(_ASKED.sub(" ", text) for text in texts))
        locale = Locale.parse(spoken)
        for names in (locale.months["format"]["wide"], locale.days["format"]["wide"]):
            words[spoken] |= words_in(" ".join(names.values()))
    for category in CATEGORIES.values():
        for sv, en in ((category.sv, category.en), *category.subcategories.values()):
            words["sv"] |= words_in(sv)
            words["en"] |= words_in(en)
    other = "en" if language == "sv" else "sv"
    return words[language] - words[other]
