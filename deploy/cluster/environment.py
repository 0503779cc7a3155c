"""Makes the file that docker-compose.yml reads, with new secrets: `python -m deploy.cluster.environment .env`."""

import argparse
import base64
import os
import secrets
import sys
from pathlib import Path

from deploy.local.environment import public_key
from deploy.local.state import new_secrets
from deploy.services import SERVICES
from shared.settings import Municipality

_HEAD = """\
# The secrets and the address of one installation by docker compose. Keep it, and keep it closed: without the keys in
# it, access tokens, hashed secrets and sealed webhook secrets of this installation are of no use.
"""
_MUNICIPALITY = """
# Whom this installation serves. Without a name and a code nothing starts.
"""
_ADDRESS = """
# Where people and partners reach the gateway. Its port is open to this machine alone; a proxy before it holds the
# certificate.
GATEWAY_PUBLIC_URL=http://127.0.0.1:8000
# The addresses from which that proxy reaches the gateway, as a JSON list: ["10.0.0.5"], or [] where callers reach it
# themselves. They alone are believed about who calls. Without an answer nothing starts.
GATEWAY_TRUSTED_PROXIES=
"""
_SECRETS = """
# Made once. Compose takes what stands in single quotes as it is.
"""


def environment() -> dict[str, str]:
    """Every secret that docker-compose.yml asks for, by name; new on every call."""
    made = new_secrets()
    roles = ["postgres", *(role for name in SERVICES for role in (name, f"{name}_owner"))]
    return {
        **{f"{role.upper()}_PASSWORD": secrets.token_urlsafe(24) for role in roles},
        # A Kafka cluster's id is 16 bytes in URL-safe base64. It must not begin with "-", or its tool takes an option.
        "KAFKA_CLUSTER_ID": base64.urlsafe_b64encode(b"S" + secrets.token_bytes(15)).decode().rstrip("="),
        "GATEWAY_TOKEN_KEY": made.token_key,
        "GATEWAY_INTERNAL_KEY": made.internal_key,
        "INTERNAL_PUBLIC_KEY": public_key(made.internal_key),
        "GATEWAY_PEPPER": made.pepper,
        "NOTIFY_SEALING_KEY": made.sealing_key,
    }


def text() -> str:
    """The whole file: new secrets, and what a person has to say, with the defaults where there are any."""
    made = "".join(f"{name}='{value}'\n" for name, value in environment().items())
    return f"{_HEAD}{_MUNICIPALITY}{_defaults()}{_ADDRESS}{_SECRETS}{made}"


def _defaults() -> str:
    """The municipality's settings; its name and code stay empty, so that nobody serves a nameless one by mistake."""
    fields = Municipality.model_fields.items()
    told = {name: "" if name in ("name", "code") else str(field.default) for name, field in fields}
    return "".join(f"MUNICIPALITY_{name.upper()}={value}\n" for name, value in told.items())


def main() -> int:
    """Write the file, readable by its owner alone. A file that is there already stays as it is."""
    parser = argparse.ArgumentParser(prog="python -m deploy.cluster.environment", description=__doc__)
    parser.add_argument("file", type=Path, help="what docker compose reads: .env beside docker-compose.yml")
    file: Path = parser.parse_args().file
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(text())
    except FileExistsError:
        print(f"{file} exists already and was left as it is: the databases know its passwords.", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{file} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    print(f"Wrote {file}. Say in it whom the installation serves, then: docker compose up --build")
    return 0


if __name__ == "__main__":
    sys.exit(main())
