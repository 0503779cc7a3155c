"""Files that wait: read by several at once, and kept for everybody."""

import asyncio
import io
import tempfile
import time
from uuid import uuid4

from fastapi import UploadFile

from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.imports.uploads import Upload, Uploads
from tests.support.make.people import signed_in
from tests.support.servers.services import make_principal


async def test_readers_do_not_move_each_other() -> None:
    """Twelve who read the same 6 MB get each the same 6 MB, also when the file is dropped meanwhile."""
    content = b"".join(b"%07d\n" % n for n in range(750_000))
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        until = time.monotonic() + 60
        upload = Upload(owner="", of=uuid4(), session=b"", kind="text/csv", file=file, size=len(content), until=until)

        async def read() -> bytes:
            return b"".join([part async for part in upload.parts()])

        readers = [asyncio.create_task(read()) for _ in range(12)]
        await asyncio.sleep(0)
        file.close()
        assert [found == content for found in await asyncio.gather(*readers)] == [True] * 12


def somebody(session: int, *, of: object) -> Person:
    """A person of an organisation, in a session of their own."""
    principal = make_principal(organisation_id=of)  # type: ignore[arg-type]
    return signed_in(principal, session=b"%d" % session)


async def test_an_organisation_that_sends_many_loses_its_own() -> None:
    """Thirty sessions of one organisation with a file each: its last five wait, and another's first is still here."""
    uploads, greedy = Uploads(), uuid4()
    modest = somebody(0, of=uuid4())
    kept = await uploads.keep(modest, UploadFile(io.BytesIO(b"a"), filename="a.csv"))
    people = [somebody(n, of=greedy) for n in range(1, 31)]
    theirs = [await uploads.keep(each, UploadFile(io.BytesIO(b"b"), filename="b.csv")) for each in people]
    assert kept is not None
    assert uploads.find(modest, kept) is not None
    assert [bool(uploads.find(who, str(token))) for who, token in zip(people, theirs, strict=True)] == [
        *[False] * 25, *[True] * 5,
    ]  # fmt: skip
