"""Feed cursors of the read model. Pure: values in, values or a refusal out."""

import base64
import hashlib
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from shared import moments
from shared.access import COARSE, Principal, sharing
from shared.errors import FieldError, Gone, Invalid, Malformed
from shared.ids import day_of

_BLOCK = 16
_NOT_OURS = "This cursor was not handed out here. Begin without one."
_BEGUN_ANEW = "The feed was begun anew since this cursor was handed out. Begin without one."


@dataclass(frozen=True, slots=True)
class Cursors:
    """Where readers of the feed go on.

    Positions are numbered over all that anybody is told: in the open they would count, for everybody, what happens
    where one may see nothing. So a cursor holds its position as one block of AES.
    """

    key: bytes

    @classmethod
    def of(cls, pepper: str) -> "Cursors":
        """Cursors under a key made of the installation's pepper."""
        return cls(hashlib.blake2b(pepper.encode(), digest_size=_BLOCK, person=b"feed cursors").digest())

    def write(self, epoch: str, position: int) -> str:
        """A position of the feed of this epoch, as its reader carries it."""
        encryptor = self._cipher().encryptor()
        block = encryptor.update(position.to_bytes(_BLOCK, "big")) + encryptor.finalize()
        return f"{epoch}.{base64.urlsafe_b64encode(block).decode().rstrip('=')}"

    def read(self, cursor: str | None, *, epoch: str) -> int:
        """The position in a cursor, 0 without one. Raises Malformed, and Gone for a cursor of a feed that is no more.

        So is one that holds a number in the open, as earlier ones did.
        """
        if cursor is None:
            return 0
        its_epoch, _, held = cursor.partition(".")
        if held.isascii() and held.isdigit():
            raise Gone(_BEGUN_ANEW)
        try:
            block = base64.b64decode(held + "=" * (-len(held) % 4), altchars=b"-_", validate=True)
        except ValueError:
            block = b""
        if len(block) != _BLOCK or not its_epoch:
            raise Malformed(_NOT_OURS)
        if its_epoch != epoch:
            raise Gone(_BEGUN_ANEW)
        decryptor = self._cipher().decryptor()
        position = int.from_bytes(decryptor.update(block) + decryptor.finalize(), "big")
        # A block that was made up opens to a number far beyond any feed.
        if position >= 1 << 62:
            raise Malformed(_NOT_OURS)
        return position

    def _cipher(self) -> "Cipher[modes.ECB]":
        # One block, never two: a permutation of positions under a key, the same for the same position.
        return Cipher(algorithms.AES(self.key), modes.ECB())  # noqa: S305


def first_told(asked: date | datetime | Literal["now"], *, principal: Principal, zone: ZoneInfo) -> datetime | None:
    """From when on a reader is told what happened: of a day alone its local midnight; None for what comes next.

    Whoever sees anything coarsely begins with the whole local day: asked for by the minute, the feed would tell of
    others' reports when they came in, which is no part of what such a reader knows. Raises Invalid.
    """
    if not isinstance(asked, date):
        return None
    moment = asked if isinstance(asked, datetime) else datetime.combine(asked, time())
    try:
        begin = moments.to_utc(moment, zone=zone)
    except moments.Skipped as skipped:
        if isinstance(asked, datetime):
            fault = FieldError("from", "skipped_time", str(skipped))
            raise Invalid("There is no such time.", errors=(fault,)) from None
        begin = moment.replace(tzinfo=zone).astimezone(UTC)
    coarsely = any("coarse" in astuple(sharing(principal.role, each)) for each in COARSE)
    return day_of(begin) if coarsely else begin
