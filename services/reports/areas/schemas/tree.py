"""Areas as they come in, and as readers get them."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.reports.areas.domain.trees import Source
from shared.privacy.free_text import Screened
from shared.shapes import Body, Line, Moment, Written

# Codes of what can be wrong with an area in a file; they stay, so that partners' tools can say it in their own words.
PROBLEMS = (
    "empty", "missing", "unusable-text", "duplicate", "unknown-parent", "cycle", "too-deep", "not-a-polygon",
    "self-crossing", "invalid-polygon", "out-of-range", "overlap", "outside-parent", "too-fine", "other-system",
    "no-such-level", "unsure-letters", "spoilt-letters",
)  # fmt: skip
_EPSG = "[Ee][Pp][Ss][Gg]:[0-9]{4,6}"
_BY_CODE = "A coordinate system by its EPSG code, as EPSG:3006"
Crs = Annotated[str, Written(f"^{_EPSG}$", f"{_BY_CODE}."), Field(max_length=16)]
CrsOrAuto = Annotated[str, Written(f"^({_EPSG}|auto)$", f"{_BY_CODE}, or auto."), Field(max_length=16)]
# What a file calls its properties and layers, and what stands in them.
PropertyName = Annotated[str, Line(200), Screened(codes=True)]
FileName = Annotated[str, Line(200), Screened(codes=True)]

# Metres or degrees; no projection reaches farther.
_Edge = Annotated[float, Field(ge=-100_000_000, le=100_000_000, allow_inf_nan=False, strict=True)]


class NewGrid(Body):
    """A grid of squares, where nobody has drawn any areas yet."""

    bbox: tuple[_Edge, _Edge, _Edge, _Edge] = Field(
        description="West, south, east, north in `crs`. It grows to whole squares.",
        examples=[[478000, 7000000, 488000, 7010000]],
    )
    size_m: int = Field(ge=50, le=100_000, description="Side of a square, metres.", examples=[1000])
    crs: Crs | None = Field(
        default=None,
        description="Of `bbox`: the municipality's own projected system where it is left out; EPSG:4326 for degrees.",
        examples=["EPSG:3006"],
    )
    retire: bool = Field(
        default=False,
        strict=True,
        description="Also where more than half of the areas in use would be retired.",
        examples=[False],
    )


class AreaImport(BaseModel):
    """What an import of areas changed. Reports that were there before stay where they were placed.

    `reports_to_move` says of how many it is another area than the one they belong to now. POST /areas/placements moves
    them.
    """

    version: int = Field(description="Of the whole tree; grows with each import.", examples=[3])
    added: int = Field(examples=[2])
    changed: int = Field(examples=[1])
    retired: int = Field(description="Areas the import no longer names. They take no more reports.", examples=[0])
    unchanged: int = Field(examples=[27])
    reports_to_move: int = Field(description="Reports that would move if all were placed anew.", examples=[412])


class PastAreaImport(BaseModel):
    """An import of areas, or an undo, as it was made."""

    version: int = Field(examples=[3])
    imported_at: Moment
    organisation_id: UUID = Field(examples=["01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18"])
    client_id: str = Field(description="The account or client.", examples=["municipality"])
    source: Source
    crs: str = Field(examples=["EPSG:3006"])
    file_name: str | None = Field(examples=["stadsdelar.geojson"])
    added: int = Field(examples=[2])
    changed: int = Field(examples=[1])
    retired: int = Field(examples=[0])
    unchanged: int = Field(examples=[27])
    undoes: int | None = Field(description="Of an undo: the version that it took back.", examples=[None])
    undone_by: int | None = Field(description="The undo that took this version back.", examples=[None])
    undoable: bool = Field(description="Whether it can be undone now: the newest that stands can.", examples=[True])


class PastAreaImports(BaseModel):
    """Imports of areas, from the last one back."""

    imports: list[PastAreaImport]
    next_cursor: str | None = Field(description="Null on the last page.", examples=[None])


class Area(BaseModel):
    """An area of the tree."""

    code: str = Field(examples=["0161"])
    name: str = Field(examples=["Torvalla centrum"])
    level: int = Field(description="0 is the municipality, each level below is one more.", examples=[3])
    parent: str | None = Field(examples=["016"])
    path: list[str] = Field(
        description="Codes from the root down to the area itself.", examples=[["2380", "01", "016", "0161"]]
    )
    active: bool = Field(description="False for an area that takes no more reports.")
    geometry: dict[str, Any] | None = Field(
        default=None, description="GeoJSON, longitude and latitude (WGS 84); null where it was not asked for."
    )


class Areas(BaseModel):
    """The tree of areas, from the root down."""

    version: int = Field(description="Of the whole tree; 0 before the first import.", examples=[3])
    areas: list[Area]
