"""The refusals every service shares. Pure: no HTTP, no bus. The edges decide what each one becomes there."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

# Of a conflict: the caller named the very thing whose state stands against it, or as many as may be are there.
ITSELF: tuple[str, ...] = ()
A_LIMIT: tuple[str, ...] = ()
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, without its value. `field` is a JSON Pointer into the body, or a parameter.

    about: the code of the thing of which it is a field, where it has one of the caller's and that is no personal data.
    place: of a text, its first and last character that are meant, counted from 1.
    """

    field: str
    code: str
    detail: str
    about: str | None = None
    place: tuple[int, int] | None = None


class Refusal(Exception):
    """A caller asked for something that cannot be given; the text is fit to show to that caller.

    `code` names the kind for machines and stays stable. Nothing of the caller's own text is repeated in it,
    because that text may hold personal data.
    """

    code = "refused"

    def __init__(self, detail: str, *, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors


class Malformed(Refusal):
    """The request itself cannot be read: a missing header, an unreadable cursor."""

    code = "malformed"


class Unauthenticated(Refusal):
    """Nobody is signed in, or the proof of it is wrong or too old."""

    code = "unauthenticated"


class WrongToken(Unauthenticated):
    """An access token was shown, and is none that is good now: with a new one the same request may do."""


class Forbidden(Refusal):
    """The caller is known and may not do this."""

    code = "forbidden"


class NotFound(Refusal):
    """There is no such thing for this caller. Also the answer where it exists but may not be known of."""

    code = "not-found"


class Gone(Refusal):
    """There was such a thing and it will not come back (HTTP 410)."""

    code = "gone"


class Conflict(Refusal):
    """The state of things does not allow it now.

    code: which state that is, one of those in `shared.http.problem_types`: a program tells it from the others by it.
    of: what stands against it, as far as the caller may know it; `ITSELF` or `A_LIMIT` where that is no other thing.
    At most `MOST_NAMED` are named.
    """

    def __init__(self, detail: str, *, code: str, of: Iterable[object]) -> None:
        super().__init__(detail)
        self.code = code
        self.of = tuple(map(str, islice(of, MOST_NAMED)))


class Stale(Refusal):
    """The caller changed an older version than the current one (HTTP 412)."""

    code = "stale"


class VersionNeeded(Refusal):
    """A change that does not say which version its caller saw (HTTP 428)."""

    code = "version-needed"


# Of a VersionNeeded: which header would say it.
NO_IF_MATCH = (FieldError("If-Match", "missing", "This field is needed."),)


class TooLarge(Refusal):
    """More bytes or more items than the limit."""

    code = "too-large"


class Invalid(Refusal):
    """Well formed, but the values break a rule."""

    code = "invalid"


class TooMany(Refusal):
    """The caller asks too often; `retry_after_s` says when to come back."""

    code = "too-many"

    def __init__(self, detail: str, *, retry_after_s: int) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class Unavailable(Refusal):
    """Something this depends on is away; the same request may succeed later."""

    code = "unavailable"
