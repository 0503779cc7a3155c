"""In what order organisations' files are worked off, a slice at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """The file of an organisation that is next when the organisation is."""

    id: UUID
    organisation_id: UUID
    size_bytes: int
    received_at: datetime


class Served:
    """How long each organisation was worked for since it began to wait, seconds.

    Who begins to wait stands as those that wait and had least: to have asked for nothing for long is no credit.
    """

    def __init__(self) -> None:
        self._seconds: dict[UUID, float] = {}

    def in_turn(self, waiting: Iterable[First]) -> list[First]:
        """These files, one of each organisation, the next one first; whoever is not among them is forgotten."""
        files = {file.organisation_id: file for file in waiting}
        known = {owner: seconds for owner, seconds in self._seconds.items() if owner in files}
        least = min(known.values(), default=0.0)
        self._seconds = {owner: known.get(owner, least) for owner in files}
        return sorted(
            files.values(), key=lambda file: (self._seconds[file.organisation_id], file.size_bytes, file.received_at)
        )

    def add(self, organisation_id: UUID, *, seconds: float) -> None:
        """So long one was worked for just now."""
        self._seconds[organisation_id] = self._seconds.get(organisation_id, 0.0) + seconds
