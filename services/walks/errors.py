"""Refusals only this service knows."""

from shared.errors import FieldError, Forbidden, Invalid


class UnknownArea(Invalid):
    """No area in use has this code."""

    code = "unknown-area"


class UnknownOwner(Invalid):
    """No organisation that takes part has this id."""

    code = "unknown-owner"


def unknown_organisation(field: str) -> FieldError:
    """What is said of a field with the id of an organisation that is not known here."""
    there = "GET /organisations lists those that take part; one that was added just now is known here in some seconds."
    return FieldError(field, "unknown_organisation", f"No organisation that takes part has this id. {there}")


class NotTheLead(Forbidden):
    """Only the organisation that planned a walk, a coordinator or the municipal police may record it."""

    code = "not-the-lead"


class NotTheOwner(Forbidden):
    """Only the organisation that answers for a finding, or a coordinator, may answer it."""

    code = "not-the-owner"
