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


class RetiresMost(Conflict):
    """An import of areas would retire most of those in use, and nobody said that this is meant."""

    code = "retires-most"


class NotUndoable(Conflict):
    """An import of areas is not the newest that stands, or what it replaced is no longer kept."""

    code = "not-undoable"


class UnknownOrganisation(Invalid):
    """No organisation that takes part, or did, has this id."""

    code = "unknown-organisation"
