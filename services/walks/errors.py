"""Refusals only this service knows."""

from shared.errors import Conflict, Forbidden, Invalid


class UnknownArea(Invalid):
    """No area in use has this code."""

    code = "unknown-area"


class UnknownOwner(Invalid):
    """No organisation that takes part has this id."""

    code = "unknown-owner"


class NotTheLead(Forbidden):
    """Only the organisation that planned a walk, a coordinator or the municipal police may record it."""

    code = "not-the-lead"


class NotTheOwner(Forbidden):
    """Only the organisation that answers for a finding, or a coordinator, may answer it."""

    code = "not-the-owner"


class FindingsUnanswered(Conflict):
    """A walk is not closed over findings whose owners have not answered."""

    code = "findings-unanswered"
