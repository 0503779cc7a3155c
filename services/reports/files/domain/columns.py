"""Many reports at once, as columns of their table: an object for each would cost as much as all the rest."""

from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import Any
from uuid import UUID

import numpy as np

from services.reports.intake.domain import When, hash_of
from shared.geo.sun import is_dark

Columns = Mapping[str, Sequence[Any]]
NewIds = Callable[[int], Sequence[UUID | str]]

# What `intake.domain.hash_of` takes of a report, in its order.
_HASHED = (
    "category", "subcategory", "occurred_from", "occurred_to", "whole_day", "where", "severity", "location_kind",
    "text",
)  # fmt: skip


def completed(
    columns: Columns, times: Sequence[When], *, organisation_id: UUID, client_id: str, ids: NewIds
) -> Columns:
    """These columns with the rest of what a report is; all have the length of `times`."""
    count = len(times)
    whole: dict[str, Sequence[Any]] = {
        **columns,
        "id": ids(count),
        "organisation_id": [organisation_id] * count,
        "client_id": [client_id] * count,
        "certainty": [None] * count,
        **{name: [time[at] for time in times] for at, name in enumerate(When._fields)},
    }
    return {**whole, "dark": _darkness(whole), "row_hash": _hashes(whole)}


def _hashes(columns: Columns) -> list[bytes]:
    """What `intake.domain.hash_of` gives for each."""
    lying = zip(columns["lon"], columns["lat"], columns["area_code"], strict=True)
    facts = {
        **columns,
        "whole_day": [band is None for band in columns["band"]],
        "where": [code if lon is None else (lon, lat) for lon, lat, code in lying],
    }
    return [hash_of(each) for each in zip(*(facts[name] for name in _HASHED), strict=True)]


def _darkness(columns: Columns) -> list[bool | None]:
    """Whether it was dark, for those that have a point and an hour."""
    told = zip(columns["lon"], columns["band"], strict=True)
    known = np.array([lon is not None and band is not None for lon, band in told], dtype=bool)
    dark = np.full(len(known), None, dtype=object)
    lon, lat = (np.array(columns[name], dtype=np.float64)[known] for name in ("lon", "lat"))
    seconds = np.array([moment.timestamp() for moment in compress(columns["occurred_from"], known)])
    dark[known] = is_dark(lon, lat, (seconds * 1e6).astype("datetime64[us]"))
    found: list[bool | None] = dark.tolist()
    return found
