"""Processes that stand still: their connections stay open, and nobody answers any more."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import psutil


def freeze(processes: Sequence[psutil.Process]) -> None:
    """Return when every thread stands still; the signal alone returns before that."""
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    while not all(_stands_still(process.pid) for process in processes):
        os.sched_yield()


def thaw(processes: Sequence[psutil.Process]) -> None:
    """Let them go on."""
    for process in processes:
        process.send_signal(signal.SIGCONT)


def _stands_still(pid: int) -> bool:
    states = [stat.read_text().rpartition(") ")[2][0] for stat in Path(f"/proc/{pid}/task").glob("*/stat")]
    return set(states) == {"T"}
