"""`samsyn admin user`: people, above all those with a local account. A password that is made here is printed once."""

import secrets
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access import people, queries, renaming
from services.gateway.cli.running import (
    AsJson,
    HandOverTo,
    MaybeOrganisation,
    OrganisationArgument,
    Role,
    Typed,
    Yes,
    actor,
    ask_first,
    find_organisation,
    run,
    show_one,
    show_rows,
    text,
)
from services.gateway.languages import tags
from services.gateway.settings import Settings
from shared.errors import Invalid, NotFound
from shared.terminal import show

app = typer.Typer(no_args_is_help=True, help="People with a local account.")


@app.command("add")
def add_user(
    organisation: OrganisationArgument,
    name: Annotated[str, typer.Option(parser=text, help="What the person signs in as.")],
    role: Role = "member",
    language: Annotated[
        str | None, typer.Option(parser=text, help="Which they read, such as sv; else what they choose.")
    ] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask for a password instead of making one.")] = False,
) -> None:
    """Make a local account; prints the password it made, this once."""
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else secrets.token_urlsafe(12)

    async def work(session: AsyncSession, _: Settings) -> None:
        found = await find_organisation(session, organisation)
        await people.add_user(
            session,
            organisation_id=found.id,
            kind=found.kind,
            name=name,
            role=role,
            password=password,
            language=_language(language),
            actor=actor(),
        )

    run(work)
    show(f"user:     {name}" if ask else f"user:     {name}\npassword: {password}")


@app.command("stop")
def stop_user(name: Typed, hand_over_to: HandOverTo = None, yes: Yes = False) -> None:
    """Shut a person out and end their sessions. What they made ends, or is handed over."""
    ask_first("Shut them out, and end or hand over what they made?", yes=yes)
    found = run(
        lambda session, _: people.set_user_active(session, name, active=False, actor=actor(), hand_over_to=hand_over_to)
    )
    _need_user(found)


@app.command("start")
def start_user(name: Typed) -> None:
    """Let a person in again. What ended with them stays ended until somebody lets it go on."""
    _need_user(run(lambda session, _: people.set_user_active(session, name, active=True, actor=actor())))


@app.command("list")
def list_users(organisation: MaybeOrganisation = None, as_json: AsJson = False) -> None:
    """People, their role, how they sign in, and the webhooks that they answer for."""

    async def work(session: AsyncSession, _: Settings) -> list[tuple[Any, list[Any]]]:
        found = await find_organisation(session, organisation) if organisation else None
        return await queries.list_users(session, organisation_id=found.id if found else None)

    show_rows([_shown(row, made) for row, made in run(work)], as_json=as_json)


@app.command("show")
def show_user(name: Typed, as_json: AsJson = False) -> None:
    """One person: their role, how they sign in, the webhooks that they answer for."""
    rows = run(lambda session, _: queries.list_users(session, organisation_id=None))
    found = next((_shown(row, made) for row, made in rows if row.name == name), None)
    if found is None:
        raise NotFound(_NONE)
    show_one(found, as_json=as_json)


def _shown(row: Any, made: list[Any]) -> dict[str, Any]:
    return {
        "name": row.name, "active": row.let_in, "role": row.role,
        "signs_in_by": "password" if row.local else "provider", "organisation": row.organisation,
        "webhooks": [f"{each.subscription_id} {each.status}" for each in made],
    }  # fmt: skip


@app.command("rename")
def rename_user(name: Typed, new_name: Typed) -> None:
    """Let a person sign in under another name; password and sessions stay."""
    _need_user(run(lambda session, _: renaming.rename_user(session, name, new_name, actor=actor())))


@app.command("language")
def set_language(
    name: Typed,
    language: Annotated[str, typer.Argument(parser=text, help="Its tag, such as sv; or `none` to let them choose.")],
) -> None:
    """Say which language a person's pages speak, from their next page on."""
    chosen = None if language == "none" else _language(language)
    _need_user(run(lambda session, _: people.set_language(session, name, chosen, actor=actor())))


@app.command("password")
def set_password(
    name: Typed, ask: Annotated[bool, typer.Option("--ask", help="Ask for it instead of making one.")] = False
) -> None:
    """Give a local account a new password, end its sessions, and print what it made, this once."""
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else secrets.token_urlsafe(12)
    _need_user(run(lambda session, _: people.set_password(session, name, password, actor=actor())))
    show(f"user:     {name}" if ask else f"user:     {name}\npassword: {password}")


_NONE = "There is no such account. `samsyn admin user list` shows them."


def _need_user(found: bool) -> None:
    if not found:
        raise NotFound(_NONE)


def _language(tag: str | None) -> str | None:
    """The tag of a language that pages speak, as it is kept. Raises Invalid for another."""
    known = {each.lower(): each for each in tags()}
    if tag is None:
        return None
    found = known.get(tag.lower()) or known.get(tag.lower().partition("-")[0])
    if found is None:
        raise Invalid(f"There is no such language. One of {', '.join(known.values())}.")
    return found
