"""Refusals only this service knows."""

from shared.errors import Conflict, Invalid


class ReferenceTaken(Conflict):
    """The organisation has sent another report under the same external reference."""

    code = "reference-taken"


class AlreadyPlacing(Conflict):
    """Reports are being placed anew, and that can be done by one at a time only."""

    code = "already-placing"


class SearchTooWide(Invalid):
    """A search through texts took longer than one may, and would again."""

    code = "search-too-wide"
