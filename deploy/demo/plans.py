"""Fictive safety walks with their findings, and public gatherings around a day: as lists to be sent to the API."""

from datetime import UTC, date, timedelta
from typing import Any

from deploy.demo.incidents import HOME_CRS, local
from deploy.demo.places import PLACES
from deploy.demo.planted import planted
from shared.geo.geometry import to_lonlat

_BY_CODE = {place.code: place for place in PLACES}


def safety_walks(today: date) -> list[dict[str, Any]]:
    """Walks, oldest first: two closed, one walked, two planned. `owner` is a partner's key.

    The first one leads to the action in Torvalla that `planted` speaks of.
    """
    return [
        *_closed_walks(today),
        _walk(
            "0112",
            today - timedelta(days=19),
            "Stora samlingar efter skoltid",
            status="walked",
            people=21,
            findings=[
                _finding("sightlines", "Affischtavla skymmer väntsalens ingång", "municipality", "high", "planned"),
                _finding("litter", "Papperskorgar töms för sällan på fredagar", "municipality", "normal", "planned"),
                _finding("lighting", "Blinkande lampa vid hållplats C", "municipality", "normal", "done"),
            ],
        ),
        _walk("0162", today + timedelta(days=9), "Uppföljning av gårdarnas belysning", status="planned"),
        _walk("017", today + timedelta(days=24), "Första vandringen i området på två år", status="planned"),
    ]


def _closed_walks(today: date) -> list[dict[str, Any]]:
    action = planted(today).action_on
    return [
        _walk(
            "0161",
            action - timedelta(days=33),
            "Många rapporter om skadegörelse och mörka gångvägar",
            status="closed",
            people=17,
            findings=[
                _finding("lighting", "Fem armaturer släckta på gångvägen mot skolan", "municipality", "high", "done"),
                _finding("vegetation", "Buskage skymmer ingången till tunneln", "municipality", "normal", "done"),
                _finding("damage", "Trasiga dörrar till cykelrum i två hus", "granen", "high", "done"),
            ],
        ),
        _walk(
            "014",
            today - timedelta(days=150),
            "Önskemål från boende efter förra lägesbilden",
            status="closed",
            people=12,
            findings=[
                _finding("maintenance", "Räcket i trappan mot centrum är löst", "granen", "normal", "done"),
                _finding(
                    "lighting", "Önskan om fler lampor i parken", "municipality", "low", "declined",
                    reason="Belysningen uppfyller kravet; parken ses över i nästa års plan.",
                ),
            ],
        ),
    ]  # fmt: skip


def gatherings(today: date) -> list[dict[str, Any]]:
    """Public gatherings, oldest first: three past, five to come, two of which clash in time and place."""
    plans = [
        ("Torgmarknad", "0111", -40, 10, 6, "Torghandlarna i Sjöstaden", 2500),
        ("Innebandyderby", "0121", -24, 18, 3, "Innebandyklubben Skarvarna", 1800),
        ("Kvällspromenad med lyktor", "0113", -6, 17, 2, "Föreningen Ljus i parken", 600),
        ("Ungdomsfest i parken", "0113", 5, 19, 5, "Ungdomsrådet i Sjöstaden", 900),
        ("Stor torgmarknad", "0111", 12, 11, 7, "Torghandlarna i Sjöstaden", 4000),
        ("Manifestation för en varm stad", "0112", 12, 16, 2, "Nätverket Varm stad", 350),
        ("Hemmamatch", "0121", 16, 19, 3, "Idrottsklubben Myren", 3200),
        ("Konsert i parken", "0113", 38, 22, 3, "Sjöstadens kulturförening", 5000),
    ]
    return [
        {
            "title": f"{title} (påhittat)",
            "place_name": _BY_CODE[code].name,
            "area_code": code,
            **_point(code),
            "starts_at": _at(today + timedelta(days=in_days), hour),
            "ends_at": _at(today + timedelta(days=in_days), hour + hours),
            "organiser": organiser,
            "expected_attendance": visitors,
        }
        for title, code, in_days, hour, hours, organiser, visitors in plans
    ]


def _walk(
    code: str,
    day: date,
    reason: str,
    *,
    status: str,
    people: int | None = None,
    findings: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    walk: dict[str, Any] = {
        "title": f"Trygghetsvandring {_BY_CODE[code].name} (påhittad)",
        "area_code": code,
        **_point(code),
        "planned_at": _at(day, 18),
        "reason": reason,
        "status": status,
        "findings": [finding | {"due_on": (day + timedelta(days=182)).isoformat()} for finding in findings or []],
    }
    return walk if status == "planned" else walk | {"walked_on": day.isoformat(), "head_count": people}


def _finding(
    kind: str, note: str, owner: str, priority: str, status: str, *, reason: str | None = None
) -> dict[str, Any]:
    finding = {"kind": kind, "note": f"{note} (påhittat)", "owner": owner, "priority": priority, "status": status}
    return finding | {"reason": reason} if reason else finding


def _point(code: str) -> dict[str, float]:
    place = _BY_CODE[code]
    lon, lat = to_lonlat(float(place.e), float(place.n), crs=HOME_CRS)
    return {"lon": round(lon, 6), "lat": round(lat, 6)}


def _at(day: date, hour: int) -> str:
    return local(day, hour, 0).astimezone(UTC).isoformat().replace("+00:00", "Z")
