"""A file read in a child process: what a bad reader does there costs one file a refusal, and nobody else anything."""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from structlog.testing import capture_logs

from deploy.local.children import alive
from services.gateway.settings import Settings as Gateway
from services.reports.apart.reading import PATIENCE_S, Bounds, Reader, Unread, parts_of, worked_s
from services.reports.areas import reading as areas
from services.reports.files import reading as files
from shared.errors import FieldError, Malformed, TooLarge, TooMany
from shared.turns import Turns
from tests.integration.reports.apart import readers
from tests.support.servers.services import wait_until

BOUNDS = Bounds(memory_bytes=200_000_000, cpu_s=1, wall_s=20)


def two_places() -> Turns:
    """As the service has them."""
    return Turns("files", places=2, share=1, waiting=1, patience_s=20)


async def read(reader: Reader, content: bytes = b"", *, bounds: Bounds = BOUNDS, **arguments: Any) -> list[bytes]:
    """All parts that a reader gives of this content."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        async with parts_of(reader, file, turns=two_places(), of="us", bounds=bounds, **arguments) as parts:
            return [part async for part in parts]


async def test_parts_come_as_the_reader_gives_them() -> None:
    """Also large ones, and without what a library prints beside them."""
    whole = os.urandom(3_000_000)
    assert await read(readers.echoes, whole, times=3) == [whole] * 3
    assert await read(readers.chatters, b"the point") == [b"the point"]


async def test_a_reader_is_told_as_much_as_there_is() -> None:
    """The areas of a large municipality are more than a command line takes."""
    words = [f"SE-{number:08}" for number in range(30_000)]
    assert await read(readers.repeats, words=words) == [words[-1].encode()]


async def test_a_refusal_comes_as_it_was_raised() -> None:
    """With its class, its code, its sentence and its fields."""
    with pytest.raises(TooLarge) as refused:
        await read(readers.refuses)
    assert (refused.value.code, refused.value.detail) == ("too-large", "Too much of it.")
    assert refused.value.errors == (FieldError("/features/0", "empty", "Nothing.", "a1", (1, 2)),)


ENDS = {
    readers.fails: "damaged", readers.dies: "damaged", readers.leaves: "damaged", readers.eats: "takes_too_much",
    readers.bursts: "takes_too_much", readers.spins: "takes_too_long", readers.is_killed: "not_in_time",
}  # fmt: skip


@pytest.mark.parametrize("reader", ENDS)
async def test_a_reader_that_ends_badly_is_a_refusal(reader: Reader) -> None:
    """One that raises, dies, leaves, takes memory or time without an end: told as what it was, repeating nothing."""
    with pytest.raises(Unread) as refused:
        await read(reader, b"SECRET")
    assert "SECRET" not in refused.value.detail
    assert refused.value.errors[0].code == ENDS[reader]


async def test_the_log_says_what_came_first() -> None:
    """What the file did to its reader, by class, and not only what came of that; nothing of what stands in the file."""
    with capture_logs() as logs:
        for reader in (readers.stumbles, readers.explains, readers.fails):
            with pytest.raises((Unread, Malformed)):
                await read(reader, b"SECRET")
    assert [(each["event"], each["how"]) for each in logs] == [
        ("apart.unread", "ValueError then ModuleNotFoundError"),
        ("apart.refused", "EOFError"),
        ("apart.unread", "ValueError"),
    ]
    assert "SECRET" not in str(logs)


async def test_a_reader_that_goes_on_is_ended() -> None:
    """One that gives part after part is no better than a silent one: somebody waits for the end."""
    with pytest.raises(Unread, match="not read in time"):
        await read(readers.drips, bounds=Bounds(memory_bytes=200_000_000, cpu_s=20, wall_s=0.5))


@pytest.mark.parametrize("bounds", [areas.BOUNDS, files.BOUNDS])
def test_a_file_is_given_up_before_the_gateway_gives_up(bounds: Bounds) -> None:
    """Waiting for its turn and being read end with a fifth of the time left, so that the sentence arrives."""
    patience_s = Gateway.model_fields["answer_timeout_s"].default
    assert PATIENCE_S + bounds.wall_s <= 0.8 * patience_s
    assert bounds.cpu_s < bounds.wall_s


async def test_a_silent_reader_is_ended() -> None:
    """And so is one that nobody listens to any more."""
    with pytest.raises(Unread, match="this machine is busy"):
        await read(readers.sleeps, bounds=Bounds(memory_bytes=200_000_000, cpu_s=1, wall_s=0.5))
    with tempfile.TemporaryFile() as file:
        async with parts_of(readers.sleeps, file, turns=two_places(), of="us", bounds=BOUNDS) as parts:
            child = psutil.Process(int(await anext(aiter(parts))))
            assert alive(child)
        await wait_until(lambda: not alive(child), what="the child's end")


async def test_a_reader_that_worked_all_the_time_is_too_slow() -> None:
    """Whatever else the machine does: one that had the processor is not told to come again."""
    if Path("/proc/self/stat").exists():
        assert abs(worked_s(os.getpid()) - time.process_time()) < 0.5
    with pytest.raises(Unread, match="whatever else this machine does") as refused:
        await read(readers.spins)
    assert refused.value.errors[0].code == "takes_too_long"


async def test_a_child_knows_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the service's settings, among which are secrets; and no file."""
    monkeypatch.setenv("REPORTS_DATABASE_URL", "postgresql://somewhere")
    assert b"REPORTS_DATABASE_URL" not in (await read(readers.tells))[0]
    with pytest.raises(Unread):
        await read(readers.writes, str(tmp_path).encode())
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) == 0


async def test_nobody_waits_behind_all_of_another() -> None:
    """Of one organisation a file at a time, and few that wait; another's goes past them."""
    turns = two_places()
    with tempfile.TemporaryFile() as file:
        async with parts_of(readers.sleeps, file, turns=turns, of="greedy", bounds=BOUNDS) as parts:
            await anext(aiter(parts))
            async with turns.turn("modest"):
                assert turns.held == 2
        impatient = Turns("files", places=2, share=1)
        async with impatient.turn("greedy"):
            with pytest.raises(TooMany):
                async with parts_of(readers.echoes, file, turns=impatient, of="greedy", bounds=BOUNDS):
                    pass
