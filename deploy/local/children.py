"""Processes we start and must never leave behind."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence

import psutil

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


def alive(process: psutil.Process) -> bool:
    """Whether it still runs. One that has ended and waits for its parent to notice does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_gone(processes: Sequence[psutil.Process], *, timeout_s: float) -> list[psutil.Process]:
    """Wait for the processes to end; returns those that still run at the end of the time."""
    deadline = time.monotonic() + timeout_s
    while (left := [process for process in processes if alive(process)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def end(processes: Sequence[psutil.Process], *, timeout_s: float) -> None:
    """Ask the processes to end, and kill those that have not done so in time."""
    for process in processes:
        if alive(process):
            process.terminate()
    for process in wait_gone(processes, timeout_s=timeout_s):
        if alive(process):
            process.kill()
    wait_gone(processes, timeout_s=5)
