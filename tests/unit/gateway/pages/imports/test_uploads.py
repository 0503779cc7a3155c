"""Files that wait: read by several at once."""

import asyncio
import tempfile
import time

from services.gateway.pages.imports.uploads import Upload


async def test_readers_do_not_move_each_other() -> None:
    """Twelve who read the same 6 MB get each the same 6 MB, also when the file is dropped meanwhile."""
    content = b"".join(b"%07d\n" % n for n in range(750_000))
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        upload = Upload(owner=b"", name="", kind="text/csv", file=file, size=len(content), until=time.monotonic() + 60)

        async def read() -> bytes:
            return b"".join([part async for part in upload.parts()])

        readers = [asyncio.create_task(read()) for _ in range(12)]
        await asyncio.sleep(0)
        file.close()
        assert [found == content for found in await asyncio.gather(*readers)] == [True] * 12
