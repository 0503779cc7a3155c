"""deploy/Dockerfile without Docker: what can be read in it, and its health check run as it stands."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from deploy.ports import free_port
from tests.support import ROOT

TEXT = (ROOT / "deploy/Dockerfile").read_text()


class Healthz(BaseHTTPRequestHandler):
    """Answers /healthz alone."""

    def do_GET(self) -> None:
        """Say 200 there, 404 elsewhere."""
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where something answers as a service does."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Healthz)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_image_is_pinned_and_not_root() -> None:
    """Both stages start from the same exact Python, one that the lock covers, and the last user is not root."""
    bases = re.findall(r"^FROM (\S+)", TEXT, re.MULTILINE)
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.1[1-3]\.\d+-slim-\w+", bases[0])
    users = re.findall(r"^USER (\d+):", TEXT, re.MULTILINE)
    assert int(users[-1]) >= 10_000


def test_image_holds_the_runtime_lock_alone() -> None:
    """Packages come from requirements.lock with their hashes, the tests' do not come at all."""
    assert "--require-hashes -r requirements.lock" in TEXT
    assert "requirements-dev" not in TEXT


def test_what_is_copied_is_not_ignored() -> None:
    """.dockerignore lets through what the image is made of, and nothing else."""
    let = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {"deploy", "services", "shared", "pyproject.toml", "requirements.lock", "README.md", "LICENSE"} == let
    assert all((ROOT / name).exists() for name in let)


def test_health_check_tells_alive_from_dead(port: int) -> None:
    """The check's own command ends in 0 where /healthz answers, and in something else where nothing does."""
    found = re.search(r"^HEALTHCHECK .*?CMD (\[.*?\])$", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None
    program, *arguments = json.loads(found[1])
    assert program == "python"

    def ends_in(port: int) -> int:
        command = [argument.replace(":8001/", f":{port}/") for argument in arguments]
        return subprocess.run([sys.executable, *command], capture_output=True, check=False).returncode

    assert ends_in(port) == 0
    assert ends_in(free_port()) != 0
