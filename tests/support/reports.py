"""Builders of reports."""

from typing import Any


def make_report(**changes: Any) -> dict[str, Any]:
    """A report as a partner sends it, inside the test area."""
    report: dict[str, Any] = {
        "category": "order",
        "subcategory": "gathering",
        "occurred_from": "2026-11-20T16:30:00+01:00",
        "occurred_to": "2026-11-20T17:15:00+01:00",
        "point": {"lon": 14.64, "lat": 63.1765},
        "location_kind": "public",
        "severity": 2,
        "text": "Samling vid väntsalen.",
    }
    return {name: value for name, value in (report | changes).items() if value is not None}
