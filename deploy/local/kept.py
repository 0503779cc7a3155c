"""What a start was told and is kept, so that the next one that is told nothing runs as this one did.

Two files of `.samsyn/`, for people to read and to change: whom it serves, and where it listens. What stands in the
environment wins, and is written down as soon as it is known to fit the data. All other settings hold for one start.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.local.errors import LocalError
from deploy.local.state import is_made, write_private
from deploy.services import SERVICES

MUNICIPALITY = "municipality.env"
PORTS = "ports.env"
DEFAULT = Path(__file__).with_name("municipality.env")
DEMO = Path(__file__).parent.parent / "demo" / "municipality.env"
_HEADS = {
    MUNICIPALITY: "# Whom this installation serves. Change it here, then start again.",
    PORTS: "# Where it listens, as it was last told. Change it here, then start again.",
}
_PORT_NAMES = {
    "SAMSYN_PORT",
    "SAMSYN_POSTGRES_PORT",
    *(f"{each.prefix}{kind}" for each in SERVICES.values() for kind in ("PORT", "INNER_PORT")),
}


def municipality(directory: Path, *, environ: Mapping[str, str], made_up: bool = False) -> dict[str, str]:
    """Whom it serves, every setting: what was told (`environ` over what is kept) over what holds for those not told.

    made_up: with the demonstration in it, those are its municipality's. Raises LocalError.
    """
    return parse(DEFAULT) | (parse(DEMO) if made_up else {}) | _told(directory, environ)


def untold(directory: Path, here: Mapping[str, str]) -> list[str]:
    """Which of name and code nobody has told an installation that runs as `here`."""
    unnamed, told = parse(DEFAULT), _read(directory, MUNICIPALITY)
    names = ("MUNICIPALITY_NAME", "MUNICIPALITY_CODE")
    return [name for name in names if name not in told and here[name] == unnamed[name]]


def _told(directory: Path, environ: Mapping[str, str]) -> dict[str, str]:
    told = {name.upper(): value for name, value in environ.items() if _belongs(name.upper(), MUNICIPALITY)}
    return _read(directory, MUNICIPALITY) | told


def with_ports(directory: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with the ports that are kept, unless others are told. Raises LocalError."""
    kept = _read(directory, PORTS)
    return {**environ, **{name: value for name, value in kept.items() if not environ.get(name)}}


def keep(directory: Path, *, environ: Mapping[str, str]) -> None:
    """Write down whom it serves and where it listens, as far as this start or an earlier one was told."""
    told = _told(directory, environ)
    _write(directory, MUNICIPALITY, {name: told[name] for name in (*parse(DEFAULT), *told) if name in told})
    ports = with_ports(directory, environ)
    _write(directory, PORTS, {name: ports[name] for name in sorted(_PORT_NAMES) if ports.get(name)})


@contextmanager
def saying_where(directory: Path, environ: Mapping[str, str]) -> Iterator[None]:
    """Let a LocalError that names settings say where each of them stands."""
    try:
        yield
    except LocalError as wrong:
        places = list(_places(str(wrong), directory, environ))
        said = str(wrong) if not places or str(wrong).endswith((".", ")")) else f"{wrong}."
        raise LocalError(" ".join([said, *places])) from wrong


def _places(said: str, directory: Path, environ: Mapping[str, str]) -> Iterator[str]:
    # Before a first start there is one place alone.
    for file in (MUNICIPALITY, PORTS) if is_made(directory) else ():
        kept, where = _read(directory, file), directory / file
        names = dict.fromkeys(name for name in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", said) if _belongs(name, file))
        there = [name for name in names if name in kept and environ.get(name, kept[name]) == kept[name]]
        told = [name for name in names if name in environ and name not in there]
        nowhere = [name for name in names if name not in kept and name not in environ and file == MUNICIPALITY]
        if there:
            yield f"{_listed(there)} stand{'s' * (len(there) == 1)} in {where}: change it there."
        if told:
            yield f"{_listed(told)} came from the environment of this start, and nothing of that is kept."
        if nowhere:
            yield f"{_listed(nowhere)} stand{'s' * (len(nowhere) == 1)} nowhere: write it into {where}."


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def parse(file: Path) -> dict[str, str]:
    """The NAME=value lines of a file; empty lines and # comments are passed over. Raises LocalError."""
    return {name: value for _, name, value in _pairs(file)}


def _pairs(file: Path) -> Iterator[tuple[int, str, str]]:
    """Number, name and value of each line that has one, counted from 1."""
    for number, line in enumerate(_lines(file), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        pair = re.fullmatch(r"([A-Z][A-Z0-9_]*)\s*=\s*(.*)", text)
        if pair is None:
            raise LocalError(f"Line {number} of {file} is not NAME=value.")
        quoted = re.fullmatch(r"([\"'])(.*)\1", pair[2])
        yield number, pair[1], quoted[2] if quoted else pair[2]


def _lines(file: Path) -> list[str]:
    # Some editors put a mark of the encoding before the first letter.
    try:
        return file.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise LocalError(f"{file} is not UTF-8 text: write it anew, or put it back from a backup.") from None


def _read(directory: Path, name: str) -> dict[str, str]:
    """What a file keeps; nothing where it is not there yet. Raises LocalError, also for what does not belong there."""
    file = directory / name
    found = list(_pairs(file)) if file.exists() else []
    for number, setting, _ in found:
        if not _belongs(setting, name):
            what = "MUNICIPALITY_… alone" if name == MUNICIPALITY else "ports alone"
            raise LocalError(f"Line {number} of {file} has {setting}, but {what} are kept there.")
    return {setting: value for _, setting, value in found}


def _belongs(setting: str, name: str) -> bool:
    return setting.startswith("MUNICIPALITY_") if name == MUNICIPALITY else setting in _PORT_NAMES


def _write(directory: Path, name: str, values: Mapping[str, str]) -> None:
    """Bring a file to these values, with what a person has written around them; one that says the same stays."""
    file = directory / name
    if file.exists() and _read(directory, name) == values:
        return
    if not file.exists() and name == PORTS and not values:
        return
    lines = _lines(file) if file.exists() else [_HEADS[name], ""]
    at = {setting: number - 1 for number, setting, _ in _pairs(file)} if file.exists() else {}
    for setting, value in values.items():
        written = f"{setting}={_quoted(value)}"
        if setting in at:  # of one that stands twice the last holds
            lines[at[setting]] = written
        else:
            lines.insert(len(lines) - (not lines[-1].strip()), written)
    write_private(file, "\n".join(lines).rstrip("\n") + "\n")


def _quoted(value: str) -> str:
    """As `parse` reads it again: spaces at its ends, and quotes around all of it, are its own."""
    return f'"{value}"' if value != value.strip() or re.fullmatch(r"([\"']).*\1", value) else value
