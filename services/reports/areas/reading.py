"""A file of areas, read apart: a million positions are seconds of work in libraries that a file may hurt."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO
from uuid import UUID

import orjson

from services.reports.apart.reading import Bounds, parts_of
from services.reports.areas.domain.answers import areas_in, file_in
from services.reports.areas.domain.choosing import Reading
from services.reports.areas.domain.parents import InUse
from services.reports.areas.domain.systems import Home
from services.reports.areas.domain.trees import Area, Source, joined
from shared.errors import FieldError, Invalid
from shared.turns import Turns

# Measured with a million positions: 1.4 s of a processor and 320 MB; with 20,000 areas of 48 positions each, of
# which neighbours share their borders to the last position: 10 s, else more; what then is read is in docs/areas.md.
BOUNDS = Bounds(memory_bytes=1_000_000_000, cpu_s=12, wall_s=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What came of a file: the whole tree that it makes, what is wrong, and what is to be said of it.

    seen: geometry to look at, by code. unknown_parents: what areas lie in and nothing is called. Without faults `tree`
    is what an import would put in place.
    """

    source: Source
    crs: str
    tree: Sequence[Area]
    faults: Sequence[FieldError]
    fault_count: int
    notes: Sequence[dict[str, Any]]
    system: dict[str, Any] | None
    clipped_pct: dict[str, float]
    seen: dict[str, Any]
    hint: str | None
    unknown_parents: Sequence[str]

    def check(self) -> None:
        """Raise Invalid with everything that is wrong."""
        if not self.faults:
            return
        if all(fault.code == "other-system" for fault in self.faults):
            raise Invalid("The file's coordinate system is not the one asked for.", errors=tuple(self.faults))
        hint = f" {self.hint}" if self.hint else ""
        raise Invalid(f"The areas cannot be used as they are.{hint}", errors=tuple(self.faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Where files are read: whose turn it is, for whom, and where the municipality's areas lie."""

    turns: Turns
    of: UUID
    home: Home

    def parts(self, reader: Any, file: BinaryIO, **arguments: Any) -> AbstractAsyncContextManager[Any]:
        """What a reader gives of a file in its child process."""
        home = asdict(self.home)
        return parts_of(reader, file, turns=self.turns, of=self.of, bounds=BOUNDS, home=home, **arguments)


async def look_at(
    apart: Apart, file: BinaryIO, *, layer: str | None, municipality: str, known: Sequence[str], tree: Sequence[InUse]
) -> dict[str, Any]:
    """What a file offers, as `file_in` finds it. Raises what that does, TooMany, Unavailable."""
    wanted = {"layer": layer, "municipality": municipality, "known": known, "tree": tree}
    async with apart.parts(file_in, file, **wanted) as parts:
        found: dict[str, Any] = orjson.loads(b"".join([part async for part in parts]))
    return found


async def read_file(
    apart: Apart,
    file: BinaryIO,
    reading: Reading,
    *,
    tree: Sequence[Area],
    confirmed: bool,
    strict: bool = False,
    preview: bool = False,
) -> Read:
    """The areas of a file in the tree in use, as `areas_in` finds them.

    Raises PersonalData, Malformed, TooLarge, Invalid as that does, TooMany, Unavailable. What is wrong with the areas
    is told by the answer.
    """
    size = await asyncio.to_thread(_with_tree, file, tree if reading.level is not None else ())
    wanted = {"reading": asdict(reading), "confirmed": confirmed, "strict": strict, "preview": preview}
    async with apart.parts(areas_in, file, file_bytes=size, **wanted) as parts:
        head = orjson.loads(await anext(parts))
        areas = [orjson.loads(part) async for part in parts]
    return await asyncio.to_thread(_read, head, areas, tree)


def _with_tree(file: BinaryIO, tree: Sequence[Area]) -> int:
    """Put the tree in use behind a file. Returns where the file ends."""
    size = file.seek(0, 2)
    kept = [[area.code, area.parent, area.level, area.geometry, area.name] for area in tree if area.active]
    file.write(orjson.dumps(kept))
    file.flush()
    return size


def _read(head: dict[str, Any], areas: Sequence[list[Any]], tree: Sequence[Area]) -> Read:
    staying = {*head["staying"]}
    faults = [FieldError(field, code, detail, about) for field, code, detail, about in head["faults"]]
    kept = [area for area in tree if area.active and area.code in staying]
    parents = {area.code for area in kept} | {area[0] for area in areas}
    whole = [area for area in areas if area[2] is None or area[2] in parents]
    return Read(
        source=head["form"],
        crs=head["crs"]["crs"] if head["crs"] else "",
        tree=joined(kept, [(code, name, parent, text) for code, name, parent, text, _ in whole]),
        faults=faults,
        fault_count=head["fault_count"],
        notes=head["notes"],
        system=head["crs"],
        clipped_pct=head["clipped_pct"],
        seen={code: seen for code, _, _, _, seen in areas},
        hint=head["hint"],
        unknown_parents=head["unknown_parents"],
    )
