"""Files between being chosen and being read in, while their sender looks at the mapping.

They lie in unnamed files of this process alone: gone with it, found by no search, in no database. A file that is gone
is chosen again.
"""

import asyncio
import os
import re
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import IO, Any
from uuid import UUID

import anyio.to_thread
from fastapi import Request, UploadFile

from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.imports.readings import Tried
from shared.texts import is_typed

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# How workbooks begin, and what else is packed as they are: such a file is looked at as a whole.
_PACKED = (b"PK", bytes.fromhex("d0cf11e0a1b11ae1"))
_KEPT_S, _MOST = 3600.0, 20
_MOST_OF_ONE = 5
_PART = 262_144
_LONGEST_NAME = 200
# Columns by their fields, as a suggestion was asked for.
Asked = tuple[tuple[str, str], ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Upload:
    """A file that waits. `owner`: who sent it, a `client_id`; nobody else gets at it, nor they in another organisation.

    `of`: the owner's organisation. `session`: the digest of the one that it was sent in. `suggestions`: what the
    service suggests for it, by the columns that were asked for.
    `turn` is held by whoever hands it over. `became`: the import, once it was handed over to be read in. `tried`: its
    last trial, which is kept nowhere else. name: as its sender calls it, as far as that is a line.
    """

    owner: str
    of: UUID
    session: bytes
    kind: str
    file: IO[bytes]
    size: int
    until: float
    became: UUID | None = None
    tried: Tried | None = None
    name: str | None = None
    suggestions: dict[Asked, dict[str, Any]] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def keep_suggestion(self, asked: Asked, found: dict[str, Any]) -> None:
        """Remember a suggestion, beside the one that was asked without columns: of the others the last."""
        for other in [each for each in self.suggestions if each and asked]:
            del self.suggestions[other]
        self.suggestions[asked] = found

    async def head(self, size: int) -> bytes:
        """Its first bytes."""
        with self._opened() as handle:
            return await anyio.to_thread.run_sync(os.pread, handle, size, 0)

    async def parts(self) -> AsyncIterator[bytes]:
        """All of it, in parts. Any number may read at once: each at its own place."""
        at = 0
        with self._opened() as handle:
            while part := await anyio.to_thread.run_sync(os.pread, handle, _PART, at):
                at += len(part)
                yield part

    def was_read_in(self, import_id: UUID) -> None:
        """Remember what it became; the file itself is of no more use."""
        self.became = import_id
        self.file.close()

    @contextmanager
    def _opened(self) -> Iterator[int]:
        # A handle of one's own: who drops the file meanwhile takes nothing away from whoever is reading.
        handle = os.dup(self.file.fileno())
        try:
            yield handle
        finally:
            os.close(handle)


class Uploads:
    """The files that wait. One instance lives as long as the gateway."""

    def __init__(self) -> None:
        self._kept: dict[str, Upload] = {}

    async def keep(self, person: Person, sent: UploadFile) -> str | None:
        """Keep a file for an hour, in place of the one sent in this session before. Its token; None if it is empty."""
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by drop
        size, packed = 0, False
        while part := await sent.read(_PART):
            packed = packed if size else part.startswith(_PACKED)
            await anyio.to_thread.run_sync(file.write, part)
            size += len(part)
        if not size:
            file.close()
            return None
        await anyio.to_thread.run_sync(file.flush)
        now = time.monotonic()
        for token, other in list(self._kept.items()):
            if other.session == person.session or other.until < now:
                self.drop(token)
        organisation = person.principal.organisation_id
        self._make_room(organisation)
        token = secrets.token_urlsafe(16)
        # By what it is: its name says less.
        kind = SHEET if packed else "text/csv"
        self._kept[token] = Upload(
            owner=person.principal.client_id,
            of=organisation,
            session=person.session,
            kind=kind,
            file=file,
            size=size,
            until=now + _KEPT_S,
            name=_line(sent.filename or ""),
        )
        return token

    def _make_room(self, organisation: UUID) -> None:
        """Drop files until one more has its place: the organisation's own, else of whoever has most."""
        while (many := Counter(each.of for each in self._kept.values())).total():
            if many[organisation] >= _MOST_OF_ONE:
                of = organisation
            elif many.total() >= _MOST:
                of = many.most_common(1)[0][0]
            else:
                return
            # Those that were read in first, then the oldest.
            theirs = [token for token, each in self._kept.items() if each.of == of]
            self.drop(min(theirs, key=lambda each: self._kept[each].became is None))

    def find(self, person: Person, token: str) -> Upload | None:
        """The file of that token, if it is this person's and still here: also once they have signed in again."""
        found, who = self._kept.get(token), person.principal
        theirs = found is not None and (found.owner, found.of) == (who.client_id, who.organisation_id)
        return found if found and theirs and found.until > time.monotonic() else None

    @asynccontextmanager
    async def turn(self, person: Person, token: str) -> AsyncIterator[Upload | None]:
        """As `find`, for whoever hands the file over: a second click waits, and then finds what it `became`."""
        if found := self.find(person, token):
            async with found.turn:
                yield self.find(person, token)
        else:
            yield None

    def drop(self, token: str) -> None:
        """Forget a file. What is being handed over just now ends with whoever does that."""
        if (upload := self._kept.pop(token, None)) and not upload.turn.locked():
            upload.file.close()


def _line(name: str) -> str | None:
    """What somebody calls a file, without its folders; the service strikes out what is about a person."""
    plain = re.split(r"[/\\]", name)[-1].strip()[:_LONGEST_NAME]
    return plain if plain and plain.isprintable() and is_typed(plain) else None


def uploads_of(request: Request) -> Uploads:
    """Where this gateway's files wait."""
    uploads: Uploads = request.app.state.pages.uploads
    return uploads
