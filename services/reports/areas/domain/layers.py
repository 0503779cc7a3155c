"""What every form of file is read as: layers of features, with their properties as they were and their shapes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.errors import FieldError, TooLarge

# All of Sweden's smallest statistical areas have fewer.
MOST_POSITIONS = 1_000_000
MOST_FEATURES = 20_000
MOST_LAYERS = 200


@dataclass(frozen=True, slots=True)
class Named:
    """The coordinate system that a file names: its EPSG code, None where it names none or one that is not known."""

    code: str | None = None
    said: bool = False


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature as it came. `index` counts from 0 in its layer, and stays what it is when others are left out.

    properties: by names on one line (`values.headed`). geometry: a GeoJSON object, WKB, a shape of shapely, or None.
    """

    index: int
    id: object
    properties: Mapping[str, Any]
    geometry: Any

    def error(self, where: str, code: str, detail: str, *, about: str | None = None) -> FieldError:
        """A fault of this feature, at its place as a JSON Pointer."""
        return FieldError(f"/features/{self.index}/{where}", code, detail, about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of a file. notes: what of the file was taken otherwise than it stands there, by code and sentence."""

    name: str
    features: Sequence[Feature]
    crs: Named = Named()
    notes: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A file's layers by name, with how many features each has, and the one that was read.

    with_areas: those of the layers that begin with a polygon.
    """

    form: str
    layers: Mapping[str, int] = field(default_factory=dict)
    layer: Layer
    with_areas: Sequence[str] = ()


def check_count(features: int) -> None:
    """Raise TooLarge for more features than a file may have."""
    if features > MOST_FEATURES:
        raise TooLarge(f"The file has {features:,} features, and {MOST_FEATURES:,} areas are taken at most.")


def check_layers(layers: int) -> None:
    """Raise TooLarge for more layers than a file may have."""
    if layers > MOST_LAYERS:
        told = f"The file has {layers:,} layers, and {MOST_LAYERS} are taken at most."
        raise TooLarge(f"{told} Save the one with the areas as a file of its own.")


def check_positions(counts: Iterable[int]) -> None:
    """Raise TooLarge for more positions than are taken."""
    if sum(counts) > MOST_POSITIONS:
        raise TooLarge(
            f"The file has more than {MOST_POSITIONS:,} positions. Take a smaller part of it, or simplify its borders."
        )
