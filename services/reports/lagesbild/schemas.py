"""The lägesbild as its readers get it."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.reports.lagesbild import domain


class _Read(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Period(_Read):
    """Local days, both included."""

    first: date = Field(serialization_alias="from", validation_alias="first", examples=["2026-11-09"])
    last: date = Field(serialization_alias="to", validation_alias="last", examples=["2026-11-22"])


class Cell(_Read):
    """A count of reports, beside the one of the period before and the mean of a period of the earlier days."""

    count: int | None = Field(
        description="Reports of the period. Null where nothing of it is published yet.", examples=[9]
    )
    previous: int | None = Field(
        description="Reports of the whole previous period; see `data_from` where reports began in it or later.",
        examples=[5],
    )
    mean: float | None = Field(
        description="Reports of a whole period, as a mean of the days from the table's `mean_from` to the day before "
        "the period. Null where none of those who reported it did so for a week before the period, and where you may "
        "see counts only.",
        examples=[4.5],
    )
    rounded: bool = Field(
        description="Others' reports, of which you get counts only, are in it as they were published: rounded to a "
        "multiple of three for each week and organisation, up or down, less than three from what they are."
    )


class Table(_Read):
    """The counts of one place: of all categories together, of problems, and of each category that occurred there."""

    total: Cell = Field(description="All reports, positive observations too.")
    problems: Cell = Field(description="All reports but positive observations.")
    categories: dict[str, Cell]
    mean_from: date | None = Field(
        description="The first day that the means are of. Each organisation counts from its own first day on, so that "
        "one that began late makes no mean too low. Null where there are no means.",
        examples=["2025-11-10"],
    )


class AreaCounts(BaseModel):
    """An area's counts."""

    code: str = Field(examples=["0112"])
    name: str = Field(examples=["Busstorget"])
    level: int = Field(description="0 is the municipality.", examples=[3])
    parent: str | None = Field(examples=["011"])
    path: list[str] = Field(examples=[["2380", "01", "011", "0112"]])
    own: Table = Field(description="What lies in it and in no area below.")
    whole: Table = Field(description="What lies in it and in all areas below.")


class Clock(_Read):
    """When the period's reports began: weekdays, Monday first, by local hour, or by two-hour band."""

    resolution_h: int = Field(description="1: rows of 24 hours. 2: rows of 12 bands.", examples=[1])
    matrix: list[list[int | None]] = Field(
        description="Reports, positive observations too. Null where you may see counts only, and nothing of the "
        "period is published yet.",
        examples=[[[0, 1, 3, 0], [2, 0, 0, 4]]],
    )
    unknown_hour: int | None = Field(description="Reports of a whole day, whose hour nobody knows.", examples=[3])
    rounded: bool = Field(description="Others' reports in your areas are rounded in it, as in the counts.")
    area_code: str | None = Field(
        description="The area that it and `quality` are of; null where they are of everywhere.", examples=["0112"]
    )


class OrganisationCount(BaseModel):
    """How many reports an organisation sent."""

    organisation_id: UUID
    reports: int = Field(description="In the period, everywhere.", examples=[31])
    mean_from: date | None = Field(
        description="Since when its reports are in the means; null where it began less than a week before the period.",
        examples=["2025-11-10"],
    )


class Quality(BaseModel):
    """What the counts rest on, as `weekdays.area_code` says. Null where you may see counts only."""

    organisations: list[OrganisationCount] | None = Field(description="Who reported, most reports first.")
    unplaced_share_pct: float | None = Field(description="Reports without an area.", examples=[2.1])
    unknown_hour_share_pct: float | None = Field(description="Reports of a whole day.", examples=[14.3])


class Lagesbild(BaseModel):
    """The reports of a cycle in counts: where, of what kind, when, and compared with what was before.

    Withdrawn and rejected reports and duplicates do not count. Areas without any report in all these periods are left
    out; where you get counts only, those of which none is shown. `total` is the sum of the areas' `own` counts and of
    `unplaced`.
    """

    period: Period
    previous: Period
    published_through: date | None = Field(
        description="Where you get counts only, others' reports up to this day are counted, as they were published; "
        "null before the first publication, and where you see every report.",
        examples=["2026-11-15"],
    )
    complete: bool = Field(description="False while the period is running.")
    data_from: date | None = Field(
        description="The first day of which there are reports that you may see one by one, at most 26 periods back. "
        "Before it a count is 0 because nobody reported yet. Null where there is no such report.",
        examples=["2025-11-10"],
    )
    earlier_periods: int = Field(
        ge=0, le=26, description="How many periods before this one the means reach into, the one just before included; "
        "the first of them perhaps in part: `mean_from` says from which day on.",
        examples=[26],
    )  # fmt: skip
    total: Table
    unplaced: Table
    areas: list[AreaCounts]
    weekdays: Clock
    quality: Quality


def area_counts(found: domain.AreaCounts) -> AreaCounts:
    """An area's counts from the domain's."""
    area = found.area
    return AreaCounts(
        code=area.code,
        name=area.name,
        level=area.level,
        parent=area.parent,
        path=list(area.path),
        own=Table.model_validate(found.own),
        whole=Table.model_validate(found.whole),
    )


class CellCount(_Read):
    """The reports of a square of 250 m."""

    cell: str = Field(
        description="Its lower left corner, metres in the municipality's system.", examples=["E481750N7005250"]
    )
    reports: int = Field(description="All, positive observations too.", examples=[4])
    problems: int = Field(description="All but positive observations.", examples=[3])


class Cells(BaseModel):
    """The reports of a cycle in one area and those below it, by the square of 250 m; squares without any are left out.

    Of those that the caller may see one by one: where it gets counts only, its own.
    """

    period: Period
    area_code: str = Field(examples=["0112"])
    size_m: int = Field(examples=[250])
    complete: bool = Field(description="Whether you see every report of the area, so that nobody's are left out.")
    cells: list[CellCount]
    without_cell: int = Field(description="Reports of the area that have no point.", examples=[2])
