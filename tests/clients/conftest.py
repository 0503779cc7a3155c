"""What partners' tools make of the API's description, in folders that `make test-clients` has filled."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.gateway.proxy import catalogue
from tests.e2e.conftest import Installation, samsyn
from tests.support import ROOT

__all__ = ["samsyn"]

HERE = Path(__file__).parent
TOOLS = ROOT / ".clients"
PYTHON = TOOLS / "venv" / "bin"


@pytest.fixture(scope="session")
def description(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The partners' API description as a file, in a folder of its own."""
    path = tmp_path_factory.mktemp("clients") / "openapi.json"
    path.write_bytes(catalogue.committed_openapi())
    return path


def run(command: Sequence[str | Path], *, cwd: Path = TOOLS, **settings: str) -> str:
    """What a tool prints. Where it fails, so does the test, with its words. `settings`: of its environment."""
    # A generator formats what it made with the tools beside it.
    env = {**os.environ, "PATH": f"{PYTHON}{os.pathsep}{os.environ['PATH']}", **settings}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def node(name: str, *words: str | Path, cwd: Path = TOOLS) -> str:
    """What a tool of `package.json` prints."""
    return run([TOOLS / "node_modules" / ".bin" / name, *words], cwd=cwd)


def walked(output: str, samsyn: Installation) -> None:
    """Hold what a client met on the README's way to what is right."""
    met = json.loads(output.splitlines()[-1])
    assert met["area"] == "0112"
    assert met["text"] == "Ett tjugotal ungdomar vid väntsalen, hög musik."
    assert met["reports"] > 0
    assert met["told"] == ["report.submitted"]
    assert met["refused"] == {"status": 404, "type": "urn:samsyn:problem:not-found"}
