"""Which reports are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.reports.intake.domain import is_of_a_row
from services.reports.searching import readable

_STAND_INS: Mapping[str, Any] = {
    "external_reference": "",
    "updated_since": datetime(1970, 1, 1, tzinfo=UTC),
    "words": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which reports are wanted; None stands for all. `first` and `last` are local days, both included."""

    area: str | None = None
    category: str | None = None
    subcategory: str | None = None
    first: date | None = None
    last: date | None = None
    severity: int | None = None
    dark: bool | None = None
    status: str | None = None
    organisation_id: UUID | None = None
    external_reference: str | None = None
    updated_since: datetime | None = None
    incident_id: UUID | None = None
    words: str | None = None
    # What a number is of (`slices`). `hour` is one of the local clock in `zone`.
    counted: bool | None = None
    positive: bool | None = None
    placed: bool | None = None
    timed: bool | None = None
    weekday: int | None = None
    band: int | None = None
    hour: int | None = None
    cell: str | None = None
    # Of a file: what came of its rows.
    new_in_import: UUID | None = None
    changed_in_import: UUID | None = None
    withdrawn_in_import: UUID | None = None
    zone: str = "UTC"
    # By whose rules words are found: PostgreSQL's text search configuration.
    configuration: str = "swedish"

    @property
    def told(self) -> dict[str, Any]:
        """What is asked for in its asker's own words, by the names that `bound` gives them.

        A reference that was made here for a row of a file is shown to nobody, and so found by nobody.
        """
        made = self.external_reference is not None and is_of_a_row(self.external_reference)
        values = {
            "external_reference": None if made else self.external_reference,
            "updated_since": self.updated_since,
            "words": None if self.words is None else readable(self.words),
        }
        return {f"asked_{name}": value for name, value in values.items() if getattr(self, name) is not None}

    @property
    def kind(self) -> "Filter":
        """One that stands for all that differ from this one in these words alone: their statements are the same."""
        asked = {name: stand_in for name, stand_in in _STAND_INS.items() if getattr(self, name) is not None}
        return replace(self, **asked)

    def bound(self, name: str, type_: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
        """What is asked for in one of them, as a parameter that each call of a statement can give anew."""
        return sa.bindparam(f"asked_{name}", self.told[f"asked_{name}"], type_=type_)

    @property
    def of_an_import(self) -> bool:
        """Whether it asks what came of the rows of a file."""
        return any(each is not None for each in (self.new_in_import, self.changed_in_import, self.withdrawn_in_import))

    @property
    def of_any_status(self) -> bool:
        """Whether withdrawn reports are among those wanted: whoever keeps a copy, or asks by key, is told of them.

        Of a file all are, as its counts have it.
        """
        asked = (self.status, self.counted, self.external_reference, self.updated_since)
        return self.of_an_import or any(each is not None for each in asked)

    @property
    def of_own_alone(self) -> bool:
        """Whether it asks for what is hidden: whoever does not see everything finds only their own by it."""
        hidden = (
            self.status, self.organisation_id, self.external_reference, self.updated_since, self.incident_id, self.hour,
            self.words,
        )  # fmt: skip
        return self.of_an_import or any(each is not None for each in hidden)
