"""Refusals only this service knows."""

from shared.errors import Forbidden, Invalid


class UnknownArea(Invalid):
    """No area in use has this code."""

    code = "unknown-area"


class NotTheRegistrant(Forbidden):
    """Only the organisation that registered a gathering, a coordinator or the municipal police may change it."""

    code = "not-the-registrant"
