"""`python -m deploy.contracts write | check | migration SERVICE TITLE`: generated files, written or compared."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.contracts import access, catalogues, compatibility, consumers, examples, mappings, messages, openapi
from deploy.contracts.schemas import draft_migration, schemas
from deploy.services import SERVICES

ROOT = Path(__file__).resolve().parents[2]


def generated() -> dict[Path, str]:
    """Everything that is generated and committed, by path from the root of the repository."""
    return {
        **messages.message_schemas(),
        **messages.asyncapi(),
        **messages.readable(),
        **openapi.openapis(),
        **openapi.gateway_routes(),
        **consumers.reads(),
        **mappings.mapping_schema(),
        **catalogues.catalogues(ROOT),
        **schemas(list(SERVICES)),
    }


def stale(files: dict[Path, str], *, root: Path = ROOT) -> list[Path]:
    """Those that are not as they would be written now, and message schemas of types that are no more."""
    changed = [path for path, text in files.items() if not (root / path).exists() or (root / path).read_text() != text]
    return sorted({*changed, *orphans(files, root=root)})


def orphans(files: dict[Path, str], *, root: Path = ROOT) -> list[Path]:
    """Committed message schemas that no class in the code stands for."""
    return [
        path.relative_to(root)
        for path in (root / messages.FOLDER / "schemas").glob("*.json")
        if path.relative_to(root) not in files
    ]


def incompatible(files: dict[Path, str], *, root: Path = ROOT) -> list[str]:
    """Why the messages in the code break with those that are committed: one sentence each."""
    found = [f"{path.stem} is gone from shared/messages" for path in orphans(files, root=root)]
    for path, text in files.items():
        if path.parent == messages.FOLDER / "schemas" and (root / path).exists():
            reasons = compatibility.breaks(json.loads((root / path).read_text()), json.loads(text))
            found += [f"{path.stem}: {reason}" for reason in reasons]
    return found


def write() -> int:
    """Write what is stale, and a golden file for what none shows yet. Writes nothing where a message would break."""
    if not _readable():
        return 1
    for path, text in examples.missing_examples(ROOT).items():
        (ROOT / path).write_text(text)
        print(f"wrote {path}: make its values likely ones, then never change it")
    files = generated()
    if broken := incompatible(files):
        print("Not written, because older messages could no longer be read:", *broken, sep="\n  ")
        print("Make a new type or topic version beside it. Before a first release, delete the old schema file.")
        return 1
    for path in stale(files):
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(files[path])
        print(f"wrote {path}")
    return 0


def check() -> int:
    """Name what is stale, what the access table does not say, and what the pages' catalogues lack."""
    if not _readable():
        return 1
    unsaid = access.faults()
    if unsaid:
        print("Nobody has said who may see it:", *unsaid, sep="\n  ")
    files = generated()
    old = stale(files)
    if old:
        print("Not as the code would generate it (run `make contracts`):", *old, *incompatible(files), sep="\n  ")
    wrong = catalogues.faults(ROOT)
    if wrong:
        print("The pages cannot be read in every language:", *wrong, sep="\n  ")
    return 1 if old or wrong or unsaid else 0


def _readable() -> bool:
    """Whether all catalogues can be read; if not, says why. Nothing is generated from what was read wrongly."""
    if wrong := catalogues.unreadable(ROOT):
        print("Catalogues that cannot be read:", *wrong, sep="\n  ")
    return not wrong


def migration(service: str, title: str) -> int:
    """Draft a migration from what the tables in code say beyond the migrations there are, in the house's style."""
    if service not in SERVICES:
        print(f"There is no service {service}; there are {', '.join(SERVICES)}.", file=sys.stderr)
        return 2
    try:
        path = draft_migration(service, title)
    except ValueError as nothing:
        print(nothing, file=sys.stderr)
        return 2
    for tidy in (["check", "--fix-only", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *tidy, str(path)], check=False)
    print(f"wrote {path.relative_to(ROOT)}: read it before it is run")
    return 0


COMMANDS: dict[str, tuple[int, Callable[..., int]]] = {
    "write": (0, write),
    "check": (0, check),
    "migration": (2, migration),
}


def main(words: Sequence[str]) -> int:
    """Run one command. Returns the exit code: 0 done or current, 1 stale or refused, 2 not understood."""
    wanted, command = COMMANDS.get(words[0], (0, None)) if words else (0, None)
    if command is None or len(words) != wanted + 1:
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    return command(*words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
