"""A report as it is sent, and as its readers get it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)
from pydantic_core import PydanticCustomError

from services.reports.intake import domain
from services.reports.intake.domain import BETWEEN, LONGEST_REFERENCE, LONGEST_TEXT, Certainty, LocationKind, Status
from services.reports.spoilt import spoilt
from shared.errors import FieldError
from shared.http.faults import field_errors
from shared.privacy.free_text import Confirmed, Screened
from shared.resent import Resent
from shared.shapes import AreaCode, Body, CategoryCode, DayOrMoment, Line, Lines, Point, Within

_LINES = (
    "id,category,subcategory,occurred_on,band,cell,area_code,dark,severity,location_kind,organisation_id,"
    "external_reference,occurred_from,occurred_to,lon,lat,text,certainty,status,incident_id,version,received_at,updated_at\n"
    "01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18,order,noise,2026-11-20,8,E481750N7005250,010101,t,2,public,,,,,,,,,,,,,\n"
)
REPORTS_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/csv": {"schema": {"type": "string"}, "example": _LINES}},
        "description": "The reports, a line each, with the columns of the list in a fixed order; `point` is `lon` and "
        "`lat` here, and where `whole_day` is true there `band` is empty.",
    }
}


class Facts(Body):
    """What a report says: of a place and a time, never of a person."""

    category: CategoryCode = Field(examples=["order"], description="See GET /categories.")
    subcategory: CategoryCode | None = Field(default=None, examples=["gathering"])
    occurred_from: Annotated[DayOrMoment, Within(BETWEEN)] = Field(
        description="A date alone is that whole local day. A time without a zone is local, the first of two in the "
        "hour that the clocks go back over. Not before 1990, nor to come.",
        examples=["2026-11-20T16:30:00+01:00"],
    )
    occurred_to: Annotated[DayOrMoment, Within(BETWEEN)] | None = Field(
        default=None,
        description="A date alone is the end of that local day. Not to come either.",
        examples=["2026-11-20T17:15:00+01:00"],
    )
    whole_day: bool | None = Field(
        default=None,
        strict=True,
        description="true: nobody knows the hour, and it is of the whole day of occurred_from, as a date alone is "
        "too. A time without this is that time.",
        examples=[False],
    )
    point: Point | None = Field(
        default=None,
        description="null where the place is not known. Near the municipality and outside its areas the report is "
        "kept without an area; far away it is refused.",
    )
    area_code: AreaCode | None = Field(
        default=None,
        description="Where no point is known: an area in use, see GET /areas. Beside a point it says nothing: the"
        " report lies in the area that the point is in, which the answer names.",
        examples=[None],
    )
    location_kind: LocationKind | None = Field(default=None, examples=["public"])
    severity: int = Field(default=1, ge=1, le=3, strict=True, examples=[2])
    certainty: Certainty | None = Field(default=None, examples=["likely"])
    text: Annotated[str, Lines(LONGEST_TEXT, least=0), Screened()] | None = Field(
        default=None,
        description="Short, about the place. It becomes a public document: write nothing about persons. Blank is none.",
        examples=["Ett tjugotal ungdomar samlade vid väntsalen, hög musik."],
    )
    confirmed_no_personal_data: Confirmed = False

    @field_validator("text", "external_reference", check_fields=False)
    @classmethod
    def _is_sound(cls, value: str | None) -> str | None:
        # Whoever sends it can mend it now; later nobody can.
        if value is not None and (wrong := spoilt(value)) is not None:
            raise PydanticCustomError("spoilt_letters", wrong.detail)
        return value

    @field_validator("text")
    @classmethod
    def _blank_is_none(cls, value: str | None) -> str | None:
        return value or None


class NewReport(Facts):
    """A report as a partner sends it: about a place and a time, never about a person."""

    external_reference: Annotated[str, Line(LONGEST_REFERENCE), Screened(codes=True)] | None = Field(
        default=None, examples=["V47-0012"]
    )

    @field_validator("external_reference")
    @classmethod
    def _is_the_senders(cls, value: str | None) -> str | None:
        if value is not None and domain.is_of_a_row(value):
            raise PydanticCustomError("reserved", "References of this form are given to rows of files without one.")
        return value


class Recoded(BaseModel):
    """The codes that took the place of ones out of use."""

    category: str = Field(examples=["environment"])
    subcategory: str | None = Field(examples=["litter"])


def recoded(report: domain.Report, *, sent: Facts) -> Recoded | None:
    """What a report's codes became, where those it was sent with were out of use on its day."""
    if (report.category, report.subcategory) == (sent.category, sent.subcategory):
        return None
    return Recoded(category=report.category, subcategory=report.subcategory)


class Receipt(BaseModel):
    """What the sender of a report gets back at once: where it was placed."""

    id: UUID
    recoded: Recoded | None = Field(
        default=None, description="Where the category sent was out of use on that day: the codes it is kept under."
    )
    area_code: str | None = Field(examples=["0111"])
    cell: str | None = Field(examples=["E481750N7005250"])
    occurred_on: date
    band: int | None = Field(description="Local two-hour band, 0 to 11.", examples=[8])
    dark: bool | None


class Report(BaseModel):
    """A report as this reader may see it; a field that the reader may not see is null."""

    id: UUID
    organisation_id: UUID | None
    external_reference: str | None = Field(examples=["V47-0012"])
    category: str = Field(examples=["order"])
    subcategory: str | None = Field(examples=["gathering"])
    occurred_from: datetime | None = Field(examples=["2026-11-20T15:30:00Z"])
    occurred_to: datetime | None = Field(examples=["2026-11-20T16:15:00Z"])
    occurred_on: date = Field(examples=["2026-11-20"])
    band: int | None = Field(examples=[8])
    whole_day: bool = Field(description="Nobody knows the hour: it is of that whole local day.", examples=[False])
    point: Point | None
    lon: float | None = Field(description="As in `point`.", examples=[14.64])
    lat: float | None = Field(description="As in `point`.", examples=[63.1765])
    cell: str | None = Field(examples=["E481750N7005250"])
    area_code: str | None = Field(examples=["0111"])
    dark: bool | None
    severity: int = Field(examples=[2])
    location_kind: LocationKind | None = Field(examples=["public"])
    text: str | None = Field(examples=["Ett tjugotal ungdomar samlade vid väntsalen, hög musik."])
    certainty: Certainty | None = Field(examples=["likely"])
    status: Status | None
    incident_id: UUID | None = Field(
        description="The report that stands for the same incident, for a duplicate.", examples=[None]
    )
    version: int | None = Field(examples=[1])
    received_at: datetime | None = Field(examples=["2026-11-20T17:02:11Z"])
    updated_at: datetime | None = Field(
        description="When it came in or last changed, by its sender, a decision, or areas drawn anew.",
        examples=["2026-11-22T08:15:00Z"],
    )


class Correction(Resent, Facts):
    """A report as it should be, the whole of it: what GET gave, with what is to be put right. Its reference stays."""

    shown = Report


class ReportPage(BaseModel):
    """A stretch of a list, in the order that was asked for."""

    reports: list[Report]
    next_cursor: str | None = Field(description="Null on the last page.", examples=["WyIwMTkzNmY1ZS04ZDJhIl0"])


class _Coded(BaseModel):
    code: str = Field(examples=["order"])
    label_sv: str = Field(examples=["Ordningsstörning"])
    label_en: str = Field(examples=["Disorder"])
    valid_from: date | None = Field(default=None, description="First day; null: since the beginning.", examples=[None])
    valid_to: date | None = Field(default=None, description="Last day; null: in use.", examples=[None])
    replaced_by: Recoded | None = Field(default=None, description="Of a code out of use: what took its place.")


class Subcategory(_Coded):
    """A sub-category's code, labels and validity."""


class Category(_Coded):
    """A category's code, labels and validity."""

    subcategories: list[Subcategory]


class ReportCount(BaseModel):
    """How many reports a list has."""

    reports: int = Field(examples=[149])
    at_least: bool = Field(description="There are more: counting ends at 10,000.", examples=[False])


class Categories(BaseModel):
    """All categories."""

    categories: list[Category]


@dataclass(frozen=True, slots=True)
class Misshapen:
    """What stands in a batch in the place of a report and is none, and why."""

    faults: tuple[FieldError, ...]


def _by_itself(sent: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """A report, or what is wrong with it: one that cannot be read keeps none of the others out."""
    try:
        return read(sent)
    except ValidationError as wrong:
        return Misshapen(field_errors(wrong.errors(), sent=sent, model=NewReport))


class Batch(Body):
    """Up to 1,000 reports at once."""

    # As callers see it, a list of reports; here with what is none in its place.
    reports: list[Annotated[NewReport, WrapValidator(_by_itself)]] = Field(min_length=1, max_length=1000)


class BatchFault(BaseModel):
    """Why one report of a batch was not taken."""

    code: str = Field(examples=["invalid"])
    detail: str = Field(examples=["There is no such category."])
    field: str | None = Field(examples=["/category"])
    place: tuple[int, int] | None = Field(
        default=None, description="Of a text: the first and last character meant, counted from 1.", examples=[[17, 27]]
    )


class BatchResult(BaseModel):
    """What became of one report of a batch: `created`, `unchanged` or `refused`.

    Unchanged was sent before, and says what it said then, or what its report says now: what was corrected stays.
    """

    index: int = Field(description="Its place in the batch, from 0.", examples=[0])
    status: Literal["created", "unchanged", "refused"]
    receipt: Receipt | None
    faults: list[BatchFault]
    conflicts_with: list[str] | None = Field(
        default=None,
        description="Of a reference that is taken: the id of the report that has it.",
        examples=[None],
    )


class BatchReceipt(BaseModel):
    """What became of each report of a batch; the good ones are in, whatever became of the others."""

    created: int = Field(examples=[998])
    unchanged: int = Field(examples=[1])
    refused: int = Field(examples=[1])
    results: list[BatchResult]
