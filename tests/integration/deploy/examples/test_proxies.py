"""deploy/examples: Caddy and nginx before something that says what reached it, and the unit as systemd reads it."""

import json
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.ports import free_port, port_is_free
from tests.support import ROOT
from tests.support.machine import CADDY, NGINX, SYSTEMD, needs, require
from tests.support.servers.services import wait_until

EXAMPLES = ROOT / "deploy" / "examples"
MB = 1_000_000
Proxy = Callable[[Path, int], AbstractContextManager[str]]


class Told(BaseHTTPRequestHandler):
    """Answers with the request as it arrived."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Any request."""
        body = self.rfile.read(int(self.headers["content-length"]))
        heads = {name.lower(): value for name, value in self.headers.items()}
        said = json.dumps({"path": self.path, "size": len(body), "heads": heads}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def gateway() -> Iterator[int]:
    """The port of what stands in the gateway's place."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@contextmanager
def running(command: list[str], *, log: Path) -> Iterator[None]:
    """A proxy until the block ends."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, env={"HOME": str(log.parent), "PATH": "/usr/bin:/bin"}
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)


@contextmanager
def caddy(folder: Path, gateway: int) -> Iterator[str]:
    """The example, but for the host, which would ask for a certificate, and where the gateway is."""
    text = (EXAMPLES / "Caddyfile").read_text()
    own = free_port()
    text = text.replace("samsyn.example {", f"http://samsyn.example:{own} {{").replace(":8000", f":{gateway}")
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tdefault_bind 127.0.0.1\n}\n" + text)
    command = [require(CADDY), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    with running(command, log=folder / "log"):
        yield f"http://127.0.0.1:{own}"


@contextmanager
def nginx(folder: Path, gateway: int) -> Iterator[str]:
    """The example, but for its ports, its certificate, and where the gateway is."""
    secure, plain = free_port(), free_port()
    text = re.sub(r"(?m)^ *listen \[::\].*\n", "", (EXAMPLES / "nginx.conf").read_text())
    text = text.replace("listen 443", f"listen 127.0.0.1:{secure}").replace("listen 80", f"listen 127.0.0.1:{plain}")
    text = text.replace(":8000", f":{gateway}").replace("/etc/ssl/samsyn", str(folder))
    certificate(folder)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{text}}}\n"
    )
    with running([require(NGINX), "-c", str(folder / "nginx.conf")], log=folder / "log"):
        yield f"https://127.0.0.1:{secure}"


def certificate(folder: Path) -> None:
    """One that its holder signed, for an hour."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "samsyn.example")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(hours=1)).sign(
        key, hashes.SHA256()
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "privkey.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))


@pytest.mark.parametrize("proxy", [pytest.param(caddy, marks=needs(CADDY)), pytest.param(nginx, marks=needs(NGINX))])
async def test_a_proxy_does_what_the_gateway_asks_of_it(tmp_path: Path, gateway: int, proxy: Proxy) -> None:
    """The caller's address anew, the path as it came, large bodies for files (elsewhere by nginx none)."""
    with proxy(tmp_path, gateway) as url:
        port = int(url.rpartition(":")[2])
        await wait_until(lambda: not port_is_free(port), what="the proxy")
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        async with httpx.AsyncClient(base_url=url, verify=trust, timeout=30) as caller:
            own = {"Host": f"samsyn.example:{port}", "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "ftp"}
            sni = {"sni_hostname": "samsyn.example"}
            small = await caller.post("/samsyn/v1//a%2Fb?c=%20", content=b"x", headers=own, extensions=sni)
            assert small.status_code == 200, small.text
            assert small.json()["path"] == "/samsyn/v1//a%2Fb?c=%20"
            heads = small.json()["heads"]
            assert (heads["x-forwarded-for"], heads["x-forwarded-proto"]) == ("127.0.0.1", url.partition(":")[0])
            for path, status in {
                "/samsyn/v1/imports": 200,
                "/samsyn/v1/reports": 413 if proxy is nginx else 200,
            }.items():
                answer = await caller.post(path, content=bytes(3 * MB), headers=own, extensions=sni)
                assert answer.status_code == status, path
            assert "max-age=" in small.headers["strict-transport-security"]


@needs(SYSTEMD)
def test_systemd_reads_the_unit(tmp_path: Path) -> None:
    """Without a complaint; but for the user and the program, which are not here."""
    text = (EXAMPLES / "samsyn.service").read_text()
    text = text.replace("/opt/samsyn/.venv/bin/samsyn", sys.executable).replace("=samsyn\n", "=root\n")
    unit = tmp_path / "samsyn.service"
    unit.write_text(text.replace("StateDirectory=root", "StateDirectory=samsyn"))
    done = subprocess.run([require(SYSTEMD), "verify", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "samsyn.service" in line] == []
