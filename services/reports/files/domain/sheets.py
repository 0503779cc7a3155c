"""The sheets of a workbook: which of them holds the table, and in which row its headings stand. For a child process."""

import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO

from services.reports.files.domain.cells import Merged, texts_of
from services.reports.files.domain.csvfile import BREAK
from services.reports.files.domain.damage import BROKEN
from services.reports.files.domain.failures import Unreadable
from services.reports.files.domain.headings import LOOKED_AT, Heading, Numbered, filled, heading_of
from services.reports.files.domain.kinds import check_packed
from services.reports.files.domain.measuring import Measured, Traits
from services.reports.files.domain.mending import mended
from shared.texts import plain

# What zipfile, ElementTree and the library raise of a file that is none, or not whole: also of numbers in its directory
# that lead out of it (ValueError), of names and declarations in codes that there are not (LookupError, UnicodeError).
DAMAGED = (zipfile.BadZipFile, zlib.error, LookupError, OSError, EOFError, ValueError, RuntimeError, SyntaxError)
# Where the table is looked for; what is asked for by name or number may stand behind them.
_MOST_LOOKED_AT = 30
# Rows of a sheet that may stand empty above its table.
_MOST_ROWS_ABOVE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sheet, laid out, and its headings if there are some.

    number: of the sheet, the first is 1. left: the first filled column, from 0. several: others hold tables too. alike:
    the names of those with the same headings.
    """

    number: int
    name: str
    rows: Any
    left: int
    width: int
    merged: Sequence[Merged]
    traits: Traits
    heading: Heading | None
    filled: int
    part: str | None
    several: bool = False
    alike: Sequence[str] = ()


class Workbook:
    """A workbook that is read sheet by sheet. Raises Unreadable, and DAMAGED."""

    def __init__(self, file: BinaryIO) -> None:
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - the child's alone

        self._error = CalamineError
        self._open = CalamineWorkbook.from_filelike
        self._file = file
        check_packed(file)
        self.measured = Measured(file)
        try:
            self._book = self._open(file)
        except CalamineError as damaged:
            raise RuntimeError from damaged
        self._sheets = self._book.sheets_metadata

    @property
    def names(self) -> list[str]:
        """What its sheets are called, in their order."""
        return [each.name for each in self._sheets]

    def table(self, *, sheet: str | int, row: int | None, wanted: Collection[str]) -> Table:
        """The sheet that is asked for; else the first to be seen that has the columns, or looks like a table most."""
        best: Table | None = None
        refused: Unreadable | None = None
        tables: list[Table] = []
        for at in self._candidates(sheet):
            try:
                here = self._laid_out(at, row=row, wanted=wanted)
            except Unreadable as too_much:
                refused = refused or too_much
                continue
            if here.heading is not None and here.filled > 1:
                tables.append(replace(here, rows=None))
            if wanted and here.heading is not None and set(wanted) <= set(here.heading.names):
                return here
            if best is None or _worth(here) > _worth(best):
                best = here
        if best is None or (refused is not None and best.heading is None):
            raise refused or Unreadable("The workbook holds no sheet with a table.", why="no_table")
        others = [each for each in tables if each.number != best.number]
        alike = [each.name for each in others if best.heading and each.heading and _same(each.heading, best.heading)]
        return replace(best, several=len(tables) > 1, alike=alike)

    def _candidates(self, sheet: str | int) -> Sequence[int]:
        names = [plain(each.name).casefold() for each in self._sheets]
        if sheet == "auto":
            seen = [at for at, each in enumerate(self._sheets) if _is_seen(each)]
            return (seen or range(len(names)))[:_MOST_LOOKED_AT]
        if isinstance(sheet, int) and sheet <= len(names):
            return [sheet - 1]
        if isinstance(sheet, str) and plain(sheet).casefold() in names:
            return [names.index(plain(sheet).casefold())]
        asked = f"sheet {sheet}" if isinstance(sheet, int) else f"sheet {sheet!r}"
        raise Unreadable(
            f"The workbook has {len(names)} sheets, and no {asked}, which the mapping asks for. Set sheet of the"
            " mapping to one of them, or to auto.",
            why="no_such_sheet",
        )

    def _laid_out(self, at: int, *, row: int | None, wanted: Collection[str]) -> Table:
        traits = self.measured.check(at)
        part = self.measured.parts[at] if at < len(self.measured.parts) else None
        try:
            sheet = self._book.get_sheet_by_index(at)
        except self._error as damaged:
            if part is None:
                raise RuntimeError from damaged
            sheet = self._mended(at, part)
        left = sheet.start[1] if sheet.start else 0
        merged = sheet.merged_cell_ranges or []
        head = list(_head(sheet))
        return Table(
            number=at + 1, name=self._sheets[at].name, rows=sheet, left=left, width=sheet.width, merged=merged,
            traits=traits, part=part, heading=heading_of(head, row=row, wanted=wanted, merged=_sideways(merged, left)),
            filled=sum(1 for each in head if filled(each.cells) > 1),
        )  # fmt: skip

    def _mended(self, at: int, part: str) -> Any:
        self._file.seek(0)
        try:
            return self._open(mended(self._file, part)).get_sheet_by_index(at)
        except self._error as damaged:
            raise RuntimeError from damaged


def whole(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The rows of a sheet from its first one on; a row with a number of more days than there can be is BROKEN."""
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except (ValueError, OverflowError):
            yield [BROKEN]


def _head(sheet: Any) -> Iterator[Numbered]:
    """The first rows with something in them, under the numbers that Excel shows."""
    texts, many = texts_of((), width=sheet.width), 0
    above = sheet.start[0] + _MOST_ROWS_ABOVE if sheet.start else 0
    for number, row in enumerate(islice(whole(sheet.iter_rows()), above), start=1):
        if any(cell != "" for cell in row):
            cells = [text(cell).replace(BREAK, "\n") for text, cell in zip(texts, row, strict=False)]
            yield Numbered(number, cells)
            many += 1
            if many >= LOOKED_AT:
                return


def _sideways(merged: Sequence[Merged], left: int) -> Mapping[int, list[tuple[int, int]]]:
    """Which columns of a row are one cell, by its number from 1."""
    found = dict[int, list[tuple[int, int]]]()
    for begin, end in merged:
        if end[1] > begin[1]:
            found.setdefault(begin[0] + 1, []).append((begin[1] - left, end[1] - left))
    return found


def _is_seen(sheet: Any) -> bool:
    return str(sheet.visible).endswith("Visible") and str(sheet.typ).endswith("WorkSheet")


def _same(one: Heading, other: Heading) -> bool:
    return [plain(name).casefold() for name in one.names] == [plain(name).casefold() for name in other.names]


def _worth(table: Table) -> tuple[bool, int]:
    """How much a sheet looks like the table: headings that are some, and rows below them."""
    return table.heading is not None and table.heading.certain, table.filled
