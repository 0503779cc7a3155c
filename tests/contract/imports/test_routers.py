"""Every router says how what is sent to it is read; FastAPI's own routes read queries and JSON in many ways."""

import re

from tests.support import ROOT


def test_every_router_reads_in_one_way() -> None:
    """Each has a class of `shared.http.operations`."""
    sources = {path: path.read_text("utf-8") for path in (ROOT / "services").rglob("*.py")}
    made = [(path, found[0]) for path, text in sources.items() for found in re.finditer(r"APIRouter\([^)]*\)", text)]
    assert len(made) > 25
    assert [each for each in made if not re.search(r"route_class=(Operation|Page)\b", each[1])] == []
