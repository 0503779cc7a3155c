"""Files of areas: what one offers, how it is to be read, and what that would change."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.reports.areas.domain.choosing import CodeFrom, NameFrom, ParentFrom, Reading, Root
from services.reports.areas.domain.offers import Kind
from services.reports.areas.schemas.tree import CrsOrAuto, PropertyName
from shared.privacy.free_text import Confirmed, Screened
from shared.shapes import AreaCode, Body, Line, Moment

MOST_VALUES = 500


class AreaReading(Body):
    """How a file of areas is read, and what becomes of its areas."""

    layer: PropertyName | None = Field(
        default=None, description="Of several; the first with features.", examples=["DeSO_2025"]
    )
    crs: CrsOrAuto = Field(
        default="auto",
        description="Of the coordinates, x before y. `auto`: what the file names, else degrees (WGS 84), else what puts"
        " the areas near the municipality.",
        examples=["auto"],
    )
    swapped: bool | None = Field(
        default=None, strict=True, description="North or latitude stands first. Null: found out.", examples=[None]
    )
    code: PropertyName | None = Field(
        default=None, description="The property with the codes.", examples=["DISTRIKTSKOD"]
    )
    code_from: CodeFrom = Field(
        default="property",
        description="Or `id`: of the feature; `row`: its number, from 1; `name`: made of the name, in small letters.",
        examples=["property"],
    )
    name: PropertyName | None = Field(default=None, description="The property with the names.", examples=["DISTRIKT"])
    name_from: NameFrom = Field(
        default="property", description="Or `code`: the code is the name.", examples=["property"]
    )
    parent: PropertyName | None = Field(
        default=None,
        description="The property with the parents' codes, of the file or of the level above; of that also their"
        " names, where one area alone has each.",
        examples=["KOMMUN"],
    )
    parent_from: ParentFrom = Field(
        default="property",
        description="Or `place`: where most of an area lies, with `level`; `none`: without.",
        examples=["property"],
    )
    only: PropertyName | None = Field(
        default=None,
        description="A property that says which features are meant, of a larger file.",
        examples=["kommun"],
    )
    only_values: list[PropertyName] = Field(
        default=[], max_length=MOST_VALUES, description="What it says of them.", examples=[["2380"]]
    )
    merge: bool = Field(
        default=False, strict=True, description="Features of one code become one area.", examples=[False]
    )
    level: int | None = Field(
        default=None,
        ge=1,
        le=11,
        strict=True,
        description="Replace this level of the tree in use, 1 being the one below the root: first districts, then"
        " blocks. Levels above stay, those below as far as their parents do. Null: the whole tree.",
        examples=[None],
    )
    clip: bool = Field(
        default=False, strict=True, description="Cut areas off at their parents' borders.", examples=[False]
    )
    tolerance_m: float = Field(
        default=10,
        ge=0.1,
        le=500,
        allow_inf_nan=False,
        description="How wide a strip may be, metres, that two areas share or that sticks out of a parent.",
        examples=[10],
    )
    simplify_m: float = Field(
        default=0, ge=0, le=500, allow_inf_nan=False,
        description="Leave out positions that change borders by less, metres.", examples=[0],
    )  # fmt: skip
    root: Root = Field(
        default="union",
        description="Several areas without a parent: `union` puts a root over them, made of all; `file` leaves them.",
        examples=["union"],
    )
    root_code: AreaCode | None = Field(default=None, description="The municipality's own.", examples=["2380"])
    root_name: Annotated[str, Line(200), Screened()] | None = Field(
        default=None, description="The municipality's own.", examples=["Östersund"]
    )


class NewAreaReading(AreaReading):
    """A reading to try, or to import by."""

    retire: bool = Field(
        default=False,
        strict=True,
        description="Also where more than half of the areas in use would be retired.",
        examples=[False],
    )
    confirmed_no_personal_data: Confirmed = False

    def reading(self, *, code: str, name: str) -> Reading:
        """As the domain has it; code and name of the municipality stand for a root's where none are said."""
        said = self.model_dump(exclude={"retire"}) | {"crs": None if self.crs == "auto" else self.crs.upper()}
        return Reading(**said | {"root_code": self.root_code or code, "root_name": self.root_name or name})


class AreaLayer(BaseModel):
    """A layer of a file."""

    name: str = Field(examples=["DeSO_2025"])
    features: int = Field(examples=[5984])


class AreaProperty(BaseModel):
    """A property of a layer's features."""

    name: str = Field(examples=["DISTRIKTSKOD"])
    kind: Kind = Field(description="What its values are.", examples=["text"])
    filled: int = Field(description="Features that have a value.", examples=[29])
    distinct: int = Field(description="Different values among them.", examples=[29])
    empty: list[int] = Field(description="Numbers of the first features without one, from 1.", examples=[[]])
    examples: list[str] = Field(
        description="Up to five values; a personnummer and the like are struck out.", examples=[["212017", "212018"]]
    )


class AreaRoles(BaseModel):
    """Names of properties that could be code, name and parent, the likeliest first."""

    code: list[str] = Field(examples=[["DISTRIKTSKOD"]])
    name: list[str] = Field(examples=[["DISTRIKT"]])
    parent: list[str] = Field(examples=[[]])


class OtherSystem(BaseModel):
    """A system in which areas of a file would lie near the municipality too."""

    crs: str = Field(examples=["EPSG:3011"])
    swapped: bool = Field(examples=[False])
    near: int = Field(examples=[12])


class AreaSystem(BaseModel):
    """The coordinate system that a file is read in, and why."""

    named: str | None = Field(description="That the file names, where it is known here.", examples=["EPSG:3006"])
    said: bool = Field(description="Whether the file names any.", examples=[True])
    crs: str = Field(description="That it is read in.", examples=["EPSG:3006"])
    swapped: bool = Field(description="North or latitude stands first.", examples=[False])
    why: Literal["asked", "named", "degrees", "found"] = Field(
        description="Asked for, named by the file, degrees as GeoJSON has them, or found by trying.", examples=["named"]
    )
    near: int = Field(description="Areas of `of` that lie near the municipality.", examples=[29])
    of: int = Field(description="Areas looked at.", examples=[29])
    others: list[OtherSystem] = Field(description="In which they would too, if it was found by trying.", examples=[[]])


_MEANT = (
    "Of `better-system` and `better-turned` (with north first): the system in which the areas would lie near the "
    "municipality, where they do not in the one that they are read in."
)


class AreaDoubt(BaseModel):
    """Something to look at before a file is imported."""

    code: str = Field(examples=["larger-file"])
    detail: str = Field(examples=["1 of 290 features are the municipality's, by the code 2380."])
    crs: str | None = Field(default=None, description=_MEANT, examples=[None])


class AreaFile(BaseModel):
    """A file of areas that is held for a day, with what it offers."""

    id: UUID = Field(examples=["01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18"])
    name: str | None = Field(description="As its sender called it.", examples=["stadsdelar.geojson"])
    size_bytes: int = Field(examples=[481233])
    received_at: Moment
    kept_until: Moment
    form: Literal["geojson", "geopackage", "shapefile"]
    layers: list[AreaLayer]
    layer: str = Field(description="The one that all else is about; others with `layer`.", examples=["Stadsdelar"])
    features: int = Field(examples=[29])
    crs: AreaSystem
    properties: list[AreaProperty]
    ranked: AreaRoles
    suggested: AreaReading = Field(description="How it could be read: look at it, mend it, try it.")
    doubts: list[AreaDoubt] = Field(examples=[[]])


class AreaNote(BaseModel):
    """What was taken otherwise than it stands in the file, or is to be looked at."""

    code: str = Field(examples=["clipped"])
    detail: str = Field(examples=["Areas: 3 reached beyond their parents, and were cut off there."])
    areas: list[str] = Field(description="Codes of the first ten.", examples=[["0112", "0113", "0114"]])
    more: int = Field(default=0, description="How many areas it is about besides these.", examples=[0])
    distance_km: int | None = Field(
        default=None, description="Of `far-apart`: about how far these lie from all others.", examples=[None]
    )
    crs: str | None = Field(default=None, description=_MEANT, examples=[None])


class AreaFault(BaseModel):
    """What is wrong with an area."""

    field: str = Field(
        description="JSON Pointer into the file; `/features/3` is the fourth.", examples=["/features/3/geometry"]
    )
    code: str = Field(examples=["overlap"])
    detail: str = Field(examples=["It covers the same ground as 0112 by 5210 m², more than 10 m wide."])
    about: str | None = Field(description="The area's code.", examples=["0113"])


class AreaMove(BaseModel):
    """Reports that would move from one area to another; null is none."""

    area_from: str | None = Field(examples=["0112"])
    area_to: str | None = Field(examples=["0113"])
    reports: int = Field(examples=[57])


class TriedArea(BaseModel):
    """An area as it would be, for a list and a map."""

    code: str = Field(examples=["0112"])
    name: str = Field(examples=["Torvalla"])
    parent: str | None = Field(examples=["2380"])
    level: int = Field(examples=[1])
    change: Literal["added", "changed", "retired", "unchanged"] = Field(examples=["changed"])
    renamed: bool = Field(description="Name or parent would be another.", examples=[False])
    surface_changed_pct: float | None = Field(
        description="How much of its surface would be another, percent; null where its shape stays.", examples=[1.4]
    )
    clipped_pct: float | None = Field(description="How much of it was cut off, percent.", examples=[None])
    geometry: dict[str, Any] | None = Field(
        default=None,
        description="GeoJSON with few positions, to look at; null for areas that stay or would be retired.",
    )


class AreaTrial(BaseModel):
    """What an import would change. Nothing is stored."""

    crs: AreaSystem | None
    added: int = Field(examples=[2])
    changed: int = Field(examples=[1])
    retired: int = Field(examples=[0])
    unchanged: int = Field(examples=[27])
    retires_most: bool = Field(
        description="More than half of the areas in use would be retired: an import needs `retire`.", examples=[False]
    )
    reports_to_move: int = Field(description="Reports that would lie in another area.", examples=[412])
    reports_without_area: int = Field(description="Of all reports: those that would lie in none.", examples=[31])
    moves: list[AreaMove] = Field(description="From where to where, the 50 largest.", examples=[[]])
    faults: list[AreaFault] = Field(description="What is wrong, the first 500. With any, nothing can be imported.")
    fault_count: int = Field(examples=[0])
    notes: list[AreaNote]
    areas: list[TriedArea] = Field(description="Those with which nothing is wrong, and those that would be retired.")
