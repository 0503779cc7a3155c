"""The folder `.samsyn/`: what an installation on one machine keeps. Its layout has a number, and all of it is private.

format           the number of this layout
lock             held by the `samsyn up` that runs here; holds its process id
secrets.json     passwords and keys, made once (mode 0600)
municipality.env whom this installation serves
ports.env        where it was told to listen
running.json     the processes of the running `samsyn up`
postgres/        the databases
logs/            one file per process

Whatever is made under `hold`, by us or by a process we start, is closed to other users (files 0600, folders 0700).
"""

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.local.errors import LocalError, disk_sentence

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Made once with the installation. Keys are Ed25519 private JWKs as JSON text."""

    token_key: str
    internal_key: str
    pepper: str
    sealing_key: str
    passwords: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """An opened `.samsyn/`."""

    directory: Path
    secrets: Secrets

    @property
    def postgres(self) -> Path:
        """Where PostgreSQL keeps its files."""
        return self.directory / "postgres"

    @property
    def logs(self) -> Path:
        """The folder of all log files."""
        return self.directory / "logs"

    def log(self, program: str) -> Path:
        """The log file of a program."""
        return self.logs / f"{program}.log"


def home(environ: Mapping[str, str]) -> Path:
    """The folder that SAMSYN_HOME names, else `.samsyn` where the command runs."""
    return Path(environ.get("SAMSYN_HOME") or ".samsyn").absolute()


def open_state(directory: Path, *, roles: Sequence[str]) -> State:
    """The installation in this folder, made on the first call; every role has a password afterwards.

    Call it under `hold`. Raises LocalError for the folder of a newer Samsyn or of something else, or a full disk.
    """
    try:
        _check(directory)
        (directory / "logs").mkdir(exist_ok=True)
        _close(directory)
        state = draft_state(directory, roles=roles)
        kept, text = directory / "secrets.json", json.dumps(asdict(state.secrets), indent=1)
        if not kept.exists() or kept.read_text() != text:
            write_private(kept, text)
        # The number comes last: a folder with it is whole.
        write_private(directory / "format", f"{FORMAT}\n")
    except OSError as error:
        raise LocalError(disk_sentence(error, doing=f"writing to {directory}")) from error
    return state


def draft_state(directory: Path, *, roles: Sequence[str]) -> State:
    """The installation in this folder as `open_state` would open or make it; writes nothing. Raises LocalError."""
    _check(directory)
    kept = directory / "secrets.json"
    before = _read_secrets(kept) if kept.exists() else new_secrets()
    passwords = {role: secrets.token_urlsafe(24) for role in roles} | before.passwords
    return State(directory=directory, secrets=Secrets(**(asdict(before) | {"passwords": passwords})))


def is_made(directory: Path) -> bool:
    """Whether there is an installation in this folder."""
    return (directory / "format").exists()


def read_state(directory: Path) -> State:
    """The installation in this folder. Raises LocalError if there is none yet, or if it is not ours to read."""
    if not is_made(directory):
        raise LocalError(f"There is no Samsyn in {directory} yet: `samsyn up` makes one.")
    _check(directory)
    try:
        return State(directory=directory, secrets=_read_secrets(directory / "secrets.json"))
    except OSError as error:
        raise LocalError(disk_sentence(error, doing="reading the secrets")) from error


@contextmanager
def hold(directory: Path) -> Iterator[None]:
    """Keep every other `samsyn up` out of this folder, which is made if need be. Raises LocalError if one runs."""
    before = os.umask(0o077)
    try:
        with _held(directory):
            yield
    finally:
        os.umask(before)


@contextmanager
def _held(directory: Path) -> Iterator[None]:
    try:
        _check(directory)
        directory.mkdir(parents=True, exist_ok=True)
        lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LocalError(disk_sentence(error, doing=f"making {directory}")) from error
    try:
        _take(lock, directory)
        os.truncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(lock)


def _close(directory: Path) -> None:
    """Close what an earlier version, which left logs open to every user of the machine, has made."""
    logs = directory / "logs"
    # As root the folder itself is passable for the user that PostgreSQL runs as; all that is in it is closed.
    directory.chmod(0o711 if os.geteuid() == 0 else 0o700)
    logs.chmod(0o700)
    for log in logs.iterdir():
        log.chmod(0o600)


def holder(directory: Path) -> int | None:
    """The process id of the `samsyn up` that runs in this folder, or None."""
    try:
        lock = os.open(directory / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.pread(lock, 20, 0) or b"0")
    finally:
        os.close(lock)
    return None


def remove(directory: Path) -> None:
    """Delete the installation with everything in it. Raises LocalError while it runs, or if it is none."""
    if not is_made(directory):
        raise LocalError(f"There is no Samsyn in {directory}, so nothing was deleted.")
    with hold(directory):
        try:
            shutil.rmtree(directory)
        except OSError as error:
            raise LocalError(disk_sentence(error, doing=f"deleting {directory}")) from error


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read: whole or not at all, and kept over a power cut."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _check(directory: Path) -> None:
    """Refuse a folder that a newer Samsyn made, or that is not Samsyn's at all."""
    known = directory / "format"
    if not known.exists():
        if directory.is_dir() and not {entry.name for entry in directory.iterdir()} <= _EARLY:
            raise LocalError(f"{directory} holds something else. Set SAMSYN_HOME to an empty or new folder.")
        return
    found = known.read_text().strip()
    if not found.isdigit() or int(found) > FORMAT:
        raise LocalError(
            f"{directory} was made by a newer Samsyn (layout {found[:20]}, this one knows {FORMAT}). "
            "Start that version, or set SAMSYN_HOME to another folder."
        )


# What a first start that was broken off may have left.
_EARLY = {"lock", "logs", "secrets.json", "secrets.json.new", "format.new"}


def _take(lock: int, directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = (os.pread(lock, 20, 0) or b"?").decode()
        raise LocalError(
            f"Samsyn already runs in {directory} (process {pid}): `samsyn status` shows it, `samsyn down` ends it."
        ) from None


def _read_secrets(file: Path) -> Secrets:
    try:
        return Secrets(**json.loads(file.read_text()))
    except (ValueError, TypeError):
        raise LocalError(f"{file} is damaged. Put it back from a backup, or begin anew with `samsyn reset`.") from None


def new_secrets() -> Secrets:
    """Keys and a pepper that no other installation has; no passwords yet."""
    from joserfc.jwk import OKPKey  # noqa: PLC0415 - slow to load and needed once

    def key() -> str:
        return json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True))

    return Secrets(
        token_key=key(),
        internal_key=key(),
        pepper=secrets.token_urlsafe(32),
        sealing_key=base64.b64encode(secrets.token_bytes(32)).decode(),
    )
