"""Every refusal names its kind by a word that is documented, and each documented word is that of a refusal."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from services.gateway.proxy import catalogue
from shared import errors
from shared.http import connection, framing
from shared.http.problem_types import TYPES
from shared.http.problems import STATUS
from tests.support import ROOT

KNOWN = {word for of in TYPES.values() for word in of}
# Said on a page, on the command line or in a log, and in no answer of the API.
ELSEWHERE = {
    "bad-secret", "groups-left-out", "no-such-area", "refused", "running", "stale-form",
    "unsealable", "untrusted-sign-in",
}  # fmt: skip
# Problems and doubts of a file of areas are one vocabulary, older than the rule: with hyphens, as pages know them.
OF_AREAS = (ROOT / "services/reports/areas", ROOT / "shared/geo/projections.py")
SOURCES = [path for top in ("services", "shared") for path in sorted((ROOT / top).rglob("*.py"))]
REFUSALS = {each.__name__ for each in vars(errors).values() if isinstance(each, type)} & {
    "Refusal", *(kind.__name__ for kind in STATUS)
}  # fmt: skip


def words(value: ast.expr) -> list[str]:
    """The words that an expression may come to, of those that are known; of a text with gaps each that fits."""
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    if isinstance(value, ast.IfExp):
        return [*words(value.body), *words(value.orelse)]
    assert isinstance(value, ast.JoinedStr), ast.dump(value)
    parts = [re.escape(str(each.value)) if isinstance(each, ast.Constant) else ".+" for each in value.values]
    return [word for word in KNOWN if re.fullmatch("".join(parts), word)] or [ast.unparse(value)]


def said(tree: ast.Module) -> Iterator[str]:
    """What a module's conflicts and classes of refusals say of themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name == "Conflict":
                yield from (word for each in node.keywords if each.arg == "code" for word in words(each.value))
        elif isinstance(node, ast.ClassDef):
            for line in node.body:
                if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                    yield from words(line.value) if line.targets[0].id == "code" else ()


def found() -> dict[str, set[Path]]:
    """Every word, and where it is said."""
    where: dict[str, set[Path]] = {}
    for path in SOURCES:
        for word in said(ast.parse(path.read_text("utf-8"))):
            where.setdefault(word, set()).add(path)
    return where


def of_the_wire() -> set[str]:
    """What is said before a request is read, or when nothing of ours answers."""
    faults = [each for module in (connection, framing) for each in vars(module).values()]
    return {each.code for each in faults if isinstance(each, framing.Fault)} | {"unexpected", "method-not-allowed"}


def test_each_word_that_is_said_is_documented_and_the_other_way_round() -> None:
    """A conflict without a word is none that mypy lets pass; one with a new word is named here."""
    all_said = found().keys() | of_the_wire()
    assert sorted(all_said - KNOWN - ELSEWHERE) == []
    assert sorted(KNOWN - all_said) == []


def test_words_have_hyphens_and_codes_of_faults_underscores() -> None:
    """`reference-taken` is a type, `unknown_area` the code of a fault: whoever reads one knows which it is."""
    assert [word for word in KNOWN if not re.fullmatch(r"[a-z]+(-[a-z]+)*", word)] == []
    bent = []
    for path in (each for each in SOURCES if not any(each.is_relative_to(of) for of in OF_AREAS)):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "FieldError":
                named = [*node.args[1:2], *(each.value for each in node.keywords if each.arg == "code")]
                bent += [each.value for each in named if isinstance(each, ast.Constant) and "-" in str(each.value)]
    assert bent == []


def test_the_description_lists_them() -> None:
    """Partners read it in `/openapi.json`."""
    document = catalogue.committed_openapi().decode()
    assert [word for word in KNOWN if f"`{word}` (" not in document] == []
