"""Numbers of reports as the page writes them: what each is of, and the list of exactly those reports."""

from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup, escape

from services.gateway.pages.frame.links import link
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import gettext as _

PROBLEMS = {"positive": "false"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written. `href`: the list of what it counts, where the reader sees that one by one."""

    said: str
    href: str | None = None

    def __html__(self) -> Markup:
        """As templates show it; as a text of its own kind, or a sentence around it would escape it once more."""
        if self.href is None:
            return escape(self.said)
        return Markup('<a class="number-link" href="{}">{}</a>').format(self.href, self.said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The reports of some local days in one area, or everywhere, that numbers are made of.

    no_data_before: the first day of which anybody reported at all; before it there is nothing to count, which is not
    the same as that nothing happened. None: not known, or not the reader's to know.
    """

    first: date
    last: date
    area: str | None = None
    no_data_before: date | None = None

    def within(self, area: str | None) -> "Counted":
        """The same days in another area."""
        return replace(self, area=area)

    @property
    def without_data(self) -> bool:
        """Whether nobody reported yet on any of the days."""
        return self.no_data_before is not None and self.last < self.no_data_before

    @property
    def begins_within(self) -> date | None:
        """The day on which reports begin, where it is one of these and not the first."""
        began = self.no_data_before
        return began if began is not None and self.first < began <= self.last else None

    def number(self, n: int | None, *, rounded: bool = False, **asked: str) -> Number:
        """A count of these reports, narrowed to those that `asked` lets through (as `GET /reports` names it).

        A rounded one has no list: its reader gets others' reports as numbers only. Nor has nothing.
        """
        if n == 0 and not rounded and self.without_data:
            return Number(_("no data"))
        said = saying.count(n, rounded)
        return Number(said) if rounded or not n else Number(said, self.address(**asked))

    def address(self, **asked: str) -> str:
        """The list of these reports."""
        where = {"area": self.area} if self.area is not None else {}
        days = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return link("/reports", {**where, **days, "counted": "true", **asked})
