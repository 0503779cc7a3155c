"""Rows that were corrected find their reports by looking at about as many rows as the batch has, whatever is known."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx

from services.reports.files.recognising import _CORRECTED, _SAID
from services.reports.files.staging import STAGING
from tests.integration.reports.files.test_identity import COLUMNS, file_of, rows_of
from tests.support.make.imports import bring_in, counts
from tests.support.servers.postgres import Database, connected

ROWS = 3000
_STAGE = """
    INSERT INTO staging
    SELECT reports.*, row_number() OVER (ORDER BY id), false, false, "left"(external_reference, 20), NULL FROM reports
"""
_CORRECT = "UPDATE staging SET external_reference = kin || repeat('0', 16) || ':' || number WHERE number % 2 = 0"


def looked_at(plan: dict[str, Any]) -> Iterator[float]:
    """How many rows each step of a plan gave or threw away."""
    thrown = sum(plan.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Join Filter"))
    yield (plan["Actual Rows"] + thrown) * plan["Actual Loops"]
    for each in plan.get("Plans", ()):
        yield from looked_at(each)


async def test_corrected_rows_are_found_kin_by_kin(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """Half of the rows of a file say something else than the reports of a table that was never analysed."""
    assert counts(await bring_in(reports, file_of(rows_of(ROWS)), columns=COLUMNS))[1] == ROWS
    async with connected(reports_database.admin_url) as admin, admin.transaction():
        organisation, mapping = await admin.fetchrow("SELECT organisation_id, mapping FROM reports LIMIT 1")
        for statement in (str(STAGING), _STAGE, _CORRECT):
            await admin.execute(statement)
        found = _CORRECTED.format(said=_SAID, kin="staging.kin")
        # Of another file than the one that said them all.
        for name, value in {"organisation_id": organisation, "mapping": mapping, "import_id": uuid4()}.items():
            found = found.replace(f":{name}", f"'{value}'")
        told = json.loads(await admin.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {found}"))
        assert len(await admin.fetch(found)) == ROWS // 2
    assert sum(looked_at(told[0]["Plan"])) < 20 * ROWS
