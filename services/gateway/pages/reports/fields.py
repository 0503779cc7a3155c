"""The fields of a report's form: as they were typed, and the report they make. No answer of a service is needed."""

import re
from datetime import date, time, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.texts import number

_CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?", re.ASCII)


class Typed(BaseModel):
    """The fields as they were typed; all of them texts, so that whatever was typed can be shown again.

    None of them has an end but the request's own: what is too long, or cannot be, is the service's to say, and stands
    beside its field then.
    """

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    what: str = ""
    day: str = ""
    clock_from: str = ""
    # Only of a report that goes on for more than a night, which this form does not make but can correct.
    day_to: str = ""
    clock_to: str = ""
    area: str = ""
    lat: str = ""
    lon: str = ""
    location_kind: str = ""
    severity: str = ""
    certainty: str = ""
    text: str = ""
    external_reference: str = ""
    confirmed: str = ""
    form_token: str = ""
    key: str = ""
    # What the sender of a correction saw.
    version: str = ""

    @property
    def etag(self) -> str:
        """The version as If-Match names it; one that no report has where the form was bent."""
        return f'"{self.version}"' if re.fullmatch("[0-9]{1,9}", self.version) else '"0"'


def report_of(typed: Typed) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The body for `POST /reports`, and errors (as a service would give them) of what cannot be read at all."""
    category, _, subcategory = typed.what.partition("/")
    wrong: list[dict[str, str]] = []
    body: dict[str, Any] = {
        "category": category,
        "severity": int(typed.severity) if typed.severity in ("1", "2", "3") else 0,
    }
    if not category:
        wrong.append({"field": "/category", "code": "missing"})
    optional = {
        "subcategory": subcategory,
        "location_kind": typed.location_kind,
        "certainty": typed.certainty,
        "text": typed.text,
        "external_reference": typed.external_reference,
    }
    body |= {name: value for name, value in optional.items() if value}
    if typed.confirmed:
        body["confirmed_no_personal_data"] = True
    return body | _moments(typed, wrong) | _place(typed, wrong), wrong


def _moments(typed: Typed, wrong: list[dict[str, str]]) -> dict[str, str]:
    """The times of the body: a day alone where no clock was typed, for the beginning and for the end."""
    try:
        day = date.fromisoformat(typed.day)
        first = _clock(typed.clock_from) if typed.clock_from else None
    except ValueError:
        wrong.append({"field": "/occurred_from", "code": "unreadable"})
        return {}
    if first is None and typed.clock_to:
        wrong.append({"field": "/occurred_from", "code": "missing"})
    begin = day.isoformat() if first is None else _moment(day, first)
    try:
        end = date.fromisoformat(typed.day_to) if typed.day_to else None
        last = _clock(typed.clock_to) if typed.clock_to else None
        if last is None:
            return {"occurred_from": begin} | ({} if end is None else {"occurred_to": end.isoformat()})
        overnight = timedelta(days=first is not None and last < first)
        return {"occurred_from": begin, "occurred_to": _moment(end or day + overnight, last)}
    except (ValueError, OverflowError):
        wrong.append({"field": "/occurred_to", "code": "unreadable"})
        return {"occurred_from": begin}


def _moment(day: date, clock: time) -> str:
    return f"{day.isoformat()}T{clock.strftime('%H:%M:%S')}"


def _clock(typed: str) -> time:
    """A time of the clock on the wall, 14:30 or, as Swedes write it, 14.30. Raises ValueError for anything else.

    `time.fromisoformat` takes the 30 for tenths of a second.
    """
    if (parts := _CLOCK.fullmatch(typed)) is None:
        raise ValueError
    hour, minute, second = (int(part) for part in parts.groups(default="0"))
    return time(hour, minute, second)


def _place(typed: Typed, wrong: list[dict[str, str]]) -> dict[str, Any]:
    area = {"area_code": typed.area} if typed.area else {}
    if not typed.lat and not typed.lon:
        return area
    try:
        lat, lon = (number(text.replace(",", ".")) for text in (typed.lat, typed.lon))
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValueError
    except ValueError:
        wrong.append({"field": "/point", "code": "unreadable"})
        return {}
    # The point says where it is; the area is looked up all the same, as the API does with whatever it is sent.
    return area | {"point": {"lon": lon, "lat": lat}}
