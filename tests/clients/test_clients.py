"""The API's description serves machines: linters find no fault, and clients made of it compile and work."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.clients.conftest import HERE, PYTHON, TOOLS, node, run, walked
from tests.e2e.conftest import Installation
from tests.support import ROOT
from tests.support.machine import NODE, needs

pytestmark = [pytest.mark.clients, needs(NODE), pytest.mark.timeout(300)]
RULES = HERE / "spectral.yaml"


def who(samsyn: Installation) -> tuple[str, str, str, str]:
    """What a client needs to know: address, id, secret, and a time that just was."""
    police = samsyn.access["clients"]["police"]
    return samsyn.url, police["client_id"], police["client_secret"], datetime.now(UTC).isoformat(timespec="seconds")


def test_spectral_finds_nothing(description: Path) -> None:
    """Neither errors nor warnings, by the rules that it brings for OpenAPI."""
    node("spectral", "lint", description, "--ruleset", RULES, "--fail-severity", "warn")


def test_spectral_finds_no_error_in_the_messages() -> None:
    """AsyncAPI: where warnings are left, they ask for an e-mail address of an installation that is not known yet."""
    node("spectral", "lint", ROOT / "docs/messages/asyncapi.json", "--ruleset", RULES, "--fail-severity", "error")


def test_redocly_finds_no_error(description: Path) -> None:
    """By its recommended rules."""
    node("redocly", "lint", description, "--extends=recommended", "--format=summary", cwd=description.parent)


def test_a_typescript_client_walks_the_readmes_way(description: Path, samsyn: Installation) -> None:
    """Types by openapi-typescript, held to by the compiler at its strictest; then run."""
    made = TOOLS / "typescript"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    shutil.copy(HERE / "journey.ts", made)
    (made / "package.json").write_text('{"type": "module"}')
    node("openapi-typescript", description, "--output", made / "samsyn.d.ts")
    node("tsc", "--strict", "--target", "es2022", "--module", "nodenext", made / "journey.ts")
    walked(run(["node", made / "journey.js", *who(samsyn)]), samsyn)


def test_a_python_client_walks_the_readmes_way(description: Path, samsyn: Installation) -> None:
    """By openapi-python-client, which leaves nothing out; every module of it compiles."""
    made = TOOLS / "python"
    shutil.rmtree(made, ignore_errors=True)
    words: list[str | Path] = ["--path", description, "--config", HERE / "generator.yaml", "--output-path", made]
    said = run([PYTHON / "openapi-python-client", "generate", *words, "--fail-on-warning"])
    assert "will not be generated" not in said
    run([PYTHON / "python", "-m", "compileall", "-q", made])
    walked(run([PYTHON / "python", HERE / "journey.py", *who(samsyn)], PYTHONPATH=str(made)), samsyn)
