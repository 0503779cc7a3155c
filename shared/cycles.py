"""The municipality's cycles: stretches of 7, 14 or 28 local days, one after the other for ever."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """Some local days, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    def earlier(self, periods: int) -> "Period":
        """The period of the same length so many periods before."""
        back = timedelta(days=self.days * periods)
        return Period(self.first - back, self.last - back)


def cycle_of(day: date, *, start: date, days: int) -> Period:
    """The cycle that holds a day. start: the first day of any cycle, before or after."""
    first = start + timedelta(days=(day - start).days // days * days)
    return Period(first, first + timedelta(days=days - 1))
