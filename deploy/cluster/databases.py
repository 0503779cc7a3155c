"""Makes each service's database and its two roles on a given PostgreSQL: `python -m deploy.cluster.databases`.

Roles, passwords and databases are those of the URLs that the services and `samsyn migrate` are given; the server's
superuser stands in ADMIN_DATABASE_URL. It may run again at any time: what is there stays, passwords become those given,
and so do the numbers of connections, which follow the server's setting and the services' (`deploy.local.seats`).
"""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import asyncpg

from deploy.local import seats
from deploy.local.databases import close_to_strangers, ensure_database, ensure_role, grant_rows
from deploy.local.errors import LocalError
from deploy.services import SERVICES, Service
from shared import settings

ADMIN = "ADMIN_DATABASE_URL"


class Missing(Exception):
    """A setting is not there or does not fit; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The database of a service and its roles, as its two URLs say."""

    service: Service
    database: str
    owner: str
    owner_password: str
    runtime: str
    password: str


def main() -> int:
    """Make the databases of all services. What a person can mend is one sentence on standard error."""
    try:
        asyncio.run(provide(os.environ))
    except (Missing, LocalError) as missing:
        print(missing, file=sys.stderr)
        return 1
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        print(f"PostgreSQL did not let the databases be made: {error}", file=sys.stderr)
        return 1
    return 0


async def provide(environ: Mapping[str, str]) -> None:
    """Make every service's database and roles. Raises Missing, LocalError, and what asyncpg raises."""
    admin_url = _given(environ, ADMIN)
    wanted = [_wanted(service, environ) for service in SERVICES.values()]
    admin = await asyncpg.connect(admin_url)
    try:
        await close_to_strangers(admin)
        most = await seats.shares(admin, environ, owners=len(SERVICES))
        held = Counter[str]()  # somebody may have given several services one role
        for each in wanted:
            held += Counter({each.runtime: most[each.service.name], each.owner: seats.OWNER})
        for each in wanted:
            await ensure_role(admin, each.owner, password=each.owner_password, connections=held[each.owner])
            await ensure_role(admin, each.runtime, password=each.password, connections=held[each.runtime])
            await _ensure(admin, each)
            inside = await asyncpg.connect(admin_url, database=each.database)
            try:
                await grant_rows(inside, owner=each.owner, runtime=each.runtime)
            finally:
                await inside.close()
            print(f"{each.service.name}: database {each.database}, roles {each.owner} and {each.runtime}", flush=True)
    finally:
        await admin.close()


async def _ensure(admin: asyncpg.Connection, each: _Wanted) -> None:
    await ensure_database(
        admin,
        each.database,
        owner=each.owner,
        runtime=each.runtime,
        temporary_tables=each.service.temporary_tables,
    )


def _wanted(service: Service, environ: Mapping[str, str]) -> _Wanted:
    runtime, password, database = _parts(environ, f"{service.prefix}DATABASE_URL")
    owner, owner_password, owned = _parts(environ, f"{service.prefix}MIGRATION_URL")
    if owned != database or owner == runtime:
        raise Missing(f"{service.prefix}DATABASE_URL and _MIGRATION_URL must be two roles of one database.")
    return _Wanted(service, database, owner, owner_password, runtime, password)


def _given(environ: Mapping[str, str], name: str) -> str:
    if not environ.get(name):
        raise Missing(f"{name} is not set.")
    try:
        return settings.database(environ[name])
    except ValueError as wrong:
        raise Missing(f"{name} {wrong}.") from None


def _parts(environ: Mapping[str, str], name: str) -> tuple[str, str, str]:
    """Role, password and database of a URL."""
    url = urlsplit(_given(environ, name))
    if not (url.username and url.password):
        raise Missing(f"{name} must be postgresql://role:password@host/database.")
    return unquote(url.username), unquote(url.password), unquote(url.path.strip("/"))


if __name__ == "__main__":
    sys.exit(main())
