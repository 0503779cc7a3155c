"""The pages' texts in other languages: catalogues kept in step with the code, and what is wrong with them.

`make contracts` extracts the texts of code and templates and brings every `.po` up to date: new texts come without a
translation, and what no page says any more stays at the end of the file, marked `#~`, for the translator to use or to
delete. `make check` fails until neither is left.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from gettext import c2py
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import PoFileError, read_po, write_po
from jinja2.ext import babel_extract

PAGES = Path("services/gateway/pages")
LOCALE = PAGES / "locale"
# What marks a text, and which of its arguments are texts ("c": the context).
_MARKS: Mapping[str, Any] = {
    "_": None, "gettext": None, "marked": None, "ngettext": (1, 2), "marked_plural": (1, 2),
    "pgettext": ((1, "c"), 2), "marked_in": ((1, "c"), 2),
}  # fmt: skip
_OPTIONS: Mapping[str, tuple[Any, Mapping[str, str]]] = {
    ".py": ("python", {}),
    ".html": (babel_extract, {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}),
}
_HEADER = "# The texts of the pages. `make contracts` keeps them in step with the code; translations are people's."
# What changes with the day and the version of the tool, and means nothing here.
_PASSING = re.compile(
    r'^"(?:Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team'
    r"|Generated-By): .*\n",
    re.MULTILINE,
)
_FILE = Path("LC_MESSAGES", "samsyn.po")
_LINE = re.compile(r'\s*|#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) )?"(?:[^"\\]|\\.)*"')
_HEAD = re.compile(r'^"([A-Za-z-]+): (.*)\\n"$', re.MULTILINE)
_ENTRY = re.compile(r'^(?:msgctxt (?:".*"\n)+)?msgid (?:".*"\n)+', re.MULTILINE)
_QUOTED = re.compile(r'^(?:\w+ )?"(.*)"$', re.MULTILINE)
_NAMED = re.compile(r"%\((\w+)\)s|(?<!\{)\{(\w+)\}")


def texts(root: Path) -> Catalog:
    """The texts of all pages, by the files that say them."""
    found = Catalog(charset="utf-8")
    for path in sorted(each for each in (root / PAGES).rglob("*") if each.suffix in _OPTIONS):
        method, options = _OPTIONS[path.suffix]
        name = path.relative_to(root / PAGES).as_posix()
        for line, text, _comments, context in extract(method, BytesIO(path.read_bytes()), _MARKS, options=options):
            found.add(text, locations=[(name, line)], context=context)
    return found


def catalogues(root: Path) -> dict[Path, str]:
    """Every catalogue as it would be written now, by path from the root of the repository."""
    wanted = texts(root)
    return {path: _updated(root / path, wanted) for path in _paths(root)}


def _paths(root: Path) -> list[Path]:
    return sorted(path.relative_to(root) for path in (root / LOCALE).glob("*/LC_MESSAGES/*.po"))


def read(path: Path) -> Catalog:
    """A catalogue as it stands in its file, which `unreadable` has nothing against."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def unreadable(root: Path) -> list[str]:
    """Why catalogues cannot be read at all: a sentence for each, with the line where there is one.

    Looked at first, since what reads catalogues takes a broken line for a text that ends there.
    """
    found = [
        f"{folder.relative_to(root)}: no {_FILE} in it"
        for folder in sorted((root / LOCALE).iterdir())
        if folder.is_dir() and not (folder / _FILE).exists()
    ]
    return found + [f"{path}: {why}" for path in _paths(root) for why in _unread(root / path)]


def _unread(path: Path) -> Iterator[str]:
    tag = path.parts[-3]
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        Locale.parse(tag)
        c2py(read(path).plural_expr)  # read only when the first plural is said
    except UnicodeDecodeError:
        yield "is not written in UTF-8"
        return
    except (ValueError, UnknownLocaleError, PoFileError) as error:
        yield f"cannot be read ({error})"
        return
    for number, line in enumerate(lines, start=1):
        if _LINE.fullmatch(line) is None:
            yield f"line {number} is none of a catalogue; is a quotation mark missing?"
    said = dict(_HEAD.findall("\n".join(lines))).get("Language")
    if said != tag:
        yield f"says that its language is {said}, and lies in the folder of {tag}"
    entries = Counter(_ENTRY.findall("\n".join(lines) + "\n"))
    for entry in (each for each, times in entries.items() if times > 1):
        yield f"has a text twice: '{''.join(_QUOTED.findall(entry))}'"


def _updated(path: Path, wanted: Catalog) -> str:
    catalogue = read(path)
    catalogue.update(wanted, no_fuzzy_matching=True)
    catalogue.header_comment, catalogue.fuzzy = _HEADER, False
    for message in catalogue:
        # Where a text stands changes with every line above it.
        message.locations = sorted({(name, None) for name, _ in message.locations})  # type: ignore[misc]
    written = BytesIO()
    write_po(written, catalogue, width=120, sort_by_file=True, include_lineno=False)
    return _PASSING.sub("", written.getvalue().decode())


def faults(root: Path) -> list[str]:
    """What is wrong with the catalogues: a sentence for each text that a reader would miss or see broken."""
    wanted = texts(root)
    return [f"{path}: {fault}" for path in _paths(root) for fault in _faults(read(root / path), wanted=wanted)]


def _faults(catalogue: Catalog, *, wanted: Catalog) -> Iterator[str]:
    for message in wanted:
        known = catalogue.get(message.id, message.context) if message.id else message
        if message.id and (known is None or not all(forms(known.string))):
            yield f"not translated: {_shown(message)}"
    for message in catalogue:
        if message.id and message.fuzzy:
            yield f"fuzzy: {_shown(message)}"
        if message.id and all(forms(message.string)) and (why := _broken(message)):
            yield f"{why}: {_shown(message)}"
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"no page says it: {_shown(message)}"
    for message in catalogue.obsolete.values():
        yield f"obsolete, no page says it: {_shown(message)}"


def _broken(message: Message) -> str | None:
    """Why a translation cannot take what its text is given."""
    asked = [_asked(text) for text in forms(message.id)]
    for text in forms(message.string):
        # One form of a plural may do without the number, as in `the only report`.
        given = _asked(text)
        if given not in asked and not (len(asked) > 1 and asked[0] <= given <= asked[-1]):
            return "other placeholders than its text"
        for fill in _fillings(message):
            try:
                fill(text)
            except (ValueError, TypeError, KeyError, IndexError):
                return "a placeholder that cannot be filled in"
    return None


def _fillings(message: Message) -> Iterator[Callable[[str], object]]:
    """How the places that say a text fill it in."""
    names = {first or second: "x" for text in forms(message.id) for first, second in _NAMED.findall(text)}
    if any(name.endswith(".html") for name, _ in message.locations):
        yield lambda text: text % names
    if names and any(name.endswith(".py") for name, _ in message.locations):
        yield lambda text: text.format_map(names)


def _asked(text: str) -> set[str]:
    """What a text is to be given, as it is written: `{n}` or `%(n)s`."""
    return {found[0] for found in _NAMED.finditer(text)}


def forms(text: Any) -> tuple[str, ...]:
    """A text, or all forms of one that has a plural."""
    return (text,) if isinstance(text, str) else tuple(text)


def _shown(message: Message) -> str:
    return repr(forms(message.id)[0])
