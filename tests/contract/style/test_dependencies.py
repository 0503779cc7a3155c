"""What runs imports only what is installed to run it: on no other machine do the tests' packages lie beside it."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[3]
OURS = ("services", "shared", "deploy")
# What `make contracts` and `make check` run, with the tests' packages.
BESIDE = ROOT / "deploy" / "contracts"


def imported(path: Path) -> Iterator[str]:
    """The packages that a module imports, at its top or where it needs them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name.split(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def plain(distribution: str) -> str:
    """A distribution's name as lock files write it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_what_runs_imports_what_it_is_installed_with() -> None:
    """Each foreign package stands in requirements.lock, which is all that `make run` installs."""
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    brought = {name for name, by in packages_distributions().items() if not locked.isdisjoint(map(plain, by))}
    known = brought | sys.stdlib_module_names | {*OURS, "tests"}
    paths = [path for ours in OURS for path in (ROOT / ours).rglob("*.py") if BESIDE not in path.parents]
    assert len(paths) > 100
    assert {(str(path.relative_to(ROOT)), name) for path in paths for name in imported(path)} == {
        (str(path.relative_to(ROOT)), name) for path in paths for name in imported(path) if name in known
    }
