"""Readers that behave as badly as a library of somebody else's may, for the child to run."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import BinaryIO

from shared.errors import FieldError, Malformed, TooLarge


def echoes(file: BinaryIO, *, times: int = 1) -> Iterator[bytes]:
    """What stands in the file, so many times."""
    whole = file.read()
    for _ in range(times):
        yield whole


def chatters(file: BinaryIO) -> Iterator[bytes]:
    """It prints beside what it gives, from Python and from below."""
    print("beside the point")
    os.write(1, b"beside the point")
    yield file.read()


def refuses(_: BinaryIO) -> Iterator[bytes]:
    """A part, then a refusal."""
    yield b"a part"
    raise TooLarge("Too much of it.", errors=(FieldError("/features/0", "empty", "Nothing.", "a1", (1, 2)),))


def fails(file: BinaryIO) -> Iterator[bytes]:
    """It trips over what stands in the file, and says so."""
    yield b"a part"
    raise ValueError(file.read())


def stumbles(file: BinaryIO) -> Iterator[bytes]:
    """It trips over the file, and then over what it does about that."""
    yield b"a part"
    try:
        raise ValueError(file.read())
    except ValueError:
        import_module("no_module_of_this_name")


def explains(file: BinaryIO) -> Iterator[bytes]:
    """It refuses because of what a library said."""
    yield b"a part"
    try:
        raise EOFError(file.read())
    except EOFError:
        raise Malformed("It ends too early.") from None


def drips(_: BinaryIO) -> Iterator[bytes]:
    """A little and a little more, without an end."""
    while True:
        yield b"a drop"
        time.sleep(0.01)


def dies(_: BinaryIO) -> Iterator[bytes]:
    """It reaches for memory that is not its own."""
    yield b"a part"
    ctypes.string_at(0)


def leaves(_: BinaryIO) -> Iterator[bytes]:
    """It ends the process as if all were well."""
    yield b"a part"
    sys.stdout.flush()
    os._exit(0)


def eats(_: BinaryIO) -> Iterator[bytes]:
    """Memory without an end."""
    held = []
    while True:
        held.append(bytearray(10_000_000))
        yield b""


def bursts(_: BinaryIO) -> Iterator[bytes]:
    """A library in C++ finds no memory, and the reader takes that for a damaged file."""
    yield b"a part"
    try:
        raise RuntimeError("std::bad_alloc")
    except RuntimeError:
        raise Malformed("It is damaged.") from None


def is_killed(_: BinaryIO) -> Iterator[bytes]:
    """The system takes its memory back."""
    yield b"a part"
    os.kill(os.getpid(), signal.SIGKILL)


def spins(_: BinaryIO) -> Iterator[bytes]:
    """It works without an end and gives nothing."""
    yield b"a part"
    while True:
        pass


def sleeps(_: BinaryIO) -> Iterator[bytes]:
    """It waits for ever."""
    yield str(os.getpid()).encode()
    time.sleep(600)


def writes(file: BinaryIO) -> Iterator[bytes]:
    """It fills the disk."""
    with open(f"{file.read().decode()}/left", "wb", buffering=0) as left:
        left.write(b"x" * 1000)
    yield b"written"


def tells(_: BinaryIO) -> Iterator[bytes]:
    """What it knows of its surroundings."""
    yield "\n".join(os.environ).encode()


def repeats(_file: BinaryIO, *, words: Sequence[str]) -> Iterator[bytes]:
    """The last word that it is told."""
    yield words[-1].encode()
