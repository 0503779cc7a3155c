"""Makes each service's database and its two roles on a given PostgreSQL: `python -m deploy.cluster.databases`.

Roles, passwords and databases are those of the URLs that the services and `samsyn migrate` are given; the server's
superuser stands in ADMIN_DATABASE_URL. It may run again at any time: what is there stays, passwords become those given.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import asyncpg

from deploy.local.databases import close_to_strangers, ensure_database, ensure_role, grant_rows
from deploy.services import SERVICES
from shared import settings

ADMIN = "ADMIN_DATABASE_URL"


class Missing(Exception):
    """A setting is not there or does not fit; the text is one sentence."""


def main() -> int:
    """Make the databases of all services. What a person can mend is one sentence on standard error."""
    try:
        asyncio.run(provide(os.environ))
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        print(f"PostgreSQL did not let the databases be made: {error}", file=sys.stderr)
        return 1
    return 0


async def provide(environ: Mapping[str, str]) -> None:
    """Make every service's database and roles. Raises Missing, and what asyncpg raises."""
    admin_url = _given(environ, ADMIN)
    admin = await asyncpg.connect(admin_url)
    try:
        await close_to_strangers(admin)
        for service in SERVICES.values():
            runtime, password, database = _parts(environ, f"{service.prefix}DATABASE_URL")
            owner, owner_password, owned = _parts(environ, f"{service.prefix}MIGRATION_URL")
            if owned != database or owner == runtime:
                raise Missing(f"{service.prefix}DATABASE_URL and _MIGRATION_URL must be two roles of one database.")
            await ensure_role(admin, owner, password=owner_password)
            await ensure_role(admin, runtime, password=password)
            await ensure_database(admin, database, owner=owner, runtime=runtime)
            inside = await asyncpg.connect(admin_url, database=database)
            try:
                await grant_rows(inside, owner=owner, runtime=runtime)
            finally:
                await inside.close()
            print(f"{service.name}: database {database}, roles {owner} and {runtime}", flush=True)
    finally:
        await admin.close()


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
