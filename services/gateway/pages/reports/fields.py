"""The fields of a report's form: as they were typed, and the report they make. No answer of a service is needed."""

from datetime import date, time, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

_Word = Annotated[str, Field(max_length=100)]


class Typed(BaseModel):
    """The fields as they were typed; all of them texts, so that whatever was typed can be shown again."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    what: _Word = ""
    day: _Word = ""
    clock_from: _Word = ""
    # Only of a report that goes on for more than a night, which this form does not make but can correct.
    day_to: _Word = ""
    clock_to: _Word = ""
    area: _Word = ""
    lat: _Word = ""
    lon: _Word = ""
    location_kind: _Word = ""
    severity: _Word = ""
    certainty: _Word = ""
    # Line ends come as two characters: what is too long is the service's to say.
    text: Annotated[str, Field(max_length=10_000)] = ""
    external_reference: Annotated[str, Field(max_length=500)] = ""
    confirmed: _Word = ""
    form_token: Annotated[str, Field(max_length=200)] = ""
    key: _Word = ""
    # What the sender of a correction saw.
    version: Annotated[str, Field(pattern="^[0-9]{0,9}$")] = ""


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
    try:
        day = date.fromisoformat(typed.day)
        first = _clock(typed.clock_from) if typed.clock_from else None
    except ValueError:
        wrong.append({"field": "/occurred_from", "code": "unreadable"})
        return {}
    if first is None:
        if typed.clock_to:
            wrong.append({"field": "/occurred_from", "code": "missing"})
        return {"occurred_from": day.isoformat()}
    moments = {"occurred_from": f"{day.isoformat()}T{first.strftime('%H:%M:%S')}"}
    if typed.clock_to:
        try:
            last = _clock(typed.clock_to)
            end = date.fromisoformat(typed.day_to) if typed.day_to else day + timedelta(days=last < first)
        except (ValueError, OverflowError):
            wrong.append({"field": "/occurred_to", "code": "unreadable"})
            return moments
        moments["occurred_to"] = f"{end.isoformat()}T{last.strftime('%H:%M:%S')}"
    return moments


def _clock(typed: str) -> time:
    """A time of the clock on the wall. Raises ValueError, also for one with an offset."""
    found = time.fromisoformat(typed)
    if found.tzinfo is not None:
        raise ValueError
    return found


def _place(typed: Typed, wrong: list[dict[str, str]]) -> dict[str, Any]:
    if not typed.lat and not typed.lon:
        return {"area_code": typed.area} if typed.area else {}
    try:
        lat, lon = (float(text.replace(",", ".")) for text in (typed.lat, typed.lon))
        # Also what is no number at all: `nan` is none of these.
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValueError
    except ValueError:
        wrong.append({"field": "/point", "code": "unreadable"})
        return {}
    return {"point": {"lon": lon, "lat": lat}}
