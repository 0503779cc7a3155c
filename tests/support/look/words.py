"""What a page says to its readers, as words: for tests that a page keeps to one language."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from services.gateway import pages
from services.gateway.pages.speech import english, swedish
from services.gateway.pages.speech.language import Both
from services.reports.taxonomy import CATEGORIES

_WORD = re.compile(r"[^\W\d_]{2,}")
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


def texts_of_pages() -> Iterator[tuple[str, Both[Any, Any]]]:
    """Every mapping of the pages' texts, by `module.NAME`."""
    for found in pkgutil.walk_packages(pages.__path__, f"{pages.__name__}."):
        if found.name.endswith(("words", "codes")):
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                if isinstance(value, Both):
                    yield f"{found.name}.{name}", value


def leaves_of(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """All texts in a mapping, however deep, by where they stand."""
    if isinstance(value, str):
        yield name, re.sub(r"\{\w*\}", " ", value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves_of(inner, f"{name}.{key}")
    else:
        for index, inner in enumerate(value):
            yield from leaves_of(inner, f"{name}.{index}")


def only_in(language: str) -> set[str]:
    """Words that the pages say in one of their languages and never in the other; in names of categories too."""
    words: dict[str, set[str]] = {"sv": set(), "en": set()}
    for _, both in texts_of_pages():
        for spoken, said in (("sv", both.sv), ("en", both.en)):
            for _, text in leaves_of(said):
                words[spoken] |= words_in(text)
    for spoken, module in (("sv", swedish), ("en", english)):
        words[spoken] |= words_in(" ".join((*module.MONTHS, *module.WEEKDAYS)))
    for category in CATEGORIES.values():
        for sv, en in ((category.sv, category.en), *category.subcategories.values()):
            words["sv"] |= words_in(sv)
            words["en"] |= words_in(en)
    other = "en" if language == "sv" else "sv"
    return words[language] - words[other]
