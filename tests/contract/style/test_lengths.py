"""How long things are: files of at most 300 lines, functions of at most 40, files of tests of at most 500."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT

CODE = ("services", "shared", "deploy")
FUNCTION, FILE, TEST_FILE = 40, 300, 500


def modules(*folders: str) -> list[Path]:
    """The modules of these folders, migrations aside: they are frozen once they have run."""
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in found if "versions" not in path.parts]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a module, however deep, with its lines; its docstring does not count."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False) or ""
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1 - len(docstring.splitlines())


def test_files_are_short() -> None:
    """What is longer is cut by a noun of the field."""
    limits = dict.fromkeys(modules(*CODE), FILE) | dict.fromkeys(modules("tests"), TEST_FILE)
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in limits}
    assert [f"{path.relative_to(ROOT)}: {n}" for path, n in lines.items() if n > limits[path]] == []


@pytest.mark.parametrize("folder", CODE)
def test_functions_are_short(folder: str) -> None:
    """What is longer does more than one thing."""
    long = [
        f"{path.relative_to(ROOT)}: {name} has {lines}"
        for path in modules(folder)
        for name, lines in functions(path)
        if lines > FUNCTION
    ]
    assert long == []


def test_a_long_function_is_seen(tmp_path: Path) -> None:
    """The measure itself: a body of 41 lines is too long, the same behind a long docstring is not longer."""
    module = tmp_path / "planted.py"
    module.write_text(
        "def plain():\n" + "    x = 1\n" * 40 + 'def told():\n    """One.\n\n    Two.\n    """\n    x = 1\n'
    )
    assert dict(functions(module)) == {"plain": 41, "told": 2}
