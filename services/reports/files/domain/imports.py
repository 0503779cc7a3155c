"""A file that came in, from its first byte to its last row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from shared.errors import FieldError, Invalid

State = Literal["receiving", "received", "running", "done", "failed"]
# What becomes of a mapping's reports that a file with all of them has no more.
Snapshot = Literal["report", "withdraw"]
# All of them within its first and its last day, or all at all.
SnapshotOf = Literal["period", "all"]
# Why they are not withdrawn unasked: too many rows failed, or more than half would be.
Withheld = Literal["failed_rows", "more_than_half"]
CHOICES: Mapping[str, Any] = {"state": State, "snapshot": Snapshot, "snapshot_of": SnapshotOf, "withheld": Withheld}
# What becomes of rows: the first is the sum of the others.
FATES = ("read", "new", "unchanged", "changed", "failed")
COUNTED = (
    *FATES, "unplaced", "masked", "repeated", "mended", "withdrawn", "passed_over", "still_withdrawn", "alike",
    "fillers", "not_corrected", "corrections_replaced", "of_other_mapping", "by_default",
    "unknown_words",
)  # fmt: skip
# Withdrawn at once, and a part of all rows that may fail, where they are withdrawn unasked.
WITHDRAWN_AT_ONCE, MOST_FAILED_SHARE = 500, 0.01
NO_LONGER_THERE, THERE_AGAIN = "No longer in the file.", "In the file again."
# It is there as a whole, and has rows to be worked off.
UNFINISHED: tuple[State, ...] = ("received", "running")
# Or is on its way still.
WAITING: tuple[State, ...] = ("receiving", *UNFINISHED)
# Whoever sends a file needs these, and whoever one that waits is handed over to.
TO_SEND_FILES: tuple[str, ...] = ("reports:write",)
# Of one organisation, until their rows are in: they lie in the database meanwhile.
MOST_WAITING = 50
MOST_WAITING_BYTES = 2_147_483_648
# What a table of 500 MB takes at most of one statement's memory, and of one transaction's.
CHUNK_BYTES = 1 << 20
# After each part, while somebody else asks: four megabytes a second of an organisation. To carry one through the
# gateway into the database costs 35 ms of a processor (measured), so 30 a second took all of a small machine.
PART_REST_S = 0.25
# The first rows are looked at alone, before anything of the file is stored.
FIRST_ROWS = 1000
ROWS_AT_ONCE = 4000
# While somebody else asks: 10 ms of PostgreSQL's, and rests that leave room also for what others do with the rows. A
# thousand cost 0.37 s of processors, of which this work itself is a third (measured).
ROWS_IN_COMPANY, RESTS_IN_COMPANY = 400, 3
# As Python holds them: rows may be a megabyte long. Usual ones take 2 MB.
BATCH_BYTES = 8_000_000
CELL_BYTES = 56
# Of the first slice, before it is known how much work its rows are: a thousand usual ones.
FIRST_BYTES = 600_000
# Of a file at a time, then it is whoever's turn it is: half a second's work.
BATCHES_IN_TURN = 2
# Files that wait in the middle, each with a batch prepared. One more is read anew from its beginning in each turn.
MOST_BEGUN = 8
# Nobody reads more; the count goes on. Notes leave room for what is wrong in rows behind them.
MOST_FAULTS_KEPT, MOST_NOTES_KEPT = 10_000, 5_000


def check_reading(*, mapping: str | None, draft: UUID | None, dry_run: bool) -> None:
    """Raise Invalid unless a file comes with one mapping or, to be tried, with one draft."""
    if (mapping is None) == (draft is None):
        detail = "Name the mapping that the file is read with, or a draft to try it with."
        raise Invalid(detail, errors=(FieldError("mapping", "one_of", detail),))
    if draft is not None and not dry_run:
        detail = "A file is only tried with a draft: send dry_run=true, or put the mapping under a name first."
        raise Invalid(detail, errors=(FieldError("draft", "only_tried", detail),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A file that waits to be worked off, or to be gone on with.

    done: rows dealt with so far. dry_run: it is only told what would become of them. identity: as it is kept.
    takes_over: rows correct also reports that another mapping of the organisation brought.
    withdrawing: its rows are in, and reports that it has no more are being withdrawn.
    """

    id: UUID
    organisation_id: UUID
    client_id: str
    document: dict[str, Any]
    done: int
    dry_run: bool
    mapping: str | None = None
    identity: dict[str, Any] | None = None
    snapshot: Snapshot | None = None
    takes_over: bool = False
    withdrawing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of some rows; the first is the sum of the next four.

    unplaced: kept, and lying in no area. masked: personal data was struck out, so much of each kind. repeated:
    unchanged, for an earlier row says the same. mended: the code of an area had lost its noughts. still_withdrawn:
    unchanged, and somebody withdrew their report. not_corrected: unchanged, for their report counts no more.
    corrections_replaced: changed, over what somebody had corrected. of_other_mapping: failed, for another mapping
    brought their report, `other_mapping` most of them. fillers: a sign or a word for none stands in the place of their
    reference; filler: the most frequent one. by_default: kept, with a word that the mapping has only a default for.
    unknown_words: failed, with a word that it does not know. kinds: of what is wrong and of what is noted, as
    `faultkinds` has them.
    """

    read: int
    new: int
    unchanged: int
    changed: int
    failed: int
    unplaced: int
    masked: int
    masked_kinds: Mapping[str, int]
    repeated: int = 0
    mended: int = 0
    still_withdrawn: int = 0
    fillers: int = 0
    filler: str | None = None
    not_corrected: int = 0
    corrections_replaced: int = 0
    of_other_mapping: int = 0
    other_mapping: str | None = None
    by_default: int = 0
    words_by_default: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    unknown_words: int = 0
    words_unknown: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    kinds: Sequence[Mapping[str, Any]] = ()


def check_snapshot(missing: int, *, known: int, read: int, failed: int) -> Withheld | None:
    """Why reports that a file has no more are not withdrawn unasked; None where they are.

    known: those of before that it has.
    """
    if failed > read * MOST_FAILED_SHARE:
        return "failed_rows"
    return "more_than_half" if missing > known else None
