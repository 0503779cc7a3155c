"""Runs a reader in a child process, in turn by organisation, and takes in what it gives part by part."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

import structlog

from services.reports.apart.child import HEAD
from shared.errors import FieldError, Invalid, Malformed, Refusal, TooLarge
from shared.turns import Turns

log = structlog.get_logger()

Reader = Callable[..., Iterator[bytes]]
# What a child may refuse with; it reads foreign bytes, so what it says is believed no further.
_KINDS: dict[str, type[Refusal]] = {each.__name__: each for each in (Invalid, Malformed, TooLarge)}
_LONGEST_FRAME_BYTES = 1 << 26
_LONGEST_NAMES = 200
# How long a file waits for its turn while somebody waits for the answer.
PATIENCE_S = 6
# Nearly all files take less, and whoever waits for one that does not still waits within its patience.
_LONG_S = 2
_MOST_OF_IT = 0.5
# A child gets what finds its libraries, and none of our settings: there are secrets among them.
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "PROJ_DATA", "TMPDIR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one file may take: memory of the child, time of a processor, and time by the clock from its first byte on.

    Memory counts addresses, and is kept where the system keeps it (Linux); the times everywhere. A request waits for
    what is read, so `PATIENCE_S` and `wall_s` together end well before the gateway stops to wait.
    """

    memory_bytes: int
    cpu_s: int
    wall_s: float


_LATE = (
    "takes_too_long",
    "Reading the file takes longer than one file may take, whatever else this machine does: it is larger than it looks,"
    " drawn very finely, or damaged. Sending it again does not help; send a smaller or simpler one.",
)
_BY_THE_CLOCK = (
    "not_in_time",
    "The file was not read in time: this machine is busy just now. Try again in a while; if it happens again, send a "
    "smaller file.",
)
_TOOK_ALL = (
    "takes_too_much",
    "Reading the file takes more memory than one file may take: it is larger than it looks, or drawn very finely. "
    "Sending it again does not help; send a smaller or simpler one.",
)
_KILLED = (
    "not_in_time",
    "The file was not read to its end: this machine is short of memory just now. Try again in a while; if it happens "
    "again, send a smaller file.",
)
# A library that gets no memory may fall as over a damaged file.
_DIED = ("damaged", "The file cannot be read: it is damaged, or takes more memory than one file may take.")
# What a child ends by that says nothing itself: its time of a processor, or the system, which needs its memory.
_ENDED_BY = {-signal.SIGXCPU: _LATE, -signal.SIGKILL: _KILLED}


class Unread(Invalid):
    """The child died, hung or took too much: nothing more of this file is known."""

    code = "unreadable-file"


def readers() -> Turns:
    """The turns of all children of a service: two at once, one of an organisation, one of all whose files take long."""
    return Turns("files to read", places=2, share=1, waiting=4, patience_s=PATIENCE_S, long_s=_LONG_S)


@asynccontextmanager
async def parts_of(
    reader: Reader, file: BinaryIO, *, turns: Turns, of: Hashable, bounds: Bounds, **arguments: Any
) -> AsyncIterator[AsyncIterator[bytes]]:
    """What `reader(file, **arguments)` gives, read in a child that ends with the block.

    reader: a function at the top of its module, imported there by its name. file: a real one, read from its beginning.
    arguments: whatever JSON holds. of: whose file it is. The parts raise what the reader refuses with, and Unread.
    Raises TooMany, Unavailable.
    """
    order = {
        "module": reader.__module__, "name": reader.__name__, "arguments": arguments,
        "memory_bytes": bounds.memory_bytes, "cpu_s": bounds.cpu_s,
    }  # fmt: skip
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    async with turns.turn(of):
        file.seek(0)
        # In a file: the areas of a large municipality are more than a command line holds.
        with tempfile.TemporaryFile() as told:
            told.write(json.dumps(order).encode())
            told.seek(0)
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.reports.apart.child", str(told.fileno()),
                stdin=file, stdout=PIPE, stderr=DEVNULL, pass_fds=(told.fileno(),),
                # One thread of its own: each of a library's more takes megabytes of addresses.
                env=environment | {"OPENBLAS_NUM_THREADS": "1"},
            )  # fmt: skip
        try:
            until = asyncio.get_running_loop().time() + bounds.wall_s
            yield _parts(child, child.stdout, reader=reader, until=until, bounds=bounds)
        finally:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()


@asynccontextmanager
async def spooled(parts: AsyncIterator[bytes]) -> AsyncIterator[BinaryIO]:
    """What comes in as a file without a name, gone with the block: none of it stays in memory."""
    with tempfile.TemporaryFile() as file:
        async for part in parts:
            await asyncio.to_thread(file.write, part)
        yield file


async def _parts(
    child: Process, output: asyncio.StreamReader | None, *, reader: Reader, until: float, bounds: Bounds
) -> AsyncIterator[bytes]:
    while output is not None:
        try:
            async with asyncio.timeout_at(until):
                letter, length = HEAD.unpack(await output.readexactly(HEAD.size))
                if length > _LONGEST_FRAME_BYTES:
                    raise _unread(reader, "a frame too long")
                body = await output.readexactly(length)
        except asyncio.IncompleteReadError:
            code = await child.wait()
            raise _unread(reader, f"ended by {code}", _ENDED_BY.get(code, _DIED)) from None
        except TimeoutError:
            # Where others had the processor, another time may be a better one; not where this child had most of it.
            used = worked_s(child.pid) >= _MOST_OF_IT * bounds.wall_s
            raise _unread(reader, "too long by the clock", _LATE if used else _BY_THE_CLOCK) from None
        match letter:
            case b"P":
                yield body
            case b"E":
                return
            case b"R":
                raise _refusal(json.loads(body), reader)
            case _:
                why = _TOOK_ALL if letter == b"M" else _DIED
                raise _unread(reader, body[:_LONGEST_NAMES].decode("ascii", errors="replace"), why)


def worked_s(pid: int) -> float:
    """The time of a processor that a child took so far, in seconds; 0 where the system does not say (all but Linux)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            # Behind the name, which may hold spaces, user and system time are the twelfth and the thirteenth field.
            told = file.read().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return 0


def _unread(reader: Reader, how: str, said: tuple[str, str] = _DIED) -> Unread:
    log.warning("apart.unread", reader=reader.__name__, how=how)
    why, detail = said
    return Unread(detail, errors=(FieldError("file", why, detail),))


def _refusal(told: dict[str, Any], reader: Reader) -> Refusal:
    if behind := " then ".join(told["behind"])[:_LONGEST_NAMES]:
        log.info("apart.refused", reader=reader.__name__, how=behind)
    errors = tuple(
        FieldError(field, code, detail, about, (place[0], place[1]) if place else None)
        for field, code, detail, about, place in told["errors"]
    )
    refusal = _KINDS.get(told["kind"], Invalid)(told["detail"], errors=errors)
    refusal.code = told["code"]
    return refusal
