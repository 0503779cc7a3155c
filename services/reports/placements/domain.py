"""Which reports lie in another area of the tree as it is now than the one they were placed in. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from uuid import UUID

import numpy as np

from services.reports.ground import Ground
from shared.geo.heirs import where_said

State = Literal["running", "done", "failed"]
# Enough that placing them pays, and few enough that nobody waits for the rows.
REPORTS_AT_ONCE = 5_000


class Lying(NamedTuple):
    """A report as it was placed. Without a point it lies in the area that its sender named, or nowhere.

    said_area: the one that was named, where it lies in another while that is out of use.
    """

    id: UUID
    version: int
    lon: float | None
    lat: float | None
    area_code: str | None
    said_area: str | None = None


class Running(NamedTuple):
    """A placement under way: who asked for it, the tree it places by, the last report looked at, and how many moved."""

    id: UUID
    organisation_id: UUID
    tree_version: int
    after: UUID | None
    moved: int


class Since(NamedTuple):
    """What became of reports since the areas were drawn anew last.

    to_move: how many were to move then, None until they are counted. moved: by those placements that were asked for
    since. through: one placed all reports by these areas. running: one is under way; overtaken: it is older than them.
    untold: what moved is not yet told, and others count it where it lay.
    """

    tree_version: int
    to_move: int | None
    moved: int
    through: bool
    running: bool
    overtaken: bool
    untold: bool

    @property
    def moving(self) -> bool:
        """Whether reports are being moved, also in the eyes of others."""
        return self.running or self.untold

    @property
    def waiting(self) -> bool:
        """Whether some count in the areas of before, or may: until the move is through, and told."""
        return self.moving or self.left != 0

    @property
    def left(self) -> int | None:
        """How many reports still stand in the areas of before; None where nobody has counted them."""
        if self.through:
            return 0
        return None if self.to_move is None or self.overtaken else max(self.to_move - self.moved, 0)


NEVER_DRAWN = Since(tree_version=0, to_move=0, moved=0, through=False, running=False, overtaken=False, untold=False)


class Move(NamedTuple):
    """A report and the area it belongs to now."""

    report: Lying
    area_code: str | None


@dataclass(slots=True)
class Foreseen:
    """What placing would do: how many reports go from which area to which, None being none; how many end in none."""

    pairs: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    without_area: int = 0

    @property
    def moving(self) -> int:
        """How many would move."""
        return self.pairs.total()

    def add(self, seen: Sequence[Lying], moving: Sequence[Move]) -> None:
        """Count some reports, and those among them that would move."""
        self.pairs.update((each.report.area_code, each.area_code) for each in moving)
        self.without_area += sum(report.area_code is None for report in seen)
        self.without_area += sum((each.area_code is None) - (each.report.area_code is None) for each in moving)


def moves(reports: Sequence[Lying], *, ground: Ground, heirs: Mapping[str, str]) -> list[Move]:
    """The reports whose area is another one now.

    heirs: of areas that are retired, the nearest one around them that is in use. Reports without a point lie where
    their sender said, or there while that is out of use; where there is neither they stay.
    """
    lying = [report for report in reports if report.lon is not None]
    lon, lat = (np.array([getattr(report, name) for report in lying], dtype=np.float64) for name in ("lon", "lat"))
    found = dict(zip((report.id for report in lying), ground.areas.codes_at(lon, lat), strict=True)) if lying else {}
    belongs = (
        found[report.id]
        if report.id in found
        else where_said(report.said_area, report.area_code, in_use=ground.codes, heirs=heirs)
        for report in reports
    )
    return [Move(report, code) for report, code in zip(reports, belongs, strict=True) if code != report.area_code]
