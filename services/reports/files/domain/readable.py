"""The rows of a partner's file that can be read: their texts by field, without personal data; faults for the rest."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.reports.files.domain.csvfile import AS_TEXT, Row, as_text, check_header
from services.reports.files.domain.damage import Fault, is_misread, unreadable
from services.reports.files.domain.fillers import own_of
from services.reports.files.domain.identifying import Cells, Knower
from services.reports.files.domain.masking import strike_out
from services.reports.intake.domain import LONGEST_REFERENCE, is_of_a_row
from services.reports.mappings.domain import mapping as mappings
from services.reports.mappings.domain.faults import OF_WORDS
from services.reports.mappings.domain.identity import Identity, identity_of
from services.reports.mappings.domain.words import Wrong
from services.reports.spoilt import is_sound, mended
from shared.texts import is_kept, is_plain, is_typed, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """On whose behalf a file came in."""

    organisation_id: UUID
    client_id: str


@dataclass(slots=True, kw_only=True)
class Reading:
    """One file on its way in: how its rows are read, and what of it was seen so far.

    Raises Unreadable for a header that lacks a column of the mapping. identity: None for that of a new mapping. whole:
    the file is all that its sender has. zone: the municipality's. `words` remembers what was looked up.
    """

    mapping: mappings.Mapping
    header: tuple[str, ...]
    sender: Sender
    identity: Identity | None = None
    whole: bool = False
    zone: ZoneInfo | None = None
    words: dict[tuple[str, str], Any] = field(default_factory=dict)
    knower: Knower = field(init=False)
    places: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        identity = self.identity or identity_of(
            {"columns": self.mapping.columns, "datetime_format": self.mapping.datetime_formats}, name=None, before=None
        )
        check_header(self.header, [*self.mapping.wanted, *identity.ways[0].kin])
        self.knower = Knower(identity, self.header, zone=self.zone)
        self.places = {column: at for at, column in enumerate(self.header)}
        self.whole = self.whole or identity.ways[0].chosen


@dataclass(slots=True)
class Rows:
    """The readable rows of a batch: their lines, their texts by field, and what is wrong with which of them.

    masked: by row and field, where personal data was struck out. by_default, unknown: by row and field, what they say
    that the mapping does not know, and has a default for or refuses.
    """

    reading: Reading
    cells: Sequence[Cells]
    lines: list[int]
    texts: dict[str, list[str]]
    faults: list[Fault]
    masked: list[tuple[int, str]]
    masked_kinds: Mapping[str, int]
    fillers: Mapping[str, int]
    bad: set[int] = field(default_factory=set)
    by_default: list[tuple[int, str]] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)

    def texts_of(self, name: str) -> list[str]:
        """What they say of a field."""
        return self.texts.get(name) or [""] * len(self.lines)

    def refuse(self, row: int, wrong: Wrong) -> None:
        """Note what is wrong with a row, by its number here."""
        self._tell(row, wrong, failed=True)
        self.bad.add(row)
        if wrong.code in OF_WORDS and self.texts_of(wrong.field)[row]:
            self.unknown.append((row, wrong.field))

    def note(self, row: int, wrong: Wrong) -> None:
        """Note what is to be known of a row that is kept; of one that is refused it is not."""
        if row not in self.bad:
            self._tell(row, wrong, failed=False)

    def _tell(self, row: int, wrong: Wrong, *, failed: bool) -> None:
        column = " + ".join(self.reading.mapping.columns.get(wrong.field, ())) or None
        own = self.texts_of("external_reference")[row]
        reference = own if own and len(own) <= LONGEST_REFERENCE and not is_of_a_row(own) else None
        self.faults.append(Fault(self.lines[row], column, wrong.code, wrong.detail, reference, failed=failed))


def readable(reading: Reading, rows: Sequence[Row]) -> Rows:
    """The texts of the rows that can be read, by field in the order of FIELDS, without personal data."""
    width = len(reading.header)
    if reading.mapping.mend_letters and not is_sound([cell for row in rows for cell in row.cells]):
        rows = [row._replace(cells=[mended(cell) for cell in row.cells]) for row in rows]
    good: Sequence[Row] = [row for row in rows if len(row.cells) == width]
    faults: list[Fault] = []
    # All at once first: hardly a file has rows that fail here, or cells that are written in another form than ours.
    said = "".join(chain.from_iterable(row.cells for row in good))
    if AS_TEXT in said:
        rows = [row._replace(cells=list(map(as_text, row.cells))) for row in rows]
        good = [row for row in rows if len(row.cells) == width]
    usual = is_plain(said)
    typed = is_kept(said) if usual else is_typed(said)
    if len(good) < len(rows) or not typed or is_misread(said, encoding=reading.mapping.encoding):
        found = [(row, unreadable(row, width=width, encoding=reading.mapping.encoding)) for row in rows]
        good = [row for row, fault in found if fault is None]
        faults = [fault for _, fault in found if fault is not None]
    clean = str.strip if usual else plain
    texts = {}
    for name in mappings.FIELDS:
        if columns := reading.mapping.columns.get(name):
            at = [reading.places[column] for column in columns]
            cells = [[clean(row.cells[place]) for row in good] for place in at]
            texts[name] = (
                cells[0] if len(cells) == 1 else [" ".join(parts).strip() for parts in zip(*cells, strict=True)]
            )
    fillers = Counter[str]()
    if "external_reference" in texts:
        texts["external_reference"], fillers = own_of(texts["external_reference"])
    masked, kinds = strike_out(texts)
    return Rows(reading, [row.cells for row in good], [row.line for row in good], texts, faults, masked, kinds, fillers)
