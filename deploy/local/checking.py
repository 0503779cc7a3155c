"""Reads the settings of all processes as each will get them, before anything is started: what is wrong is told at once.

It is a process of its own, so that what it imports leaves no weight in the one that watches the others.
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping

from deploy.local import environment, kept
from deploy.local.errors import LocalError
from deploy.local.state import State
from deploy.services import SERVICES

MIGRATIONS = "migrations"


class _NotYet:
    """PostgreSQL before its start: where it will listen is not known, and is no setting of a person."""

    def url(self, *, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:5432/{database}"


def check_settings(state: State, *, environ: Mapping[str, str], receiver: int | None) -> None:
    """Raise LocalError, with a sentence for each fault, unless every service and the migrations can be started."""
    here, server = kept.municipality(state.directory, environ=environ), _NotYet()
    told = {
        name: environment.of_service(
            name, state=state, postgres=server, municipality=here, environ=environ, receiver=receiver
        )
        for name in SERVICES
    }
    told[MIGRATIONS] = environment.of_migrations(state=state, postgres=server, municipality=here, environ=environ)
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.checking"],
        env=dict(environ),
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LocalError(done.stdout.strip() or "The settings could not be read.")


def faults(told: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What is wrong with the settings of each process, every sentence once. Changes the environment of this process."""
    from services.gateway import languages  # noqa: PLC0415 - much to load, and in the child alone
    from shared.settings import WrongSettings, read  # noqa: PLC0415 - as above

    found: list[str] = []
    for name, variables in told.items():
        os.environ.clear()
        os.environ.update(variables)
        if name == MIGRATIONS:
            found += _faults_of_owners(variables)
            continue
        try:
            settings = read(importlib.import_module(f"services.{name}.settings").Settings)
            if name == "gateway":
                languages.check_usual(settings.municipality.language)
        except WrongSettings as wrong:
            found += wrong.faults
    return list(dict.fromkeys(found))


def _faults_of_owners(variables: Mapping[str, str]) -> list[str]:
    found = []
    for service in SERVICES:
        try:
            owner_url(service, variables)
        except LocalError as wrong:
            found.append(str(wrong))
    return found


def owner_url(name: str, environ: Mapping[str, str]) -> str:
    """Where the owner of a service's tables finds them. Raises LocalError where nothing says so, or not an address."""
    from shared.settings import database  # noqa: PLC0415 - much to load

    prefix = SERVICES[name].prefix
    setting = next((each for each in (f"{prefix}MIGRATION_URL", f"{prefix}DATABASE_URL") if environ.get(each)), None)
    if setting is None:
        raise LocalError(f"{prefix}MIGRATION_URL is not set.")
    try:
        return database(environ[setting])
    except ValueError as wrong:
        raise LocalError(f"{setting} {wrong}.") from None


if __name__ == "__main__":
    wrong = faults(json.load(sys.stdin))
    print("; ".join(wrong))
    sys.exit(1 if wrong else 0)
