"""In which language a page speaks, and texts in it.

Texts stand in the code and the templates in English; a catalogue (`catalogues`) has them in another language. The
language belongs to the request, so it is set once at the edge and everything said in that request follows it.
"""

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from babel import Locale

COOKIE, KEPT_S = "samsyn_language", 31_536_000
# What every address may say.
CHOICE = "lang"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """A language that pages speak.

    `tag`: as BCP 47 writes it; `locale`: how it writes numbers and days (CLDR); `texts`: our texts in it.
    """

    tag: str
    locale: Locale
    texts: NullTranslations


# As it is written in Europe: days before months, 24 hours.
ENGLISH = Language(tag="en", locale=Locale("en", "GB"), texts=NullTranslations())

_current: ContextVar[Language] = ContextVar("language", default=ENGLISH)
Key = TypeVar("Key")
Marked = str | tuple[str, str]


def language() -> Language:
    """The language of this request."""
    return _current.get()


def speak(chosen: Language) -> None:
    """Answer this request in that language."""
    _current.set(chosen)


def gettext(text: str) -> str:
    """A text in the language of the request; the text itself where that has none for it."""
    return _current.get().texts.gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    """The text for a number of things, by the plural rule of the language."""
    return _current.get().texts.ngettext(one, many, n)


def pgettext(context: str, text: str) -> str:
    """A text that means several things, in the meaning named by `context`."""
    return _current.get().texts.pgettext(context, text)


def marked(text: str) -> str:
    """The text itself, marked for the catalogues: it is said later."""
    return text


def marked_in(context: str, text: str) -> tuple[str, str]:
    """A text and the context that tells its meaning, marked for the catalogues."""
    return context, text


def marked_plural(one: str, many: str) -> tuple[str, str]:
    """The texts for one and for several, marked for the catalogues."""
    return one, many


class Texts(Mapping[Key, str], Generic[Key]):
    """What codes are called, from marked texts; what is looked up is in the language of the request."""

    def __init__(self, texts: Mapping[Key, Marked]) -> None:
        self._texts = texts

    def __getitem__(self, key: Key) -> str:
        text = self._texts[key]
        return gettext(text) if isinstance(text, str) else pgettext(*text)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def without_choice(address: str) -> str:
    """An address of ours that leaves the language as it is."""
    path, _, query = address.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != CHOICE]
    return f"{path}?{urlencode(kept)}" if kept else path
