"""Each import contract is kept by the code, and refuses the violation of it that is planted here."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(verbose=False))"

# File, the import put at its top, and what the linter must say about it. Importing files are ones without a package
# of their own that another contract would catch first.
PLANTED = {
    "1. kit imports a service": (
        "shared/ids.py",
        "from services.walks import errors as planted",
        "shared.ids -> services.walks.errors",
    ),
    "1. the bus imports what travels on it": (
        "shared/bus/port.py",
        "from shared.travel import envelope as planted",
        "shared.bus.port -> shared.travel.envelope",
    ),
    "1. a service imports what runs it": (
        "services/events/errors.py",
        "from deploy import services as planted",
        "services.events.errors -> deploy.services",
    ),
    "1. the kit imports tests": (
        "shared/cycles.py",
        "import tests as planted",
        "shared.cycles -> tests",
    ),
    "1. two modules of the privacy screen import each other": (
        "shared/privacy/checks.py",
        "from shared.privacy import free_text as planted",
        "No cycles are allowed in shared.privacy.",
    ),
    "2. one service imports another": (
        "services/walks/errors.py",
        "from services.events import errors as planted",
        "services.walks.errors -> services.events.errors",
    ),
    "3. intake imports files": (
        "services/reports/intake/reading.py",
        "from services.reports.files import staging as planted",
        "services.reports.intake.reading -> services.reports.files.staging",
    ),
    "3. review imports the lagesbild": (
        "services/reports/review/schemas.py",
        "from services.reports.lagesbild import schemas as planted",
        "services.reports.review.schemas -> services.reports.lagesbild.schemas",
    ),
    "3. a room of walks imports the service's consumers": (
        "services/walks/safety/commands.py",
        "from services.walks import consumers as planted",
        "services.walks.safety.commands -> services.walks.consumers",
    ),
    "3. the register imports its settings' users": (
        "services/events/settings.py",
        "from services.events.register import schemas as planted",
        "services.events.settings -> services.events.register.schemas",
    ),
    "3. subscriptions import deliveries": (
        "services/notify/subscriptions/commands.py",
        "from services.notify.deliveries import waking as planted",
        "services.notify.subscriptions.commands -> services.notify.deliveries.waking",
    ),
    "3. a gateway table imports its pages": (
        "services/gateway/tables.py",
        "from services.gateway import pages as planted",
        "services.gateway.tables -> services.gateway.pages",
    ),
    "4. a query imports a command": (
        "services/walks/safety/queries.py",
        "from services.walks.safety import commands as planted",
        "services.walks.safety.queries -> services.walks.safety.commands",
    ),
    "4. the directory imports the token endpoint": (
        "services/gateway/access/directory.py",
        "from services.gateway.access import tokens as planted",
        "services.gateway.access.directory -> services.gateway.access.tokens",
    ),
    "4. routes import those of another room": (
        "services/reports/suggestions/routes.py",
        "from services.reports.files import routes as planted",
        "services.reports.suggestions.routes -> services.reports.files.routes",
    ),
    "4. what runs commands imports one": (
        "services/gateway/cli/running.py",
        "from services.gateway.cli import users as planted",
        "services.gateway.cli.running -> services.gateway.cli.users",
    ),
    "4. a query of the read model imports its routes": (
        "services/gateway/readmodel/queries.py",
        "from services.gateway.readmodel import routes as planted",
        "services.gateway.readmodel.queries -> services.gateway.readmodel.routes",
    ),
    "4. a topic of the read model imports another": (
        "services/gateway/readmodel/topics/others.py",
        "from services.gateway.readmodel.topics import findings as planted",
        "services.gateway.readmodel.topics.others -> services.gateway.readmodel.topics.findings",
    ),
    "4. the catalogue imports what forwards": (
        "services/gateway/proxy/catalogue.py",
        "from services.gateway.proxy import forwarding as planted",
        "services.gateway.proxy.catalogue -> services.gateway.proxy.forwarding",
    ),
    "5. one subject of the pages imports another": (
        "services/gateway/pages/imports/uploads.py",
        "from services.gateway.pages.overview import page as planted",
        "services.gateway.pages.imports.uploads -> services.gateway.pages.overview.page",
    ),
    "5. the frame imports a subject": (
        "services/gateway/pages/frame/errors.py",
        "from services.gateway.pages.docs import page as planted",
        "services.gateway.pages.frame.errors -> services.gateway.pages.docs.page",
    ),
    "5. surveying imports what is drawn with it": (
        "services/gateway/pages/maps/surveying.py",
        "from services.gateway.pages.maps import places as planted",
        "services.gateway.pages.maps.surveying -> services.gateway.pages.maps.places",
    ),
    "5. speech imports the frame": (
        "services/gateway/pages/speech/codes.py",
        "from services.gateway.pages.frame import asking as planted",
        "services.gateway.pages.speech.codes -> services.gateway.pages.frame.asking",
    ),
    "6. a domain imports the database": (
        "services/events/register/domain.py",
        "from shared import database as planted",
        "services.events.register.domain -> shared.database",
    ),
    "6. the ladder imports the network": (
        "services/notify/webhooks/ladder.py",
        "import aiohttp as planted",
        "services.notify.webhooks.ladder -> aiohttp",
    ),
    "7. messages import the kit": (
        "shared/messages/walks.py",
        "from shared import ids as planted",
        "shared.messages.walks is not allowed to import shared.ids",
    ),
    "7. messages import a library": (
        "shared/messages/events.py",
        "import orjson as planted",
        "shared.messages.events is not allowed to import orjson",
    ),
    "8. routes import tables": (
        "services/walks/safety/routes.py",
        "from services.walks import tables as planted",
        "services.walks.safety.routes -> services.walks.tables",
    ),
    "8. the token endpoint imports tables": (
        "services/gateway/access/tokens.py",
        "from services.gateway import tables as planted",
        "services.gateway.access.tokens -> services.gateway.tables",
    ),
    "8. consumers import SQL": (
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
    for room in ("walks", "walks/safety", "gateway/pages"):
        (root / "services" / room / "helpers.py").write_text('"""Has no layer."""\n')
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
    # The linter breaks long lines.
    assert any(expected in " ".join(each.split()) for each in parts(said) if each.startswith(number)), said


@pytest.mark.parametrize("number", ["3.", "4.", "5."])
def test_a_module_without_a_layer_is_refused(said: str, number: str) -> None:
    """The rooms of a service, the modules of a room and the subjects of the pages have the names that are known."""
    assert any("helpers" in each for each in parts(said) if each.startswith(number))


def parts(said: str) -> list[str]:
    """The linter's words about each broken contract, beginning with its name."""
    broken = said.split("Broken contracts", 1)[1]
    lines = broken.splitlines()
    starts = [n - 1 for n, line in enumerate(lines) if line and set(line) == {"-"} and lines[n - 1][:1].isdigit()]
    return ["\n".join(lines[a:b]) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
