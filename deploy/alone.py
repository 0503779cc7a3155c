"""Runs a command while no other one runs under the same lock: `python deploy/alone.py LOCK COMMAND...`.

Two terminals that type `make run` in one folder would otherwise install into each other's `.venv/`. It needs nothing
but Python itself, since it runs before anything is installed.
"""

import fcntl
import subprocess
import sys
from pathlib import Path


def main(lock: str, *command: str) -> int:
    """Wait for whoever has the lock, and say so; then run the command. Returns its exit code."""
    with Path(lock).open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another make installs here; this one goes on when that is done.", file=sys.stderr, flush=True)
            fcntl.flock(held, fcntl.LOCK_EX)
        try:
            return subprocess.run(command, check=False).returncode
        except KeyboardInterrupt:
            return 130


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
