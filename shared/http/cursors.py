"""Where a list goes on: cursors, which a caller carries from one page to the next and cannot make."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from shared import errors, moments


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where one list goes on: the sort keys of the last row seen, opaque to the caller, and good for this list alone.

    of: the list's operation. kinds: of its sort keys.
    """

    of: str
    kinds: tuple[type[UUID | int | datetime], ...]

    def encode(self, *keys: UUID | int | datetime) -> str:
        """The sort keys as a caller carries them."""
        return base64.urlsafe_b64encode(orjson.dumps([self.of, *map(_key_written, keys)])).decode().rstrip("=")

    def decode(self, value: str | None) -> list[Any] | None:
        """The sort keys in a cursor, each of its kind, or None without one.

        Raises Malformed for all but what `encode` writes for this list, of keys that a row can have.
        """
        if value is None:
            return None
        try:
            of, *keys = orjson.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
            read = [_KEYS[kind](key) for kind, key in zip(self.kinds, keys, strict=True)]
            if of == self.of and self.encode(*read) == value:
                return read
        except (ValueError, TypeError, AttributeError, binascii.Error):
            pass
        raise errors.Malformed("This cursor was not handed out by this list. Begin without one.")


def _key_written(key: UUID | int | datetime) -> str:
    return key.isoformat() if isinstance(key, datetime) else str(key)


def _moment(key: str) -> datetime:
    moment = datetime.fromisoformat(key)
    moments.check(moment)
    if moment.tzinfo is None:
        raise ValueError("no row has a moment without a zone")
    return moment


def _number(key: str) -> int:
    number = int(key)
    if not 0 <= number < 1 << 31:  # PostgreSQL's integer
        raise ValueError("no row has this number")
    return number


_KEYS: Mapping[type, Callable[[str], Any]] = {UUID: UUID, int: _number, datetime: _moment}
