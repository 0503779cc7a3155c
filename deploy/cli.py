"""The command `samsyn`. What a command needs is imported when it runs, so that the first answer comes at once."""

import importlib
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from deploy.areas import areas
from deploy.local.errors import LocalError, disk_sentence
from deploy.local.state import State, home, remove
from deploy.reaching import ClientId, ClientSecret, Url, own_url
from deploy.services import SERVICES
from shared.terminal import show

# What services add: where the typer app stands, and the service whose settings its commands read.
ADDED = {
    "admin": ("services.gateway.cli:app", "gateway"),
    "rebuild": ("services.gateway.cli:rebuild_app", "gateway"),
}


# As the command line itself ends where it cannot make anything of what was typed.
_MISTYPED = 2


class Commands(TyperGroup):
    """Our own commands and those of the services, which are imported when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All names, ours first."""
        return [*super().list_commands(ctx), *ADDED]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name."""
        if cmd_name not in ADDED:
            return super().get_command(ctx, cmd_name)
        module, attribute = ADDED[cmd_name][0].split(":")
        command = typer.main.get_command(getattr(importlib.import_module(module), attribute))
        command.name = cmd_name
        return command


app = typer.Typer(
    name="samsyn",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ServiceName = Annotated[str, typer.Argument(metavar="SERVICE", help=f"One of: {', '.join(SERVICES)}.")]


@app.callback()
def before(ctx: typer.Context) -> None:
    """One tested picture of safety for a municipality and its partners."""
    if ctx.invoked_subcommand in ADDED and "--help" not in sys.argv:
        from deploy.local.beside import settings_of  # noqa: PLC0415

        ctx.with_resource(settings_of(ADDED[ctx.invoked_subcommand][1], os.environ))


@app.command()
def up(demo: Annotated[bool, typer.Option("--demo", help="Fill it with made-up data if it is empty.")] = False) -> None:
    """Start everything on this machine and keep it running until Ctrl-C."""
    from deploy.local.up import up as run  # noqa: PLC0415

    fill = [sys.executable, "-m", "deploy.demo.load"] if demo else []
    run(home(os.environ), environ=os.environ, say=_say, fill=fill, demo=demo, on_ready=_where_to_look)


@app.command()
def down() -> None:
    """Stop what `samsyn up` runs."""
    from deploy.local.status import down as stop  # noqa: PLC0415

    _say("Stopped." if stop(home(os.environ), environ=os.environ) else "Nothing was running.")


@app.command()
def status() -> None:
    """Show what runs. Ends in 0 when everything is ready, else in 1."""
    from deploy.local.status import standings, table  # noqa: PLC0415

    found = standings(home(os.environ))
    _say(table(found))
    if not found or any(one.state != "ready" for one in found):
        raise typer.Exit(1)


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete everything that this installation keeps: databases, keys, logs."""
    directory = home(os.environ)
    if not yes:
        typer.confirm(f"Delete {directory} with all reports, keys and logs in it?", abort=True)
    remove(directory)
    _say(f"Deleted {directory}.")


@app.command()
def serve(service: ServiceName) -> None:
    """Run one service, configured by the environment."""
    from deploy.serve import serve as run  # noqa: PLC0415

    run(_known(service))


@app.command()
def migrate(
    services: Annotated[list[str] | None, typer.Argument(metavar="[SERVICE]...", help="All, if none is named.")] = None,
) -> None:
    """Bring the databases to the newest migration. Reads <SERVICE>_MIGRATION_URL, or else <SERVICE>_DATABASE_URL."""
    from deploy.serve import migrate as run  # noqa: PLC0415

    run([_known(name) for name in services or SERVICES])


@app.command(name="import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV or Excel (.xlsx).")],
    mapping: Annotated[str, typer.Option(help="Name of a mapping of your organisation.")],
    client_id: ClientId,
    client_secret: ClientSecret,
    mapping_file: Annotated[Path | None, typer.Option(help="JSON; kept under that name first.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Also where that name has another mapping.")] = False,
    url: Url = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would come of it; keep nothing.")] = False,
    snapshot: Annotated[
        str | None, typer.Option(help="The file is all there is: report tells what it has no more, withdraw withdraws.")
    ] = None,
    snapshot_of: Annotated[str | None, typer.Option(help="All of its days (period), or all at all (all).")] = None,
    takes_over: Annotated[
        bool, typer.Option("--takes-over", help="Correct also reports that another mapping of yours brought.")
    ] = False,
) -> None:
    """Send a file of reports, and say what became of its rows."""
    from services.reports.cli import import_file as run  # noqa: PLC0415

    told = run(
        file,
        mapping=mapping,
        mapping_file=mapping_file,
        url=url or own_url(),
        client_id=client_id,
        client_secret=client_secret,
        dry_run=dry_run,
        replace=replace,
        snapshot=snapshot,
        snapshot_of=snapshot_of,
        takes_over=takes_over,
    )
    _say(told)


app.add_typer(areas, name="areas")


@app.command()
def redrive(
    service: ServiceName,
    key: Annotated[str | None, typer.Option(help="The messages of one key.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that was put aside.")] = False,
) -> None:
    """Show what a service put aside; with --key or --all ask for it to be tried again."""
    from deploy.redrive import redrive as run  # noqa: PLC0415

    _say(run(_known(service), key=key, everything=everything))


def main() -> None:
    """Run the command line. What a person can mend is one sentence on standard error, never a traceback."""
    try:
        app()
    except SystemExit:
        raise
    except KeyboardInterrupt:
        sys.exit(130)
    except LocalError as wrong:
        _end(str(wrong))
    except OSError as error:
        _end(disk_sentence(error, doing="this"))
    except UnicodeEncodeError:
        _end("What was typed holds a byte that is no letter in UTF-8.", code=_MISTYPED)
    except _kit_sentences() as wrong:
        _end(str(wrong))


def _kit_sentences() -> tuple[type[Exception], ...]:
    """What the kit says in sentences. Imported only once something was raised, since it takes a third of a second."""
    from shared.errors import Refusal  # noqa: PLC0415
    from shared.settings import WrongSettings  # noqa: PLC0415

    return Refusal, WrongSettings


def _where_to_look(state: State, receiver: int | None, here: Mapping[str, str]) -> None:
    from deploy.local.kept import MUNICIPALITY, untold  # noqa: PLC0415

    url = own_url()
    access = state.directory / "demo-access.json"
    name, code, zone, crs = (here[f"MUNICIPALITY_{each}"] for each in ("NAME", "CODE", "TIME_ZONE", "CRS"))
    lines = {
        "serves": f"{name} ({code}), {zone}, {crs}",
        "pages": f"{url}/",
        "API": f"{url}/samsyn/v1",
        "its docs": f"{url}/docs",
        "sign-in": f"{access} has the demonstration's accounts" if access.exists() else "docs/first-day.md says how",
        "webhooks": f"on this machine to port {receiver} alone" if receiver else "",
        "logs": str(state.logs),
    }
    found = "\n".join(f"  {name:<10} {text}" for name, text in lines.items() if text)
    _say(f"Samsyn is ready; Ctrl-C stops it.\n{found}")
    if missing := " and ".join(untold(state.directory, here)):
        _say(
            f"Nobody has told {missing} yet: start it with that, as docs/first-day.md says, or write it into"
            f" {state.directory / MUNICIPALITY}. All of it can be changed until areas or reports are taken in."
        )


def _known(name: str) -> str:
    if name not in SERVICES:
        raise LocalError(f"There is no service {name!r}; there are {', '.join(SERVICES)}.")
    return name


def _say(text: str) -> None:
    with suppress(OSError):  # a terminal that was closed must not stop what runs
        show(text)


def _end(sentence: str, *, code: int = 1) -> NoReturn:
    show(f"samsyn: {sentence}", to=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
