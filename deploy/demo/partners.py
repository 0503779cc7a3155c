"""The invented organisations of the demo, and the files they send, each with its own columns, words, clock and CRS.

A file is written from the mapping that the import will read it with, backwards; so the two cannot drift apart.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deploy.demo.incidents import HOME_CRS, Report
from shared.geo.geometry import to_lonlat, to_metres

MAPPINGS = Path(__file__).with_name("mappings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """An organisation, the prefix of its own references, and the cells of columns that no mapping asks for."""

    key: str
    name: str
    kind: str
    prefix: str
    unmapped: Mapping[str, str] = field(default_factory=dict)


PARTNERS = (
    Partner(key="municipality", name="Kommunens trygghetssamordning (demo)", kind="municipality", prefix="E"),
    Partner(key="police", name="Polisområde Storsjön (demo)", kind="police", prefix="SJ-"),
    Partner(
        key="granen", name="Bostadsbolaget Granen (demo)", kind="housing", prefix="GR", unmapped={"Status": "Avslutat"}
    ),
    Partner(key="fjallglimt", name="Hyreshusen Fjällglimt (demo)", kind="housing", prefix=""),
    Partner(key="norrsken", name="Väktarbolaget Norrsken (demo)", kind="guard", prefix="R", unmapped={"rond": "ja"}),
    Partner(key="nattvandrarna", name="Nattvandrarna i Sjöstaden (demo)", kind="night_walk", prefix="NV "),
    Partner(key="rescue", name="Räddningstjänsten Storsjöbygden (demo)", kind="rescue", prefix="U"),
)


def mapping_of(partner: Partner) -> dict[str, Any]:
    """How the import is to read the partner's file; the folder's README says what each part means."""
    mapping: dict[str, Any] = json.loads((MAPPINGS / f"{partner.key}.json").read_text(encoding="utf-8"))
    return mapping


def csv_of(partner: Partner, reports: Iterable[Report]) -> bytes:
    """The partner's file with its own reports, in the order given."""
    mapping = mapping_of(partner)
    columns = dict.fromkeys(name for source in mapping["columns"].values() for name in _names(source))
    text = io.StringIO()
    writer = csv.DictWriter(text, [*columns, *partner.unmapped], delimiter=mapping["delimiter"])
    writer.writeheader()
    writer.writerows(
        row_of(report, partner=partner, mapping=mapping) for report in reports if report.organisation == partner.key
    )
    return text.getvalue().encode(mapping["encoding"])


def row_of(report: Report, *, partner: Partner, mapping: Mapping[str, Any]) -> dict[str, str]:
    """The cells of one report by column: the partner's words for our codes, its clock and its coordinates."""
    facts = _facts(report, mapping) | {"external_reference": f"{partner.prefix}{report.external_reference}"}
    targets: dict[tuple[str, ...], list[str]] = {}
    for target, source in mapping["columns"].items():
        targets.setdefault(_names(source), []).append(target)
    row = dict(partner.unmapped)
    for names, together in targets.items():
        words = [mapping["values"][target] for target in together if target in mapping["values"]]
        if words:
            meant = [facts[target] for target in together]
            row[names[0]] = next((word for word in words[0] if [w.get(word) for w in words] == meant), "")
            continue
        text = "" if facts[together[0]] is None else str(facts[together[0]])
        row |= dict(zip_longest(names, text.split(" ") if len(names) > 1 else [text], fillvalue=""))
    return row


def _names(source: str | list[str]) -> tuple[str, ...]:
    return (source,) if isinstance(source, str) else tuple(source)


def _facts(report: Report, mapping: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the import, as the partner would write them but for the words."""
    crs = mapping.get("crs", HOME_CRS)
    lon, lat = to_lonlat(report.e, report.n, crs=HOME_CRS)
    # A hundred-thousandth of a degree is a metre: both forms keep a position to the decimetre.
    x, y = (f"{lon:.6f}", f"{lat:.6f}") if crs == "EPSG:4326" else (f"{c:.1f}" for c in to_metres(lon, lat, crs=crs))

    def clock(moment: datetime | None) -> str | None:
        return f"{moment.astimezone(ZoneInfo(mapping['time_zone'])):{mapping['datetime_format']}}" if moment else None

    return {
        "category": report.category,
        "subcategory": report.subcategory,
        "occurred_from": clock(report.occurred_from),
        "occurred_to": clock(report.occurred_to),
        "x": x.replace(".", mapping["decimal"]),
        "y": y.replace(".", mapping["decimal"]),
        "place_code": report.place_code,
        "location_kind": report.location_kind,
        "severity": report.severity,
        "text": report.text,
    }
