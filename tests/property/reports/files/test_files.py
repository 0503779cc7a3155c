"""Laws of reading files: cut anywhere, sent again, in any order."""

import csv
import io
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.reports.files.domain.csvfile import CsvFile, Row
from services.reports.files.domain.headings import is_blank
from services.reports.files.domain.ordinals import Ordinals
from services.reports.files.domain.readable import Reading, Sender
from services.reports.files.domain.rows import interpret, skip
from services.reports.ground import Ground
from services.reports.mappings.domain.mapping import Mapping
from shared.geo.geometry import AreaIndex
from shared.ids import uuid7s

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SQUARE = {"type": "Polygon", "coordinates": [[[14, 63], [15, 63], [15, 64], [14, 64], [14, 63]]]}
GROUND = Ground(
    zone=ZoneInfo("Europe/Stockholm"),
    crs="EPSG:3006",
    areas=AreaIndex([("01", SQUARE, 1)]),
    codes=frozenset({"01"}),
)
FIELDS = {"category": "kind", "occurred_from": "at", "x": "lon", "y": "lat", "text": "note"}
HEADER = ("ref", *FIELDS.values())
cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
rows_with_something = st.lists(cells, min_size=3, max_size=3).filter(lambda row: not is_blank(row))
tables = st.lists(rows_with_something, min_size=1, max_size=20)


@given(tables, st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-16"]), st.integers(1, 50))
def test_rows_do_not_depend_on_where_chunks_end(
    table: list[list[str]], delimiter: str, encoding: str, size: int
) -> None:
    """Whatever a spreadsheet writes comes back, whole cells with their line breaks, and lines that are the file's."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([["a", "b", "c"], *table])
    content = text.getvalue().encode(encoding)
    chunks = [content[k : k + size] for k in range(0, len(content), size)]
    file = CsvFile(chunks, delimiter=delimiter, encoding=encoding)
    rows = list(file)
    assert file.header == ("a", "b", "c")
    assert [list(row.cells) for row in rows] == table
    starts = np.cumsum([2, *(1 + sum(map(breaks, row)) for row in table[:-1])])
    assert [row.line for row in rows] == starts.tolist()


def breaks(cell: str) -> int:
    """How many lines a cell goes on for: \\r\\n, \\r and \\n each end one."""
    return len(cell.replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1


@given(st.lists(st.lists(st.integers(0, 12), max_size=30), max_size=12))
def test_ordinals_count_like_a_counter(batches: list[list[int]]) -> None:
    """The how-manieth of its kind each is, however the stream is cut."""
    ordinals, seen = Ordinals(), Counter[int]()
    for batch in batches:
        expected = []
        for each in batch:
            seen[each] += 1
            expected.append(seen[each])
        assert ordinals.count(np.array(batch, dtype=np.uint64)).ordinals.tolist() == expected


kinds, days = st.sampled_from(["order", "damage", ""]), st.integers(1, 4).map(lambda n: f"2026-11-0{n}")
numbers = st.sampled_from(["14.6", "14.7", "0", "", "x"])
contents = st.lists(st.tuples(kinds, days, numbers, numbers, st.sampled_from(["", "Buller"])), max_size=40)


def reading(*, references: bool) -> Reading:
    """A file that begins to come in."""
    columns = FIELDS | ({"external_reference": "ref"} if references else {})
    mapping = Mapping(
        columns={field: (column,) for field, column in columns.items()},
        constants={},
        datetime_formats=("%Y-%m-%d",),
        crs="EPSG:4326",
    )
    return Reading(mapping=mapping, header=HEADER, sender=Sender(organisation_id=UUID(int=1), client_id="c"))


def told(file: Reading, rows: list[Row]) -> dict[str, bytes]:
    """Rows as the merge knows them: by reference, with what tells one version from another."""
    columns = interpret(file, rows, ground=GROUND, ids=uuid7s, now=NOW).columns
    known = dict(zip(columns["external_reference"], columns["row_hash"], strict=True))
    assert len(known) == len(columns["id"]), "references are not unique"
    return known


@given(contents, st.randoms(use_true_random=False), st.integers(1, 9))
def test_rows_without_reference_are_the_same_reports_in_any_order(
    said: list[tuple[str, ...]], chance: object, size: int
) -> None:
    """References are unique, and depend neither on the order of the rows nor on where batches end."""
    rows = [Row(n + 2, ("", *cells)) for n, cells in enumerate(said)]
    once = told(reading(references=False), rows)
    chance.shuffle(rows)  # type: ignore[attr-defined]
    file, again = reading(references=False), list[tuple[str, bytes]]()
    for k in range(0, len(rows), size):
        again += told(file, rows[k : k + size]).items()
    assert dict(again) == once
    assert len(again) == len(once)


@given(contents, st.integers(0, 40))
def test_going_on_after_a_stop_is_like_never_having_stopped(said: list[tuple[str, ...]], done: int) -> None:
    """Rows passed over and then the rest become what the rest would have been."""
    rows = [Row(n + 2, ("", *cells)) for n, cells in enumerate(said)]
    file = reading(references=False)
    told(file, rows[:done])
    straight = told(file, rows[done:])
    resumed = reading(references=False)
    skip(resumed, rows[:done])
    assert told(resumed, rows[done:]) == straight


@given(contents, st.integers(0, 3))
def test_every_row_is_a_report_or_has_a_fault(said: list[tuple[str, ...]], wide: int) -> None:
    """Nothing is lost: a line is among the reports, or among the faults, never both."""
    rows = [Row(n + 2, (str(uuid4()), *cells, *["x"] * (wide if n % 3 == 0 else 0))) for n, cells in enumerate(said)]
    batch = interpret(reading(references=True), rows, ground=GROUND, ids=uuid7s, now=NOW)
    failed = {fault.line for fault in batch.faults if fault.failed}
    assert {fault.line for fault in batch.faults if not fault.failed} <= set(batch.lines)
    assert sorted([*batch.lines, *failed]) == [row.line for row in rows]
    assert {len(values) for values in batch.columns.values()} == {len(batch.lines)} == {len(batch.repeated)}
    assert batch.fitting <= batch.points <= len(rows)
