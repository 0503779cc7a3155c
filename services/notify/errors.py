"""The refusals that only notify knows."""

from shared.errors import FieldError, Invalid, Refusal


class BadAddress(Invalid):
    """A webhook may not be sent there: the URL's form, its port, or the network it leads to."""

    code = "bad-address"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, errors=(FieldError("/url", "bad_address", detail),))


class UnknownArea(Invalid):
    """No area has this code."""

    code = "unknown-area"


class BadSecret(Invalid):
    """A signing secret that cannot be read."""

    code = "bad-secret"


class Unsealable(Refusal):
    """A sealed secret does not open: the key is not in the ring, or the text or its owner was changed."""

    code = "unsealable"
