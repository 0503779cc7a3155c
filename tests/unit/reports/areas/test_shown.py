"""What `samsyn areas` prints of a file, a trial and of imports: nothing that a terminal takes for an order."""

from collections.abc import Callable
from typing import Any

import pytest

from services.reports.area_cli import imports_of, offer_of, trial_of
from shared.terminal import show

ORDERS = "Ett\x1b[31mRÖD\x1b]0;titel\x07\x9b2J\u202egnp\r\b[bold]"
SHOWN = "Ett\ufffd[31mRÖD\ufffd]0;titel\ufffd\ufffd2J\ufffdgnp\ufffd\ufffd[bold]"
FILE = {
    "form": "geojson", "features": 2, "layer": ORDERS,
    "crs": {"crs": "EPSG:3006", "why": "named", "near": 2, "of": 2}, "layers": [{"name": ORDERS}, {"name": "b"}],
    "properties": [
        {"name": ORDERS, "kind": "text", "filled": 2, "distinct": 2, "examples": [ORDERS, f"a\n{ORDERS}"]}
    ],
    "doubts": [{"detail": ORDERS}],
}  # fmt: skip
AREA = {
    "code": ORDERS, "name": f"{ORDERS}\n0113", "parent": ORDERS, "change": "added", "surface_changed_pct": None,
    "clipped_pct": 1.5,
}  # fmt: skip
TRIAL = {
    "notes": [{"detail": ORDERS, "areas": [ORDERS, f"b\n0113 {ORDERS}"]}],
    "faults": [], "areas": [AREA], "added": 1, "changed": 0, "retired": 0,
    "unchanged": 0, "reports_to_move": 3, "reports_without_area": 1,
    "moves": [{"area_from": ORDERS, "area_to": None, "reports": 3}],
}  # fmt: skip
PAST = {
    "version": 3, "undoes": None, "source": "geojson", "client_id": ORDERS, "undone_by": None, "undoable": True,
    "imported_at": "2026-11-30T04:00:00Z", "file_name": f"{ORDERS}.geojson", "added": 1, "changed": 0, "retired": 0,
    "unchanged": 0,
}  # fmt: skip
PRINTED: dict[str, Callable[[], Any]] = {
    "a file": lambda: offer_of(FILE, {"only": ORDERS, "only_values": [ORDERS]}),
    "a trial": lambda: trial_of(TRIAL),
    "imports": lambda: imports_of({"imports": [PAST, PAST]}),
}


@pytest.mark.parametrize("what", PRINTED)
def test_what_comes_from_outside_is_shown_and_gives_no_orders(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A mark stands where a sign was; the rest is there, nothing is cut off, and no cell has a second line."""
    show(PRINTED[what]())
    told = capsys.readouterr().out
    assert SHOWN in told
    assert all(sign.isprintable() or sign == "\n" for sign in told)
    assert not any(line.startswith("0113") for line in told.splitlines())
    assert "…" not in told
