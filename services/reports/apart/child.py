"""The child: it bounds itself, reads the file on its standard input, and gives what comes of it in frames.

A frame is a letter, a length in four bytes, and so many bytes: P a part, R a refusal, X the names of what went wrong, M
the same where that was its memory, E the end. Whatever ends without one of the last four has died.
"""

import json
import os
import resource
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import BinaryIO

from shared.errors import Refusal

HEAD = struct.Struct(">cI")
_MOST_BEHIND = 6


def main(told: int) -> None:
    """Read as an open file says, told by its number, in JSON: the reader's module and name, its arguments, bounds."""
    with open(told, "rb") as file:
        order = json.load(file)
    # What a library prints would stand between the frames.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _bound(memory_bytes=order["memory_bytes"], cpu_s=order["cpu_s"])
    try:
        reader = getattr(import_module(order["module"]), order["name"])
        with open(0, "rb") as file:
            for part in reader(file, **order["arguments"]):
                _give(out, b"P", part)
        _give(out, b"E", b"")
    except BrokenPipeError:
        os._exit(1)  # nobody listens any more
    except BaseException as wrong:
        if isinstance(wrong, Refusal) and not _took_all(wrong):
            _give(out, b"R", json.dumps(_told(wrong)).encode())
        else:
            _give(out, b"M" if _took_all(wrong) else b"X", " then ".join(_behind(wrong)).encode())
    # Some hundred megabytes need not be tidied up one by one.
    os._exit(0)


def _bound(*, memory_bytes: int, cpu_s: int) -> None:
    bounds = {
        resource.RLIMIT_CORE: (0, 0),  # a dump would hold the file
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NOFILE: (64, 64),
        resource.RLIMIT_CPU: (cpu_s, cpu_s + 1),
        resource.RLIMIT_DATA: (memory_bytes, memory_bytes),
        resource.RLIMIT_AS: (memory_bytes, memory_bytes),
    }
    for what, bound in bounds.items():
        with suppress(ValueError, OSError):  # macOS knows some of them and keeps fewer
            resource.setrlimit(what, bound)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as first:
        first.write("1000")  # where the machine itself runs out of memory, this goes and not a service


def _give(out: BinaryIO, letter: bytes, body: bytes) -> None:
    out.write(HEAD.pack(letter, len(body)))
    out.write(body)
    out.flush()


def _told(refusal: Refusal) -> dict[str, object]:
    """A refusal as `reading` makes it again; of a class of our own, the one of `shared.errors` it stands on."""
    kind = next(each.__name__ for each in type(refusal).__mro__ if each.__module__ == "shared.errors")
    errors = [[each.field, each.code, each.detail, each.about, each.place] for each in refusal.errors]
    return {
        "kind": kind, "code": refusal.code, "detail": refusal.detail, "errors": errors,
        "behind": _behind(refusal)[:-1],
    }  # fmt: skip


def _behind(error: BaseException) -> list[str]:
    """The classes of what went wrong, the first first: what the file did to its library, not what came of that.

    Names alone, for a message may repeat what stands in the file.
    """
    return [type(each).__name__ for each in _chain(error)][::-1]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """What went wrong, and what was behind it; also what `from None` hides."""
    found: BaseException | None = error
    for _ in range(_MOST_BEHIND):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


def _took_all(error: BaseException) -> bool:
    """Whether there was no memory left, whatever a reader took that for; C++ has its own name for it."""
    return any(isinstance(each, MemoryError) or "bad_alloc" in str(each) for each in _chain(error))


if __name__ == "__main__":
    main(int(sys.argv[1]))
