"""What becomes of a report that somebody corrected, or sent by itself, when a row says something else of it.

What the row says stands; what it leaves empty stays as the report has it. Facts go by the names of the table's columns.
"""

from collections.abc import Collection, Mapping
from typing import Any

from services.reports.intake.domain import Place, Point, Report, When, darkness, row_hash

Facts = Mapping[str, Any]
_PLACE = ("lon", "lat", "e", "n", "cell", "area_code", "said_area")
_CODES = ("category", "subcategory", "severity", "location_kind", "text", "certainty")
_IDS = ("id", "organisation_id", "client_id", "external_reference")


def corrected(report: Facts, row: Facts, *, unsaid: Collection[str]) -> dict[str, Any]:
    """The report's facts once this row has corrected it. unsaid: fields that are filled in where no row says them."""
    return _whole({**row, **{name: report[name] for name in _left_open(report, row, unsaid)}})


def hash_as_said(report: Facts, row: Facts, *, unsaid: Collection[str]) -> bytes:
    """The `row_hash` of a row that says what the report does, and leaves empty what this one does."""
    whole = _whole({**report, **{name: row[name] for name in _left_open(report, row, unsaid)}})
    return bytes(whole["row_hash"])


def _left_open(report: Facts, row: Facts, unsaid: Collection[str]) -> set[str]:
    """What this row does not say of its report."""
    left = {name for name in ("text", "location_kind", "certainty") if row[name] is None} | set(unsaid)
    if row["subcategory"] is None and row["category"] == report["category"]:
        left.add("subcategory")
    if row["occurred_to"] is None and all(row[name] == report[name] for name in ("occurred_from", "band")):
        left.add("occurred_to")
    if row["lon"] is None and row["area_code"] in (None, report["said_area"] or report["area_code"]):
        left.update(_PLACE)
    return left


def _whole(facts: dict[str, Any]) -> dict[str, Any]:
    """These facts with what follows from them."""
    moment = When(*(facts[name] for name in When._fields))
    lon, lat, e, n, cell, area_code, said_area = (facts[name] for name in _PLACE)
    point = None if lon is None else Point(lon=lon, lat=lat, e=e, n=n, cell=cell)
    where = Place(area_code=area_code, point=point, said_area=said_area)
    told = {name: facts[name] for name in (*_IDS, *_CODES)}
    report = Report(when=moment, place=where, dark=darkness(moment, where), **told)
    return facts | {"dark": report.dark, "row_hash": row_hash(report)}
