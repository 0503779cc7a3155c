"""Each import contract is kept by the code, and refuses the violation of it that is planted here."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(verbose=False))"

# File, the import put at its top, and what the linter must say about it. Importing files are ones without a package
# of their own that another contract would catch first.
PLANTED = {
    "1. kit imports a service": (
        "shared/ids.py",
        "from services.walks import errors as planted",
        "shared.ids -> services.walks.errors",
    ),
    "2. a service imports another": (
        "services/walks/errors.py",
        "from services.events import errors as planted",
        "services.walks.errors -> services.events.errors",
    ),
    "3. a query imports a command": (
        "services/walks/queries.py",
        "from services.walks import commands as planted",
        "services.walks.queries -> services.walks.commands",
    ),
    "3. a command imports settings": (
        "services/events/commands.py",
        "from services.events import settings as planted",
        "services.events.commands -> services.events.settings",
    ),
    "3. routes import consumers": (
        "services/events/routes.py",
        "from services.events import consumers as planted",
        "services.events.routes -> services.events.consumers",
    ),
    "3. a gateway query imports its pages": (
        "services/gateway/tables.py",
        "from services.gateway import pages as planted",
        "services.gateway.tables -> services.gateway.pages",
    ),
    "7. one subject of the pages imports another": (
        "services/gateway/pages/imports/uploads.py",
        "from services.gateway.pages.overview import page as planted",
        "services.gateway.pages.imports.uploads -> services.gateway.pages.overview.page",
    ),
    "7. the frame imports a subject": (
        "services/gateway/pages/frame/errors.py",
        "from services.gateway.pages.docs import page as planted",
        "services.gateway.pages.frame.errors -> services.gateway.pages.docs.page",
    ),
    "7. speech imports the frame": (
        "services/gateway/pages/speech/codes.py",
        "from services.gateway.pages.frame import asking as planted",
        "services.gateway.pages.speech.codes -> services.gateway.pages.frame.asking",
    ),
    "4. the domain reaches SQL by a detour": (
        "services/events/domain.py",
        "from shared import database as planted",
        "services.events.domain -> shared.database",
    ),
    "5. a message imports the kit": (
        "shared/messages/walks.py",
        "from shared import ids as planted",
        "shared.messages.walks is not allowed to import shared.ids",
    ),
    "5. a message imports a package": (
        "shared/messages/events.py",
        "import orjson as planted",
        "shared.messages.events is not allowed to import orjson",
    ),
    "6. routes import tables": (
        "services/walks/routes.py",
        "from services.walks import tables as planted",
        "services.walks.routes -> services.walks.tables",
    ),
    "6. consumers import SQLAlchemy": (
        "services/walks/consumers.py",
        "import sqlalchemy as planted",
        "services.walks.consumers -> sqlalchemy",
    ),
}


def lint(root: Path) -> tuple[int, str]:
    """The linter's exit code and words about the tree at `root`."""
    done = subprocess.run(
        [sys.executable, "-c", LINT], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy of the tree with every violation planted in it."""
    root = tmp_path_factory.mktemp("tree")
    for package in ("services", "shared", "deploy"):
        shutil.copytree(
            ROOT / package, root / package, ignore=lambda folder, names: [n for n in names if skipped(folder, n)]
        )
    shutil.copy(ROOT / ".importlinter", root)
    (root / "services" / "walks" / "helpers.py").write_text('"""Has no layer."""\n')
    for file, line, _ in PLANTED.values():
        module = root / file
        module.write_text(f"{module.read_text()}\n{line}\n")
    code, words = lint(root)
    assert code == 1, words
    return words


def skipped(folder: str, name: str) -> bool:
    """Whether a name is of no interest to the linter."""
    return name == "__pycache__" or ("." in name and not name.endswith(".py"))


def test_the_code_keeps_all_contracts() -> None:
    """Nothing is planted, nothing is refused."""
    code, words = lint(ROOT)
    assert code == 0, words
    assert "0 broken" in words


@pytest.mark.parametrize("violation", PLANTED)
def test_a_planted_violation_is_refused(said: str, violation: str) -> None:
    """Under the contract it breaks, with the two modules."""
    number, expected = violation.split(maxsplit=1)[0], PLANTED[violation][2]
    assert any(expected in each for each in parts(said) if each.startswith(number)), said


def test_a_module_without_a_layer_is_refused(said: str) -> None:
    """A service's modules have the names that all services' have."""
    assert any("helpers" in each for each in parts(said) if each.startswith("3."))


def parts(said: str) -> list[str]:
    """The linter's words about each broken contract, beginning with its name."""
    broken = said.split("Broken contracts", 1)[1]
    lines = broken.splitlines()
    starts = [n - 1 for n, line in enumerate(lines) if line and set(line) == {"-"} and lines[n - 1][:1].isdigit()]
    return ["\n".join(lines[a:b]) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
