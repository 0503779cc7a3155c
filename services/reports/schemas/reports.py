"""A report as it is sent, and as its readers get it."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.reports.domain.lifecycle import Status
from shared.free_text import Confirmed, Screened

LocationKind = Literal["residential", "public", "semi_public"]
Certainty = Literal["certain", "likely", "uncertain"]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]


class Point(BaseModel):
    """A point in degrees, WGS 84."""

    model_config = ConfigDict(extra="forbid")

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False, examples=[14.64])
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False, examples=[63.1765])


class NewReport(BaseModel):
    """A report as a partner sends it: about a place and a time, never about a person."""

    model_config = ConfigDict(extra="forbid")

    category: Code = Field(examples=["order"], description="See GET /categories.")
    subcategory: Code | None = Field(default=None, examples=["gathering"])
    occurred_from: datetime | date = Field(
        description="A date alone is that whole local day. A time without a zone is local.",
        examples=["2026-11-20T16:30:00+01:00"],
        union_mode="left_to_right",
    )
    occurred_to: datetime | None = Field(default=None, examples=["2026-11-20T17:15:00+01:00"])
    point: Point | None = Field(default=None, description="None where the place is not known.")
    area_code: Annotated[str, Screened(codes=True)] | None = Field(
        default=None,
        max_length=100,
        pattern=r"^[^\u0000]+$",
        description="Where no point is known: an area in use, see GET /areas.",
        examples=[None],
    )
    location_kind: LocationKind | None = Field(default=None, examples=["public"])
    severity: int = Field(default=1, ge=1, le=3, strict=True, examples=[2])
    certainty: Certainty | None = Field(default=None, examples=["likely"])
    text: Annotated[str, Screened()] | None = Field(
        default=None,
        max_length=2000,
        description="Short, about the place. It becomes a public document: write nothing about persons.",
        examples=["Ett tjugotal ungdomar samlade vid väntsalen, hög musik."],
    )
    external_reference: Annotated[str, Screened(codes=True)] | None = Field(
        default=None, min_length=1, max_length=100, examples=["V47-0012"]
    )
    confirmed_no_personal_data: Confirmed = False


class Receipt(BaseModel):
    """What the sender of a report gets back at once: where it was placed."""

    id: UUID
    area_code: str | None = Field(examples=["010101"])
    cell: str | None = Field(examples=["E481750N7005250"])
    occurred_on: date
    band: int | None = Field(description="Local two-hour band, 0 to 11.", examples=[8])
    dark: bool | None


class Report(BaseModel):
    """A report as this reader may see it; a field that the reader may not see is null."""

    id: UUID
    organisation_id: UUID | None
    external_reference: str | None
    category: str
    subcategory: str | None
    occurred_from: datetime | None
    occurred_to: datetime | None
    occurred_on: date
    band: int | None
    lon: float | None
    lat: float | None
    cell: str | None
    area_code: str | None
    dark: bool | None
    severity: int
    location_kind: LocationKind | None
    text: str | None
    certainty: Certainty | None
    status: Status | None
    incident_id: UUID | None = Field(description="The report that stands for the same incident, for a duplicate.")
    version: int | None
    received_at: datetime | None


class ReportPage(BaseModel):
    """A stretch of a list, newest first."""

    reports: list[Report]
    next_cursor: str | None = Field(description="Null on the last page.")


class Subcategory(BaseModel):
    """A sub-category's code and labels."""

    code: str
    label_sv: str
    label_en: str


class Category(BaseModel):
    """A category's code and labels."""

    code: str
    label_sv: str
    label_en: str
    subcategories: list[Subcategory]


class Categories(BaseModel):
    """All categories."""

    categories: list[Category]
