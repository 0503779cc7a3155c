"""Since when each sender reports: a mean is over the days on which it was heard, and over no others. Pure.

Senders begin on different days, seldom on the first of a period. To count a period of two days, or one before the
beginning, as a whole one makes a mean too low, and every early period looks like a rise.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import NamedTuple
from uuid import UUID

from shared.cycles import Period

EARLIER_PERIODS = 26
# So many periods before those are looked at as well, to see who reported already then.
LOOKED_BACK = 2 * EARLIER_PERIODS
# Weekdays differ, so less than a week says nothing of a period.
LEAST_DAYS = 7
# A beginning is known where so many reports would have come before it by the rate since, and hardly any of them did.
# Reports that tell how often a sender writes: of a handful, chance alone makes a rate.
_ENOUGH = 20
_SURE, _STRAY = 10.0, 0.02
# None stands for all senders whose names the reader may not know.
Sender = UUID | None


class Reported(NamedTuple):
    """What a sender reported in the period so many before this one (0), and on which day first."""

    sender: Sender
    back: int
    reports: int
    first: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """From which day on each sender is heard, no earlier than the periods that means are of.

    strays: who has older reports in those periods, which are left out.
    """

    period: Period
    begins: Mapping[Sender, date]
    strays: frozenset[Sender] = frozenset()

    def since(self, senders: Iterable[Sender]) -> date | None:
        """The first day on which one of these was heard that has a mean; None where none has."""
        return min((self.begins[who] for who in senders if self.per_period(who) is not None), default=None)

    def periods(self) -> int:
        """How many periods back the means reach, one that is heard in part counted as one; 0 where there are none."""
        begin = self.since(self.begins)
        return -(-(self.period.first - begin).days // self.period.days) if begin else 0

    def days(self, sender: Sender) -> int:
        """On how many days before the period it was heard."""
        return max(0, (self.period.first - self.begins[sender]).days) if sender in self.begins else 0

    def per_period(self, sender: Sender) -> float | None:
        """What one of its earlier reports adds to a mean of whole periods; None: too few days to have one."""
        days = self.days(sender)
        return self.period.days / days if days >= LEAST_DAYS else None


def observed(rows: Iterable[Reported], *, period: Period) -> Observed:
    """Since when each sender is heard.

    That is since its first report. A few odd ones a long time before all others, as dates that were typed wrongly are,
    are no beginning. Who was silent in all of LOOKED_BACK periods begins anew.
    """
    horizon = period.earlier(EARLIER_PERIODS).first
    of_sender: dict[Sender, list[Reported]] = defaultdict(list)
    for row in rows:
        of_sender[row.sender].append(row)
    found = {sender: _beginning(sorted(each, key=_oldest), period) for sender, each in of_sender.items()}
    strays = (who for who, each in of_sender.items() if any(horizon <= row.first < found[who] for row in each))
    begins = {sender: max(first, horizon) for sender, first in found.items()}
    return Observed(period=period, begins=begins, strays=frozenset(strays))


def _oldest(row: Reported) -> date:
    return row.first


def _beginning(rows: Sequence[Reported], period: Period) -> date:
    """rows: one sender's, the oldest first."""
    earlier = [row for row in rows if row.back > 0]
    reports = sum(row.reports for row in earlier)
    for row, before in zip(earlier, accumulate((row.reports for row in earlier), initial=0), strict=False):
        rate = (reports - before) / (period.first - row.first).days
        expected = rate * (row.first - rows[0].first).days
        if reports - before >= _ENOUGH and expected >= _SURE and before <= _STRAY * expected:
            return row.first
    return rows[0].first
