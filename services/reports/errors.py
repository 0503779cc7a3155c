"""Refusals only this service knows."""

from shared.errors import Invalid


class SearchTooWide(Invalid):
    """A search through texts took longer than one may, and would again."""

    code = "search-too-wide"


class UnknownOrganisation(Invalid):
    """No organisation that takes part, or did, has this id."""

    code = "unknown-organisation"
