"""The settings of each process on one machine, made from `.samsyn/`. What stands in the environment already wins."""

import json
from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from deploy.local.errors import LocalError
from deploy.local.postgres import SETTINGS, Postgres
from deploy.local.state import State
from deploy.ports import port_is_taken
from deploy.services import SERVICES, Service

BUS = "bus"
FIRST_PORT = 8000


def roles() -> list[str]:
    """Every database role of an installation: PostgreSQL's superuser, two per service, and the owner of the bus."""
    return ["postgres", BUS, *(role for name in SERVICES for role in (name, f"{name}_owner"))]


def database(name: str) -> str:
    """The database of a service, or of the bus."""
    return f"samsyn_{name}"


def embedded(state: State, *, environ: Mapping[str, str], connections: int = 0) -> Postgres:
    """The PostgreSQL of this installation, not started. Raises LocalError for a port that is none.

    connections: how many it must take, beside some for superusers.
    """
    return Postgres(
        state.postgres,
        password=state.secrets.passwords["postgres"],
        log=state.log("postgres"),
        port=postgres_port(environ),
        settings={"max_connections": str(max(int(SETTINGS["max_connections"]), connections + 10))},
        dies_with_parent=True,
    )


def postgres_port(environ: Mapping[str, str]) -> int | None:
    """The port that PostgreSQL is told to listen on, if it is told one. Raises LocalError for a port that is none."""
    wanted = environ.get("SAMSYN_POSTGRES_PORT")
    return _port("SAMSYN_POSTGRES_PORT", wanted) if wanted else None


PortKind = Literal["PORT", "INNER_PORT"]
PURPOSES: Mapping[PortKind, str] = {"PORT": "should listen", "INNER_PORT": "should be probed"}


def ports(environ: Mapping[str, str], *, kind: PortKind = "PORT") -> dict[str, int]:
    """That port of each service: <SERVICE>_PORT or <SERVICE>_INNER_PORT, else counted from SAMSYN_PORT.

    Raises LocalError for a wrong one.
    """
    first = _port("SAMSYN_PORT", environ.get("SAMSYN_PORT", str(FIRST_PORT)))
    return {name: _port_of(service, kind, first, environ) for name, service in SERVICES.items()}


def receiver_port(environ: Mapping[str, str]) -> int:
    """Where the demonstration's receiver of webhooks listens: SAMSYN_RECEIVER_PORT, else ten above the first port.

    Raises LocalError for a port that is none, a service's, or PostgreSQL's.
    """
    first, own = ports(environ)["gateway"], environ.get("SAMSYN_RECEIVER_PORT")
    port = _port("SAMSYN_RECEIVER_PORT", own) if own else first + 2 * len(SERVICES)
    if port in {*ports(environ).values(), *ports(environ, kind="INNER_PORT").values()}:
        raise LocalError("SAMSYN_RECEIVER_PORT is the port of a service.")
    if str(port) == environ.get("SAMSYN_POSTGRES_PORT"):
        raise LocalError("SAMSYN_RECEIVER_PORT is the port of PostgreSQL.")
    return port


def open_receiver(environ: Mapping[str, str], *, say: Callable[[str], None]) -> int | None:
    """The port of this machine to which webhooks of the demonstration may go, or None where it is a stranger's.

    Subscriptions outlive a stop, so what listens there at the next start would get what they ask for. Only a person
    knows whether it is the receiver, and says so by naming the port. Raises LocalError.
    """
    port = receiver_port(environ)
    if not any(port_is_taken(port, host=host) for host in ("127.0.0.1", "::1")):
        return port
    if environ.get("SAMSYN_RECEIVER_PORT"):
        say(f"Webhooks of the demonstration may go to what listens on port {port}, as SAMSYN_RECEIVER_PORT says.")
        return port
    say(
        f"Port {port} is taken by another program, so no webhooks of the demonstration go to this machine. "
        f"If it is your receiver, start with SAMSYN_RECEIVER_PORT={port}; if not, with another port there."
    )
    return None


def setting_of_port(service: str, environ: Mapping[str, str], *, kind: PortKind = "PORT") -> str:
    """The setting by which a person moves a service to another port."""
    own = f"{SERVICES[service].prefix}{kind}"
    return own if own in environ or service != "gateway" else "SAMSYN_PORT"


class Server(Protocol):
    """The PostgreSQL of this installation, or what stands for it before it is started."""

    def url(self, *, user: str, password: str, database: str) -> str:
        """Where a role finds a database."""


def of_service(
    name: str,
    *,
    state: State,
    postgres: Server,
    municipality: Mapping[str, str],
    environ: Mapping[str, str],
    receiver: int | None = None,
) -> dict[str, str]:
    """The whole environment of a service's process: what all need, its own, and nothing that is another's.

    receiver: the one port of this machine that webhooks may go to (`open_receiver`); None for nothing of it.
    """
    service, listening = SERVICES[name], ports(environ)
    own = {
        "BUS_URL": environ.get("KAFKA_BOOTSTRAP_SERVERS") or _url(postgres, state, role=name, of=BUS),
        "INTERNAL_PUBLIC_KEY": public_key(state.secrets.internal_key),
        "PYTHONUNBUFFERED": "1",  # the last words before a crash must reach the log
        f"{service.prefix}DATABASE_URL": _url(postgres, state, role=name, of=name),
        f"{service.prefix}PORT": str(listening[name]),
        f"{service.prefix}HOST": "127.0.0.1",
        f"{service.prefix}INNER_PORT": str(ports(environ, kind="INNER_PORT")[name]),
        f"{service.prefix}INNER_HOST": "127.0.0.1",
    }
    if name == "gateway":
        own |= _for_gateway(state, listening)
    if name == "notify":
        own["NOTIFY_SEALING_KEY"] = state.secrets.sealing_key
        if receiver is not None:
            own["NOTIFY_DEMO_RECEIVER_PORT"] = str(receiver)
    return {**municipality, **own, **_shared(name, environ)}


def of_migrations(
    *, state: State, postgres: Server, municipality: Mapping[str, str], environ: Mapping[str, str]
) -> dict[str, str]:
    """The environment of `samsyn migrate`: the municipality, and owners' URLs of services that were given none."""
    owners = {
        f"{service.prefix}MIGRATION_URL": _url(postgres, state, role=f"{name}_owner", of=name)
        for name, service in SERVICES.items()
        if f"{service.prefix}DATABASE_URL" not in environ
    }
    return {**owners, **environ, **municipality}


def _for_gateway(state: State, listening: Mapping[str, int]) -> dict[str, str]:
    behind = {
        f"GATEWAY_{name.upper()}_URL": f"http://127.0.0.1:{port}"
        for name, port in listening.items()
        if name != "gateway"
    }
    return behind | {
        "GATEWAY_TOKEN_KEY": state.secrets.token_key,
        "GATEWAY_INTERNAL_KEY": state.secrets.internal_key,
        "GATEWAY_PEPPER": state.secrets.pepper,
        "GATEWAY_PUBLIC_URL": f"http://127.0.0.1:{listening['gateway']}",
    }


def _shared(name: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without the municipality, and what belongs to other services or to an owner role."""
    foreign = tuple(service.prefix for service in SERVICES.values() if service.name != name)
    return {
        key: value
        for key, value in environ.items()
        if not key.upper().startswith("MUNICIPALITY_")
        and not key.startswith(foreign)
        and not key.endswith("_MIGRATION_URL")
    }


def _url(postgres: Server, state: State, *, role: str, of: str) -> str:
    return postgres.url(user=role, password=state.secrets.passwords[role], database=database(of))


def url_of_bus_owner(postgres: Postgres, state: State) -> str:
    """The URL of the role that owns the tables of the bus; no service gets it."""
    return _url(postgres, state, role=BUS, of=BUS)


def public_key(private_jwk: str) -> str:
    """The public half of a private key, both as JWK."""
    return json.dumps({part: value for part, value in json.loads(private_jwk).items() if part != "d"})


def _port_of(service: Service, kind: PortKind, first: int, environ: Mapping[str, str]) -> int:
    setting = f"{service.prefix}{kind}"
    if own := environ.get(setting):
        return _port(setting, own)
    return first + (service.offset if kind == "PORT" else service.inner_offset)


def _port(setting: str, value: str) -> int:
    # They stand side by side, two each, so the first must leave room.
    most = 65_535 - 2 * len(SERVICES)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) <= most:
        raise LocalError(f"{setting} must be a port between 1 and {most}.")
    return int(value)
