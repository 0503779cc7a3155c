"""How many connections to PostgreSQL each role may hold: a share of the server's, so that none takes another's.

A service that holds all it can get, by a fault or because somebody has its password, leaves the others what they need.
"""

from collections.abc import Mapping

import asyncpg

from deploy.local.errors import LocalError
from deploy.services import SERVICES, Service

OWNER = 8  # migrations of processes that start at once wait for each other, each with a connection
POOL = 10  # <SERVICE>_DATABASE_CONNECTIONS, where nothing is set
# A process has two pools of that size: one of sessions, one for statements past them (`Database.direct`).
_POOLS = 2
# Relay, consumer and the three of the bus on one machine; the rest is for commands, and for connections that the server
# has not yet missed.
_BESIDE = 10
# Kept by the server for superusers, and from version 16 on for another role.
_KEPT = """
    SELECT sum(setting::int) FROM pg_settings WHERE name IN ('superuser_reserved_connections', 'reserved_connections')
"""


def needs(environ: Mapping[str, str]) -> dict[str, int]:
    """The most connections that one process of each service opens, by its settings. Raises LocalError."""
    return {name: _need(service, environ) for name, service in SERVICES.items()}


def total(environ: Mapping[str, str], *, owners: int) -> int:
    """What PostgreSQL must take besides what it keeps for superusers. Raises LocalError."""
    return sum(needs(environ).values()) + owners * OWNER


async def shares(admin: asyncpg.Connection, environ: Mapping[str, str], *, owners: int) -> dict[str, int]:
    """The connections that the role of each service may hold: all that the server takes, divided by what they need.

    owners: roles that each keep OWNER of them. Raises LocalError where not even one process of each finds room.
    """
    most = int(await admin.fetchval("SHOW max_connections"))
    kept = int(await admin.fetchval(_KEPT))
    wanted = needs(environ)
    if most < kept + (least := total(environ, owners=owners)):
        raise LocalError(
            f"PostgreSQL takes {most} connections, and one process of each service may need {least + kept}: "
            "raise max_connections, or lower <SERVICE>_DATABASE_CONNECTIONS here and for the services."
        )
    free = most - kept - owners * OWNER
    return {name: free * need // sum(wanted.values()) for name, need in wanted.items()}


def _need(service: Service, environ: Mapping[str, str]) -> int:
    pool = _number(environ, f"{service.prefix}DATABASE_CONNECTIONS", default=POOL)
    own = (_number(environ, service.prefix + setting, default=usual) for setting, usual in service.pools.items())
    return _POOLS * pool + sum(own) + _BESIDE


def _number(environ: Mapping[str, str], setting: str, *, default: int) -> int:
    value = environ.get(setting, str(default))
    if not (value.isascii() and value.isdigit() and len(value) <= 3):
        raise LocalError(f"{setting} must be a whole number.")
    return int(value)
