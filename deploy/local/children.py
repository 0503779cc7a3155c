"""Processes we start and must never leave behind."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1

# Loaded here, since nothing may be imported between fork and exec.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """What a new process must run before its program, so that it gets the signal when this one ends, even by kill -9.

    Linux alone knows how; elsewhere it does nothing, and the next start finds what was left. The tie is to the
    *thread* that starts the process, so start it from one that lasts.
    """
    parent = os.getpid()

    def tie() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(with_signal))
            if os.getppid() != parent:  # it ended between fork and the line above
                os._exit(1)

    return tie
