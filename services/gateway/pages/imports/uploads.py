"""Files between being chosen and being read in, while their sender looks at the mapping.

They lie in unnamed files of this process alone: gone with it, found by no search, in no database. A file that is gone
is chosen again.
"""

import secrets
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO

import anyio.to_thread
from fastapi import Request, UploadFile

from services.gateway.pages.frame.visitors import Person

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KEPT_S, _MOST = 3600.0, 20
_PART = 262_144


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that waits. `owner`: the digest of the session that sent it; nobody else gets at it."""

    owner: bytes
    name: str
    kind: str
    file: IO[bytes]
    size: int
    until: float

    async def head(self, size: int) -> bytes:
        """Its first bytes."""
        return await anyio.to_thread.run_sync(self._read_at, 0, size)

    async def parts(self) -> AsyncIterator[bytes]:
        """All of it, in parts."""
        at = 0
        while part := await anyio.to_thread.run_sync(self._read_at, at, _PART):
            at += len(part)
            yield part

    def _read_at(self, at: int, size: int) -> bytes:
        self.file.seek(at)
        return self.file.read(size)


class Uploads:
    """The files that wait. One instance lives as long as the gateway."""

    def __init__(self) -> None:
        self._kept: dict[str, Upload] = {}

    async def keep(self, person: Person, sent: UploadFile) -> str | None:
        """Keep a file for an hour, in place of the one this person sent before. Its token, or None if it is empty."""
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by drop
        size = 0
        while part := await sent.read(_PART):
            await anyio.to_thread.run_sync(file.write, part)
            size += len(part)
        if not size:
            file.close()
            return None
        now = time.monotonic()
        for token, other in list(self._kept.items()):
            if other.owner == person.session or other.until < now:
                self.drop(token)
        while len(self._kept) >= _MOST:
            self.drop(next(iter(self._kept)))
        token, name = secrets.token_urlsafe(16), sent.filename or ""
        kind = SHEET if name.lower().endswith(".xlsx") else "text/csv"
        self._kept[token] = Upload(
            owner=person.session, name=name, kind=kind, file=file, size=size, until=now + _KEPT_S
        )
        return token

    def find(self, person: Person, token: str) -> Upload | None:
        """The file of that token, if it is this person's and still here."""
        found = self._kept.get(token)
        return found if found and found.owner == person.session and found.until > time.monotonic() else None

    def drop(self, token: str) -> None:
        """Forget a file that was read in."""
        if upload := self._kept.pop(token, None):
            upload.file.close()


def uploads_of(request: Request) -> Uploads:
    """Where this gateway's files wait."""
    uploads: Uploads = request.app.state.pages.uploads
    return uploads
