"""The overview as it went out, kept until its reader is told something.

To make one takes 14 ms of a core at 400 areas, and more where counts were published; to see that this reader was told
nothing since takes a look at what is new in the feed (measured: 0.8). Dashboards ask every few seconds, for hours. An
answer that were made anew for what others alone may see would tell by its time that there was something.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from services.gateway.readmodel.overview import until
from shared.access import Principal

# Of all of them together: one of 400 areas is 100 kB.
MOST_BYTES = 16_000_000


@dataclass(slots=True, kw_only=True)
class Answer:
    """What a reader was told. epoch, position: the feed, and up to where in it nothing was for this reader."""

    epoch: str
    position: int
    today: date
    until: datetime | None
    body: bytes

    def holds(self, *, now: datetime, today: date) -> bool:
        """Whether time alone has not changed it. today: by the municipality's clock, as cycles have it."""
        return self.today == today and (self.until is None or now <= self.until)


class Remembered:
    """Answers by who asked. One organisation's clients in one role are told the same."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Principal, Answer] = OrderedDict()
        self._bytes = 0

    def find(self, principal: Principal, *, now: datetime, today: date) -> Answer | None:
        """What this caller was told, if it is still so unless something was told since."""
        known = self._answers.get(_asked_by(principal))
        return known if known is not None and known.holds(now=now, today=today) else None

    def keep(self, principal: Principal, overview: Any, *, end: tuple[str, int], today: date) -> bytes:
        """The answer as it goes out, to be told again; end: which feed it is, and where it ended before it was made."""
        body: bytes = overview.model_dump_json(by_alias=True).encode()
        self._forget(_asked_by(principal))
        self._answers[_asked_by(principal)] = Answer(
            epoch=end[0], position=end[1], today=today, until=until(overview), body=body
        )
        self._bytes += len(body)
        while self._bytes > MOST_BYTES:
            self._forget(next(iter(self._answers)))
        return body

    def _forget(self, asked_by: Principal) -> None:
        if known := self._answers.pop(asked_by, None):
            self._bytes -= len(known.body)


def _asked_by(principal: Principal) -> Principal:
    return replace(principal, client_id="", key_id=None, scopes=frozenset(), era=(0, 0))
