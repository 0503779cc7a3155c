"""Which reference systems of the EPSG register count metres, as PROJ's own copy of it says.

Every service is told the municipality's system and only some project with it; pyproj would take 12 MB of each.
"""

import re
import sqlite3
from contextlib import closing
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_AXES = """
SELECT count(*) FROM projected_crs AS c
JOIN axis AS a ON a.coordinate_system_auth_name = c.coordinate_system_auth_name
    AND a.coordinate_system_code = c.coordinate_system_code
WHERE c.auth_name = 'EPSG' AND c.code = ? AND a.uom_auth_name = 'EPSG' AND a.uom_code = 9001
"""
METRE_AXES = 2


@cache
def counts_metres(crs: str) -> bool:
    """Whether a code such as EPSG:3006 names a projected system whose two axes count metres (EPSG's unit 9001)."""
    code = re.fullmatch(r"EPSG:([0-9]{4,6})", crs, flags=re.ASCII)
    return code is not None and _asked(_AXES, int(code[1])) == [(METRE_AXES,)]


def codes() -> list[int]:
    """The codes of all projected systems of the register, whatever they count, in their order."""
    return [code for (code,) in _asked("SELECT code FROM projected_crs WHERE auth_name = 'EPSG' ORDER BY code")]


def _asked(question: str, *values: int) -> list[tuple[int, ...]]:
    with closing(sqlite3.connect(f"{_database().as_uri()}?mode=ro&immutable=1", uri=True)) as register:
        return register.execute(question, values).fetchall()


def _database() -> Path:
    found = find_spec("pyproj")
    assert found is not None  # noqa: S101 - one of our dependencies
    assert found.origin is not None  # noqa: S101 - as above
    return Path(found.origin).parent / "proj_dir" / "share" / "proj" / "proj.db"
