"""`samsyn up`, step by step: PostgreSQL, databases and roles, migrations, then the services under supervision."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import asyncpg

from deploy.local import environment, kept, seats
from deploy.local.checking import check_settings
from deploy.local.children import die_with_parent
from deploy.local.databases import (
    close_beside_tables,
    close_to_strangers,
    ensure_database,
    ensure_role,
    grant_rows,
    is_made_up,
)
from deploy.local.errors import LocalError
from deploy.local.logs import last_words, rotate
from deploy.local.postgres import Postgres
from deploy.local.programs import PostgresProgram, Program, ServiceProgram
from deploy.local.state import State, draft_state, hold, is_made, open_state
from deploy.local.supervisor import LOOK_EVERY_S, Say, Supervisor, end_leftovers
from deploy.ports import port_is_free
from deploy.services import SERVICES, topics_read
from shared.bus.postgres import divide

READY_WITHIN_S = 120.0
RECORD = "running.json"
_OWNERS = len(SERVICES) + 1  # of the tables of each service, and of the bus


def up(
    directory: Path,
    *,
    environ: Mapping[str, str],
    say: Say,
    on_ready: Callable[[State, int | None, Mapping[str, str]], None],
    fill: Sequence[str] = (),
    demo: bool = False,
) -> None:
    """Run Samsyn in this folder until a signal asks it to stop.

    Once all services are ready the command `fill` is run, when there is one, and `on_ready` is called with the port of
    this machine that webhooks may go to, and whom it serves. Raises LocalError for whatever stands in the way, all
    stopped again.
    """
    environ = kept.with_ports(directory, environ)
    new, receiver = not is_made(directory), None
    if new:  # what is wrong is told before there is anything of it
        receiver = _look(draft_state(directory, roles=environment.roles()), environ, demo=demo, say=say)
    with _signals() as (stop, impatient), hold(directory):
        state = open_state(directory, roles=environment.roles())
        if left := end_leftovers(directory / RECORD):
            say(f"Ended what an earlier start had left: {', '.join(left)}.")
        receiver = receiver if new else _look(state, environ, demo=demo, say=say)
        if new:  # there is nothing yet that it could contradict
            kept.keep(directory, environ=environ)
        postgres = environment.embedded(state, environ=environ, connections=seats.total(environ, owners=_OWNERS))
        postgres.stop()  # one that a killed `up` left may be on its way down, and is not ours to watch
        try:
            database = PostgresProgram(postgres)
            database.start()
            here = _prepare(postgres, state, environ, demo=demo, stop=stop)
            programs = [database, *_services(state, postgres, environ, municipality=here, receiver=receiver)]
            supervisor = Supervisor(programs, record=directory / RECORD, say=say)
            try:
                _wait_ready(supervisor, state, stop)
                if fill:
                    _fill(fill, supervisor, environ=environ, say=say, stop=stop)
                if not stop.is_set():
                    on_ready(state, receiver, here)
                supervisor.run(stop)
                say("Stopping.")
            finally:
                supervisor.stop(impatient)
        finally:
            postgres.stop()


def _look(state: State, environ: Mapping[str, str], *, demo: bool, say: Say) -> int | None:
    """Raise LocalError for what is wrong before anything starts. Returns the port that webhooks may go to."""
    with kept.saying_where(state.directory, environ):
        receiver = environment.open_receiver(environ, say=say) if demo else None
        check_settings(state, environ=environ, receiver=receiver)
        _check_ports(environ)
    return receiver


def _prepare(
    postgres: Postgres, state: State, environ: Mapping[str, str], *, demo: bool, stop: Event
) -> dict[str, str]:
    """Make and migrate the databases. Returns whom the services serve, which is kept once it fits the data.

    Raises LocalError. Whether what is shown is made up follows from what was taken in, and is not kept.
    """
    made_up = _provide(postgres, state, environ, demo=demo)
    here = kept.municipality(state.directory, environ=environ, made_up=made_up)
    with kept.saying_where(state.directory, environ):
        _migrate(state, postgres, municipality=here, environ=environ, stop=stop)
    if not stop.is_set():
        kept.keep(state.directory, environ=environ)
    return here | ({"MUNICIPALITY_FICTIVE": "true"} if made_up else {})


def _provide(postgres: Postgres, state: State, environ: Mapping[str, str], *, demo: bool) -> bool:
    """Make what is missing; whether what is in it, or comes in now, is made up. Raises LocalError."""

    async def provided() -> bool:
        await provide_databases(postgres, state, environ=environ)
        inside = await asyncpg.connect(postgres.admin_url, database=environment.database("gateway"))
        try:
            return await is_made_up(inside, demo=demo)
        finally:
            await inside.close()

    try:
        return asyncio.run(provided())
    except asyncpg.DiskFullError as error:
        raise LocalError("The disk is full: making the databases failed. Free some space and try again.") from error
    except (OSError, asyncpg.PostgresError) as error:
        raise LocalError(f"The databases could not be made: {error}.") from error


async def provide_databases(postgres: Postgres, state: State, *, environ: Mapping[str, str]) -> None:
    """Make the databases and roles of all services and of the bus, where they are missing; bound what they may do."""
    admin, bus = await asyncpg.connect(postgres.admin_url), environment.database(environment.BUS)
    try:
        await close_to_strangers(admin)
        most = await seats.shares(admin, environ, owners=_OWNERS)
        for role in environment.roles()[1:]:
            password = state.secrets.passwords[role]
            await ensure_role(admin, role, password=password, connections=most.get(role, seats.OWNER))
        for name, service in SERVICES.items():
            own, temporary = environment.database(name), service.temporary_tables
            await ensure_database(admin, own, owner=f"{name}_owner", runtime=name, temporary_tables=temporary)
        for name in SERVICES:
            await ensure_database(admin, bus, owner=environment.BUS, runtime=name)
    finally:
        await admin.close()
    for name in SERVICES:
        inside = await asyncpg.connect(postgres.admin_url, database=environment.database(name))
        try:
            await grant_rows(inside, owner=f"{name}_owner", runtime=name)
        finally:
            await inside.close()
    await _divide_bus(postgres, state)


async def _divide_bus(postgres: Postgres, state: State) -> None:
    inside = await asyncpg.connect(postgres.admin_url, database=environment.database(environment.BUS))
    try:
        await close_beside_tables(inside)
    finally:
        await inside.close()
    owner = await asyncpg.connect(environment.url_of_bus_owner(postgres, state))
    try:
        await divide(owner, reads=topics_read())
    finally:
        await owner.close()


def _check_ports(environ: Mapping[str, str]) -> None:
    own = environment.postgres_port(environ)
    taken = {own: "PostgreSQL"} if own else {}
    for kind, purpose in environment.PURPOSES.items():
        for name, port in environment.ports(environ, kind=kind).items():
            setting = environment.setting_of_port(name, environ, kind=kind)
            if port in taken:
                raise LocalError(f"Port {port}, where {name} {purpose}, is one of {taken[port]} too: set {setting}.")
            taken[port] = name
            if not port_is_free(port):
                told = f"Port {port}, where {name} {purpose}, is taken by another program: set {setting}"
                raise LocalError(f"{told}." if setting == "SAMSYN_PORT" else f"{told}, or SAMSYN_PORT to move all.")


def _migrate(
    state: State, postgres: Postgres, *, municipality: Mapping[str, str], environ: Mapping[str, str], stop: Event
) -> None:
    """Run `samsyn migrate` as a process, so that its imports leave no weight here. Raises LocalError."""
    log = state.log("migrate")
    rotate(log)
    with log.open("ab") as file:
        began = file.tell()
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.cli", "migrate", *SERVICES],
            env=environment.of_migrations(state=state, postgres=postgres, municipality=municipality, environ=environ),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread
        )
    while process.poll() is None:
        if stop.wait(0.02):
            process.terminate()  # each migration is one transaction, so none is left half done
            process.wait()
            return
    if process.returncode != 0:
        said = last_words(log, since=began).removesuffix(".")
        raise LocalError(f"The databases were left as they are: {said}. (More in {log}.)")


def _services(
    state: State,
    postgres: Postgres,
    environ: Mapping[str, str],
    *,
    municipality: Mapping[str, str],
    receiver: int | None,
) -> list[Program]:
    listening, probed = environment.ports(environ), environment.ports(environ, kind="INNER_PORT")
    return [
        ServiceProgram(
            name,
            [sys.executable, "-m", "deploy.cli", "serve", name],
            environment=environment.of_service(
                name, state=state, postgres=postgres, municipality=municipality, environ=environ, receiver=receiver
            ),
            port=listening[name],
            inner_port=probed[name],
            log=state.log(name),
        )
        for name in SERVICES
    ]


def _wait_ready(supervisor: Supervisor, state: State, stop: Event) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not supervisor.all_ready and not stop.wait(LOOK_EVERY_S):
        supervisor.look(time.monotonic())
        if time.monotonic() > deadline:
            late = ", ".join(supervisor.waiting_for)
            raise LocalError(f"Not ready after {READY_WITHIN_S:.0f} s: {late}. The logs are in {state.logs}.")


def _fill(command: Sequence[str], supervisor: Supervisor, *, environ: Mapping[str, str], say: Say, stop: Event) -> None:
    """Run a command beside the services, which stay supervised. If it fails that is said, and they go on."""
    process = subprocess.Popen(
        command,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread
    )
    try:
        while process.poll() is None and not stop.wait(LOOK_EVERY_S):
            supervisor.look(time.monotonic())
    finally:
        if process.poll() is None:
            process.terminate()
        if process.wait() != 0 and not stop.is_set():
            say("The data could not be filled in; Samsyn runs without them.")


@contextmanager
def _signals() -> Iterator[tuple[Event, Event]]:
    """Events for the first request to stop and for the second, which will not wait."""
    stop, impatient = Event(), Event()

    def asked(_: int, __: object) -> None:
        (impatient if stop.is_set() else stop).set()

    before = {one: signal.signal(one, asked) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield stop, impatient
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
