"""A long cell, of whatever is slow to look through, costs its length in every field of a file and of a suggestion."""

import itertools
import time
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.reports.files import batching
from services.reports.files.domain.csvfile import Row
from services.reports.files.domain.imports import FIRST_BYTES, Waiting
from services.reports.files.domain.readable import Reading, Sender
from services.reports.files.domain.rows import interpret
from services.reports.files.domain.sniffing import sniff
from services.reports.ground import Ground
from services.reports.mappings.domain.mapping import FIELDS, Mapping
from services.reports.suggestions.domain import suggest
from shared.geo.geometry import AreaIndex
from shared.ids import uuid7s
from tests.support.make.imports import HEADER
from tests.support.make.imports import MAPPING as AS_SENT

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SQUARE = {"type": "Polygon", "coordinates": [[[14, 63], [15, 63], [15, 64], [14, 64], [14, 63]]]}
GROUND = Ground(
    zone=ZoneInfo("Europe/Stockholm"), crs="EPSG:3006", areas=AreaIndex([("01", SQUARE, 1)]), codes=frozenset({"01"})
)
MAPPING = Mapping(columns={field: (field,) for field in FIELDS}, constants={}, crs="EPSG:4326")
LENGTH = 15_000
# A name for each field.
CALLED = (
    "Nr", "Kategori", "Underkategori", "Datum", "Kl", "Till", "Till kl", "X", "Y", "Område", "Plats", "Miljö", "Prio",
    "Text", "Rubrik", "Vad", "?",
)  # fmt: skip
SLOW = {
    "gaps": "a" + " " * LENGTH + "b",
    "gaps of no width": "ö" + "\u200b" * LENGTH + "x",
    "gaps at the end": "2026-11-02" + " " * LENGTH,
    "digits": "1" * LENGTH,
    "dots": "1." * (LENGTH // 2),
    "dashes": "1 - " * (LENGTH // 4),
    "addresses": "a@" * (LENGTH // 2),
    "numbers abroad": "+46 " * (LENGTH // 4),
    "slashes": " /" * (LENGTH // 2),
    "accents": "e\u0301" * (LENGTH // 2),
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_a_long_cell_costs_its_length(text: str) -> None:
    """Under two seconds for a cell of each field; the square of its length takes that for one, or ten."""
    began = time.process_time()
    for wrong in FIELDS:
        cells = [text if field == wrong else "order" if field == "category" else "" for field in FIELDS]
        sender = Sender(organisation_id=UUID(int=1), client_id="c")
        reading = Reading(mapping=MAPPING, header=FIELDS, sender=sender)
        assert interpret(reading, [Row(2, cells)], ground=GROUND, ids=uuid7s, now=NOW).read == 1
    assert time.process_time() - began < 2


@pytest.mark.parametrize("gap", [" ", " - ", " /"])
def test_a_suggestion_of_long_cells_costs_their_length(gap: str) -> None:
    """The same in every column that a suggestion looks at."""
    header, text = list(CALLED), "a" + gap * (60_000 // len(gap)) + "b"
    began = time.process_time()
    suggest(header, [[text] * len(header)] * 2, dialect=sniff(b"a;b"), ground=GROUND, names={}, today=NOW.date())
    assert time.process_time() - began < 2


def sizes(rows: int, *, text: str) -> list[int]:
    """The slices of a file of so many rows."""
    row = f"r{{}},order,2026-11-02 21:30,14.64,63.17,{text}\n"
    body = HEADER + "".join(map(row.format, range(rows)))
    file = Waiting(id=UUID(int=1), organisation_id=UUID(int=2), client_id="c", document=AS_SENT, done=0, dry_run=False)
    found = batching.batches(
        file, iter([body.encode()]), passed=batching.Passed(), ground=lambda: GROUND, at_once=lambda: 4000
    )
    return [batch.read for batch in found]


def test_rows_that_are_much_work_come_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second's work a slice, once it is known how much work the rows are: here a minute for each."""
    minutes = itertools.count(step=60)
    monkeypatch.setattr(time, "thread_time", lambda: next(minutes))
    found = sizes(700, text="x" * 1000)
    first, *others = found
    assert sum(found) == 700
    assert 300 < first < 1000
    assert max(others) * 1000 <= FIRST_BYTES // 5


def test_usual_rows_come_by_the_thousand() -> None:
    """A thousand first, then four."""
    assert sizes(6000, text="Buller") == [1000, 4000, 1000]
