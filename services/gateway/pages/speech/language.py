"""Which language a page speaks: Swedish, unless the address, a cookie or the browser asks for English.

The language belongs to the request, so it is set once at the edge and everything said in that request follows it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Generic, Literal, ParamSpec, TypeVar
from urllib.parse import parse_qsl, urlencode

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")
COOKIE, KEPT_S = "samsyn_language", 31_536_000

_current: ContextVar[Language] = ContextVar("language", default="sv")
Key = TypeVar("Key")
Value = TypeVar("Value")
Said = ParamSpec("Said")


def language() -> Language:
    """The language of this request."""
    return _current.get()


def speak(chosen: Language) -> None:
    """Answer this request in that language."""
    _current.set(chosen)


def known(asked: str | None) -> Language | None:
    """A language that we speak, or None."""
    return next((each for each in LANGUAGES if each == asked), None)


def preferred(accept_language: str) -> Language:
    """The one of ours that a browser puts first (RFC 9110 §12.5.4); Swedish where it names neither, or both alike."""
    wishes: dict[Language, float] = {}
    for each in accept_language.split(","):
        tag, _, weight = each.partition(";")
        ours = known(tag.strip().lower().partition("-")[0])
        if ours is not None:
            wishes[ours] = max(wishes.get(ours, 0.0), _weight(weight))
    return "en" if wishes.get("en", 0.0) > wishes.get("sv", 0.0) else "sv"


def without_choice(address: str) -> str:
    """An address of ours that leaves the language as it is."""
    path, _, query = address.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "lang"]
    return f"{path}?{urlencode(kept)}" if kept else path


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


class Both(Mapping[Key, Value], Generic[Key, Value]):
    """The same words in both languages, under the same keys; what is looked up is in the language of the request."""

    def __init__(self, sv: Mapping[Key, Value], en: Mapping[Key, Value]) -> None:
        self.sv, self.en = sv, en

    def __getitem__(self, key: Key) -> Value:
        return (self.en if language() == "en" else self.sv)[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self.sv)

    def __len__(self) -> int:
        return len(self.sv)


def either(sv: Callable[Said, str], en: Callable[Said, str]) -> Callable[Said, str]:
    """A way of saying something in the language of the request."""

    def say(*args: Said.args, **kwargs: Said.kwargs) -> str:
        return (en if language() == "en" else sv)(*args, **kwargs)

    say.__name__ = sv.__name__
    return say


def label_key() -> str:
    """Under which name the services give a category's label in this language."""
    return f"label_{language()}"
