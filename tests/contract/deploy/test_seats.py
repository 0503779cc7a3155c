"""How many connections a process of a service opens is what the limits of the roles reckon with."""

from contextlib import AsyncExitStack

import pytest

from deploy.local import seats
from deploy.local.errors import LocalError
from deploy.services import SERVICES
from services.reports.intake.export import Exports
from services.reports.settings import Settings
from shared.service import open_database
from shared.settings import read
from tests.support.make.settings import settings_class, sufficient, variables
from tests.support.servers.postgres import DatabaseServer, connected

SMALL = {"REPORTS_DATABASE_CONNECTIONS": "3", "REPORTS_EXPORTS_AT_ONCE": "2"}
_HELD = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND usename = 'reports'"


@pytest.mark.parametrize("service", SERVICES)
def test_what_nothing_is_set_for_is_what_the_services_take(service: str) -> None:
    """The defaults of the settings stand a second time where no service is loaded."""
    prefix, fields = SERVICES[service].prefix, variables(settings_class(service))
    usual = {"DATABASE_CONNECTIONS": seats.POOL, **SERVICES[service].pools}
    assert {name: fields[prefix + name].default for name in usual} == usual


async def test_a_process_opens_no_more_than_is_reckoned(
    postgres: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of reports, which has one pool more: each pool gives all it has, and that is what its settings come to."""
    own = await postgres.migrated("reports")
    for name, value in (sufficient("reports") | SMALL | {"REPORTS_DATABASE_URL": own.url}).items():
        monkeypatch.setenv(name, value)
    settings = read(Settings)
    database, exports = open_database("reports", settings), Exports(settings).database
    beside = seats.needs(dict.fromkeys(SMALL, "0"))["reports"]
    async with AsyncExitStack() as stack, connected(own.admin_url) as admin:
        for one, places in ((database, 3), (exports, 2)):
            for _ in range(places):
                await stack.enter_async_context(one.engine.connect())
        for _ in range(3):
            await stack.enter_async_context(database.direct())
        held = await admin.fetchval(_HELD, own.name)
        assert held + beside == seats.needs(SMALL)["reports"]
    await database.stop()
    await exports.stop()
    await postgres.drop_database(own)


@pytest.mark.parametrize("value", ["", "ten", "-1", "1e2", "١٠"])
def test_a_number_that_is_none_is_named(value: str) -> None:
    """The setting, and not what it holds."""
    with pytest.raises(LocalError, match=r"^WALKS_DATABASE_CONNECTIONS must be a whole number\.$"):
        seats.needs({"WALKS_DATABASE_CONNECTIONS": value})
