"""What a text column may hold is said once: the database checks the very words that the code knows."""

import re
from typing import Literal, get_args

import pytest
import sqlalchemy as sa

from deploy.contracts.schemas import tables_of
from deploy.services import SERVICES
from shared.database import metadata, migrations
from shared.database.checks import one_of
from tests.support.servers.postgres import DatabaseServer, connected

_CHECKS = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'"
_WORDS = re.compile(r"CHECK \(\(\w+ = ANY \(ARRAY\[(.*)\]\)\)\)")


def known_words(tables: sa.MetaData) -> dict[str, tuple[str, ...]]:
    """The words of each constraint that was made of a Literal."""
    return {
        str(check.name): get_args(check.info["words"])
        for table in tables.tables.values()
        for check in table.constraints
        if isinstance(check, sa.CheckConstraint) and "words" in check.info
    }


@pytest.mark.parametrize("service", SERVICES)
async def test_the_database_checks_the_words_of_the_code(postgres: DatabaseServer, service: str) -> None:
    """Each list of words in the catalogue is a Literal in `tables`, word for word, and the other way round."""
    database = await postgres.fresh_database(service)
    await migrations.upgrade(service, database.owner_url)
    async with connected(database.admin_url) as admin:
        found = {name: _WORDS.fullmatch(check) for name, check in await admin.fetch(_CHECKS)}
    await postgres.drop_database(database)
    checked = {name: tuple(re.findall(r"'(\w+)'::text", each[1])) for name, each in found.items() if each}
    assert checked == known_words(tables_of(service))


def test_a_word_more_is_seen() -> None:
    """The comparison looks at what `one_of` was given."""
    tables = metadata()
    sa.Table("things", tables, sa.Column("kind", sa.Text), one_of("kind", Literal["a", "b"]))
    assert known_words(tables) == {"ck_things_kind": ("a", "b")}
