"""`samsyn admin`: who may call. And `samsyn rebuild`: the read model made again from the bus.

A secret is printed once, when it is made, and stored nowhere.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access import partners, people, queries
from services.gateway.readmodel.rebuilding import rebuild as rebuild_read_model
from services.gateway.settings import Settings
from shared.bus.opening import open_bus
from shared.errors import Invalid, NotFound
from shared.service import open_database
from shared.settings import read

Result = TypeVar("Result")
ACTOR = "command line"

app = typer.Typer(no_args_is_help=True, help="Organisations, their clients and local accounts.")
organisation_app = typer.Typer(no_args_is_help=True, help="Partner organisations.")
client_app = typer.Typer(no_args_is_help=True, help="Systems that call the API.")
user_app = typer.Typer(no_args_is_help=True, help="People with a local account.")
app.add_typer(organisation_app, name="organisation")
app.add_typer(client_app, name="client")
key_app = typer.Typer(no_args_is_help=True, help="API keys, for systems that cannot ask for tokens.")
app.add_typer(user_app, name="user")
app.add_typer(key_app, name="key")
rebuild_app = typer.Typer()

Confirmed = Annotated[
    bool, typer.Option("--name-confirmed", help="What looks like personal data in the name concerns no person.")
]
Areas = Annotated[list[str] | None, typer.Option("--area", help="Code of an area of theirs; may be repeated.")]


@organisation_app.command("add")
def add_organisation(
    name: str,
    kind: Annotated[str, typer.Option(help="municipality, police, housing, guard, night_walk, rescue, ...")],
    area: Areas = None,
    name_confirmed: Confirmed = False,
) -> None:
    """Make an organisation and print its id."""
    made = _run(
        lambda session, _: partners.add_organisation(
            session, name=name, kind=kind, areas=area or [], actor=ACTOR, name_confirmed=name_confirmed
        )
    )
    print(made)


@organisation_app.command("list")
def list_organisations() -> None:
    """All organisations: id, kind, clients, users, name."""
    for row in _run(lambda session, _: queries.list_organisations(session)):
        print(f"{row.id}  {row.kind:<12} {row.clients:>3} clients {row.users:>3} users  {row.name}")


@organisation_app.command("stop")
def stop_organisation(organisation: Annotated[str, typer.Argument(help="Name or id.")]) -> None:
    """Shut an organisation out, with its systems and people, within a second."""
    _set_organisation(organisation, active=False)


@organisation_app.command("start")
def start_organisation(organisation: Annotated[str, typer.Argument(help="Name or id.")]) -> None:
    """Let an organisation in again."""
    _set_organisation(organisation, active=True)


def _set_organisation(name_or_id: str, *, active: bool) -> None:
    async def work(session: AsyncSession, _: Settings) -> None:
        found = await _organisation(session, name_or_id)
        await partners.set_organisation_active(session, found.id, active=active, actor=ACTOR)

    _run(work)


@client_app.command("add")
def add_client(
    organisation: Annotated[str, typer.Argument(help="Name or id.")],
    name: Annotated[str, typer.Option(help="What it is, for people.")],
    role: Annotated[str, typer.Option(help="coordinator, municipal_police, member or night_walker.")] = "member",
    scope: Annotated[list[str] | None, typer.Option(help="May be repeated; all of the role's by default.")] = None,
    quota: Annotated[int | None, typer.Option(min=1, help="Requests a window, if not the usual number.")] = None,
    name_confirmed: Confirmed = False,
) -> None:
    """Make a client and print its id and secret. The secret is shown this once."""

    async def work(session: AsyncSession, settings: Settings) -> tuple[str, str]:
        found = await _organisation(session, organisation)
        return await partners.add_client(
            session,
            organisation_id=found.id,
            kind=found.kind,
            name=name,
            role=role,
            scopes=frozenset(scope) if scope else None,
            pepper=settings.pepper,
            actor=ACTOR,
            quota=quota,
            name_confirmed=name_confirmed,
        )

    client_id, secret = _run(work)
    print(f"client_id:     {client_id}\nclient_secret: {secret}")


@client_app.command("stop")
def stop_client(client_id: str) -> None:
    """Shut a client out, with its keys and tokens, within a second."""
    _need(_run(lambda session, _: partners.set_client_active(session, client_id, active=False, actor=ACTOR)), client_id)


@client_app.command("start")
def start_client(client_id: str) -> None:
    """Let a client in again."""
    _need(_run(lambda session, _: partners.set_client_active(session, client_id, active=True, actor=ACTOR)), client_id)


@client_app.command("rotate")
def rotate_secret(
    client_id: str,
    overlap_hours: Annotated[float, typer.Option(help="How long the old secret still holds; 0 if it leaked.")] = 24,
) -> None:
    """Give a client a new secret and print it, this once."""
    overlap = timedelta(hours=overlap_hours)
    secret = _run(
        lambda session, settings: partners.rotate_secret(
            session, client_id, overlap=overlap, pepper=settings.pepper, now=datetime.now(UTC), actor=ACTOR
        )
    )
    print(f"client_id:     {client_id}\nclient_secret: {secret}")


@key_app.command("add")
def add_key(
    client_id: str, days: Annotated[int | None, typer.Option(min=1, help="Ends after so many days.")] = 365
) -> None:
    """Give a client an API key and print it, this once. It goes into the header X-API-Key."""
    now = datetime.now(UTC)
    key_id, key = _run(
        lambda session, settings: partners.add_api_key(
            session,
            client_id,
            expires_at=now + timedelta(days=days) if days else None,
            pepper=settings.pepper,
            now=now,
            actor=ACTOR,
        )
    )
    print(f"key_id:  {key_id}\napi_key: {key}")


@key_app.command("revoke")
def revoke_key(key_id: UUID) -> None:
    """End a key; it is refused within a second."""
    _run(lambda session, _: partners.revoke_api_key(session, key_id, now=datetime.now(UTC), actor=ACTOR))


@app.command("audit")
def show_audit(last: Annotated[int, typer.Option(min=1, max=10_000)] = 50) -> None:
    """Who changed what of who may call, newest first."""
    for row in _run(lambda session, _: queries.list_audit(session, limit=last)):
        print(f"{row.at:%Y-%m-%d %H:%M:%S}Z  {row.actor:<14} {row.action:<22} {row.object}")


@user_app.command("add")
def add_user(
    organisation: Annotated[str, typer.Argument(help="Name or id.")],
    name: Annotated[str, typer.Option(help="What the person signs in as.")],
    role: Annotated[str, typer.Option(help="coordinator, municipal_police, member or night_walker.")] = "member",
    language: Annotated[str | None, typer.Option(help="Which they read, such as sv; else what they choose.")] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask for a password instead of making one.")] = False,
) -> None:
    """Make a local account; prints the password it made, this once."""
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else secrets.token_urlsafe(12)

    async def work(session: AsyncSession, _: Settings) -> None:
        found = await _organisation(session, organisation)
        await people.add_user(
            session,
            organisation_id=found.id,
            kind=found.kind,
            name=name,
            role=role,
            password=password,
            language=_language(language),
            actor=ACTOR,
        )

    _run(work)
    print(f"user:     {name}" if ask else f"user:     {name}\npassword: {password}")


@user_app.command("stop")
def stop_user(name: str) -> None:
    """Shut a person out and end their sessions."""
    _need_user(_run(lambda session, _: people.set_user_active(session, name, active=False, actor=ACTOR)), name)


@user_app.command("start")
def start_user(name: str) -> None:
    """Let a person in again."""
    _need_user(_run(lambda session, _: people.set_user_active(session, name, active=True, actor=ACTOR)), name)


@user_app.command("language")
def set_language(
    name: str, language: Annotated[str, typer.Argument(help="Its tag, such as sv; or `none` to let them choose.")]
) -> None:
    """Say which language a person's pages speak, from their next page on."""
    chosen = None if language == "none" else _language(language)
    _need_user(_run(lambda session, _: people.set_language(session, name, chosen, actor=ACTOR)), name)


@user_app.command("password")
def set_password(
    name: str, ask: Annotated[bool, typer.Option("--ask", help="Ask for it instead of making one.")] = False
) -> None:
    """Give a local account a new password, end its sessions, and print what it made, this once."""
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else secrets.token_urlsafe(12)
    _need_user(_run(lambda session, _: people.set_password(session, name, password, actor=ACTOR)), name)
    print(f"user:     {name}" if ask else f"user:     {name}\npassword: {password}")


@rebuild_app.command()
def rebuild() -> None:
    """Make the gateway's read model again from the bus. Stop the gateway first, and start it afterwards."""

    async def work() -> None:
        settings = read(Settings)
        database, bus = open_database("gateway", settings), open_bus(settings.bus_url)
        await bus.start()
        try:
            await rebuild_read_model(database, bus)
        finally:
            await bus.stop()
            await database.stop()

    asyncio.run(work())
    print("The read model is empty; the gateway fills it from the bus when it runs.")


async def _organisation(session: AsyncSession, name_or_id: str) -> Any:
    found = await queries.find_organisation(session, name_or_id)
    if found is None:
        raise NotFound("There is no organisation of that name or id. `samsyn admin organisation list` shows them.")
    return found


def _need(found: bool, client_id: str) -> None:
    if not found:
        raise Invalid(f"There is no client {client_id}.")


def _need_user(found: bool, name: str) -> None:
    if not found:
        raise Invalid(f"There is no account {name}.")


def _language(tag: str | None) -> str | None:
    """The tag of a language that pages speak, as it is kept. Raises Invalid for another."""
    from services.gateway.pages.speech import catalogues  # noqa: PLC0415 - pages are much to load for a command

    known = {each.lower(): each for each in catalogues.tags()}
    if tag is not None and tag.lower() not in known:
        raise Invalid(f"There is no such language. One of {', '.join(known.values())}.")
    return tag and known[tag.lower()]


def _run(work: Callable[[AsyncSession, Settings], Awaitable[Result]]) -> Result:
    """Do something in one transaction of the gateway's database."""

    async def whole() -> Result:
        settings = read(Settings)
        database = open_database("gateway", settings)
        try:
            async with database.sessions() as session, session.begin():
                return await work(session, settings)
        finally:
            await database.stop()

    return asyncio.run(whole())
