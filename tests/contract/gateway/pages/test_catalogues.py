"""The pages' catalogues: what is wrong with one is named, what is new or gone is brought in by `make contracts`."""

import ast
import shutil
from pathlib import Path

import pytest

from deploy.contracts import catalogues
from tests.support import ROOT

SWEDISH = catalogues.LOCALE / "sv/LC_MESSAGES/samsyn.po"
PLURAL = 'msgstr[0] "{n} rapport"\nmsgstr[1] "{n} rapporter"'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the pages."""
    shutil.copytree(ROOT / catalogues.PAGES, tmp_path / catalogues.PAGES, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def change(root: Path, path: Path, old: str, new: str) -> None:
    """Put something else in the place of a text that stands in a file."""
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new, 1))


def test_the_catalogues_are_current_and_whole(root: Path) -> None:
    """As they are committed."""
    assert catalogues.faults(root) == []
    assert catalogues.catalogues(root) == {SWEDISH: (ROOT / SWEDISH).read_text()}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('msgstr "Logga ut"', 'msgstr ""', "not translated: 'Sign out'"),
        ('msgid "Sign out"', '#, fuzzy\nmsgid "Sign out"', "fuzzy: 'Sign out'"),
        (PLURAL, PLURAL.replace("{n} rapporter", ""), "not translated: '{n} report'"),
        (PLURAL, PLURAL.replace("{n} rapporter", "{m} rapporter"), "other placeholders than its text: '{n} report'"),
        ('msgstr "kl.\u00a0{time}"', 'msgstr "kl."', "other placeholders than its text: 'at\\xa0{time}'"),
        ('msgstr "Den räknas i %(area)s."', 'msgstr "Den räknas i {area}."', "other placeholders than its text"),
        ('msgstr "Den räknas i %(area)s."', 'msgstr "Den räknas till 100 % i %(area)s."', "cannot be filled in"),
        ('msgstr "Logga ut"', 'msgstr "Logga ut till 100 %"', "a placeholder that cannot be filled in: 'Sign out'"),
        ('msgstr "{n} väntas"', 'msgstr "{n väntas"', "'{n} expected'"),
    ],
)
def test_what_is_wrong_is_named(root: Path, old: str, new: str, said: str) -> None:
    """Missing, fuzzy, or with placeholders that do not agree: one sentence with the text."""
    change(root, SWEDISH, old, new)
    (fault,) = catalogues.faults(root)
    assert fault.startswith(f"{SWEDISH}: ")
    assert said in fault


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('msgstr "Innehåll"', 'msgstr "Innehåll', "line {line} is none of a catalogue; is a quotation mark missing?"),
        ('msgstr "Innehåll"', 'msgstrr "Innehåll"', "line {line} is none of a catalogue"),
        ('msgid "API"\n', 'msgid "Contents"\nmsgstr "Innehållet"\n\nmsgid "API"\n', "has a text twice: 'Contents'"),
        ("Language: sv", "Language: de", "says that its language is de, and lies in the folder of sv"),
        ("plural=(n != 1)", "plural=(n !=!= 1)", "cannot be read"),
    ],
)
def test_a_catalogue_that_cannot_be_read_is_named(root: Path, old: str, new: str, said: str) -> None:
    """Before anything is made of it: what reads it would take a lost quotation mark for a lost letter."""
    line = (root / SWEDISH).read_text().partition(old)[0].count("\n") + 1
    change(root, SWEDISH, old, new)
    (fault,) = catalogues.unreadable(root)
    assert fault.startswith(f"{SWEDISH}: ")
    assert said.format(line=line) in fault


def test_files_that_are_no_catalogue_are_named(root: Path) -> None:
    """Another encoding, an empty folder, a language that nobody knows."""
    assert catalogues.unreadable(root) == []
    text = (root / SWEDISH).read_text()
    (root / SWEDISH).write_bytes(text.encode("latin-1", "replace"))
    (root / catalogues.LOCALE / "nb").mkdir()
    unknown = root / catalogues.LOCALE / "klingon" / "LC_MESSAGES"
    unknown.mkdir(parents=True)
    (unknown / "samsyn.po").write_text(text)
    found = " ".join(catalogues.unreadable(root))
    assert "nb: no LC_MESSAGES/samsyn.po in it" in found
    assert f"{SWEDISH}: is not written in UTF-8" in found
    assert "klingon/LC_MESSAGES/samsyn.po: cannot be read" in found


def test_a_new_text_comes_without_a_translation(root: Path) -> None:
    """In a template or in code; the catalogue is out of date until it is written, and then lacks it."""
    change(root, catalogues.PAGES / "frame/layout.html", '_("Sign out")', '_("Leave")')
    written = catalogues.catalogues(root)[SWEDISH]
    assert written != (root / SWEDISH).read_text()
    assert "not translated: 'Leave'" in " ".join(catalogues.faults(root))
    (root / SWEDISH).write_text(written)
    assert 'msgid "Leave"\nmsgstr ""\n' in written
    assert '#~ msgid "Sign out"\n#~ msgstr "Logga ut"\n' in written
    assert [fault.partition(": ")[2] for fault in catalogues.faults(root)] == [
        "not translated: 'Leave'", "obsolete, no page says it: 'Sign out'",
    ]  # fmt: skip
    assert catalogues.catalogues(root)[SWEDISH] == written


def test_lines_of_a_file_may_move(root: Path) -> None:
    """A catalogue says which file has a text, and nothing that changes with each line above it."""
    change(root, catalogues.PAGES / "frame/layout.html", "<!doctype html>\n", "<!doctype html>\n\n\n")
    assert catalogues.catalogues(root)[SWEDISH] == (root / SWEDISH).read_text()


def test_a_template_is_fit_to_read() -> None:
    """No line of a template is longer than one of the code."""
    templates = list((ROOT / catalogues.PAGES).rglob("*.html"))
    assert len(templates) > 10
    long = [
        f"{path.name}:{number}"
        for path in templates
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 120
    ]
    assert long == []


def unfindable(source: str) -> list[int]:
    """The lines in which a text is asked for inside an f-string, or by something else than a text."""
    asking = {"_", "gettext", "ngettext", "pgettext", "marked", "marked_in", "marked_plural"}

    def asked(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in asking

    tree = ast.parse(source)
    inside = [each for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for each in ast.walk(node)]
    made = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and asked(each)]
    return sorted(
        {each.lineno for each in inside if isinstance(each, ast.Call) and asked(each)}
        | {each.lineno for each in made if any(isinstance(text, ast.JoinedStr) for text in each.args)}
    )


def test_every_text_is_where_the_extraction_sees_it() -> None:
    """No text is asked for inside an f-string, or is one: catalogues would lack it, and nobody would be told."""
    found = {path: unfindable(path.read_text()) for path in (ROOT / catalogues.PAGES).rglob("*.py")}
    assert {str(path): lines for path, lines in found.items() if lines} == {}
    assert unfindable("a = f\"{_('Sum')}\"\nb = _(f'{n} reports')\nc = _('Sum')") == [1, 2]
