"""JSON as it is read: in UTF-8, each key once, numbers and depths that somebody may mean. Pure."""

import codecs
import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from shared.errors import FieldError, Malformed
from shared.spelling import PLAIN_KEY

# Longer ones are no numbers of anybody's; Python refuses to read 4,300 digits.
_LONGEST_NUMBER = 300
# Up to here a float is the number that was written.
_LONGEST_WHOLE = 16
# Of a body with many faults of one kind, as many are told.
_MOST_TOLD = 20
# What NaN and Infinity become while the rest is read, which says where they stand.
_NO_NUMBER = object()
# A batch of 1,000 reports with every field has 16,000. What is made of each, a fault at worst, takes 20 us.
MOST_MEMBERS = 20_000
_NO_UTF8 = "The body is not UTF-8. Send JSON in UTF-8."
_MARKED = "The body begins with a byte order mark. Send JSON in UTF-8 without one."


def read_json(body: bytes, *, members: int = MOST_MEMBERS, infinities: bool = False) -> Any:
    """What a body of JSON says, whose objects have so many members together at most.

    infinities: take NaN and Infinity, which are no JSON, as the numbers they mean: for files whose reader tells where
    they stand.

    A number too large to be one is infinite: a fault of its field, not of all the body. RFC 8259 §8.1 wants UTF-8, and
    leaves to the reader what a key means that stands twice: other readers take the first, or both. Raises Malformed,
    JSONDecodeError.
    """
    if body.startswith(codecs.BOM_UTF8):
        raise Malformed(_MARKED)
    odd = _Odd()
    try:
        found = json.loads(
            body.decode(),
            object_pairs_hook=_Members(members).once_each,
            parse_int=_number,
            parse_float=None if infinities else _number_with_point,
            parse_constant=float if infinities else odd.take,
        )
        if odd.seen:
            raise _no_numbers(found)
        return found
    except UnicodeDecodeError:
        raise Malformed(_NO_UTF8) from None
    except RecursionError:
        raise Malformed("Lists and objects stand too deep within each other.") from None


class _Odd:
    """Whether NaN or an infinity was read; where it stands is told of the whole, once that is read."""

    def __init__(self) -> None:
        self.seen = False

    def take(self, _: str) -> object:
        """What stands for one of them meanwhile."""
        self.seen = True
        return _NO_NUMBER


class _Members:
    """The members of all objects of one body: each once, and not more than anybody sends."""

    def __init__(self, most: int) -> None:
        self._most = self._left = most

    def once_each(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object of its members. Raises Malformed."""
        self._left -= len(pairs)
        if self._left < 0:
            raise Malformed(f"The objects of the body have more than {self._most} members together.")
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = next(name for name, many in Counter(name for name, _ in pairs).items() if many > 1)
            field = f"/{twice}" if PLAIN_KEY.fullmatch(twice) else ""
            fault = FieldError(field, "repeated_key", "Stands twice in one object.")
            raise Malformed("A key stands twice in one object.", errors=(fault,))
        return found


def _number(written: str) -> int | float:
    return int(written) if len(written) < _LONGEST_NUMBER else float(written)


def _number_with_point(written: str) -> int | float:
    """As JSON Schema has it: a number without a fraction is whole, also where some clients write it as 2.0."""
    whole = written.removesuffix(".0")
    return int(whole) if whole != written and len(whole) < _LONGEST_WHOLE else float(written)


def _no_numbers(found: Any) -> Malformed:
    """A refusal that says where in a body NaN and Infinity stand: the first of them."""
    places = islice(_places_in(found, ""), _MOST_TOLD)
    faults = tuple(FieldError(place, "no_number", "NaN and Infinity are no numbers of JSON.") for place in places)
    return Malformed("NaN and Infinity are no numbers of JSON.", errors=faults)


def _places_in(found: Any, place: str) -> Iterator[str]:
    """The pointers (RFC 6901) of what stands for no number; of a key that may say anything, that of what it is in."""
    if found is _NO_NUMBER:
        yield place
    elif isinstance(found, list):
        for at, each in enumerate(found):
            yield from _places_in(each, f"{place}/{at}")
    elif isinstance(found, dict):
        for name, each in found.items():
            yield from _places_in(each, f"{place}/{name}" if PLAIN_KEY.fullmatch(name) else place)
