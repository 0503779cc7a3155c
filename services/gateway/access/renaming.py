"""Organisations, clients and people get other names; what is theirs stays theirs, for it goes by ids."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access import domain
from services.gateway.access.auditing import note
from services.gateway.tables import clients, organisations, users
from shared.errors import Conflict, NotFound
from shared.messages.gateway import OrganisationChanged
from shared.privacy import check_texts
from shared.travel.outbox import announce

_TOLD = tuple(organisations.c[name] for name in ("name", "kind", "areas", "active", "version"))


async def rename_organisation(
    session: AsyncSession, organisation_id: UUID, name: str, *, actor: str, name_confirmed: bool = False
) -> None:
    """Give an organisation another name and tell it; tokens that are out end, and are asked for anew.

    Raises NotFound, Conflict for a name that is taken, Invalid for what is no name, PersonalData.
    """
    name, confirmed = _checked(name, confirmed=name_confirmed)
    mine = organisations.c.id == organisation_id
    before = await session.scalar(sa.select(organisations.c.name).where(mine).with_for_update())
    if before is None:
        raise NotFound("There is no such organisation.")
    change = sa.update(organisations).where(mine).values(name=name, version=organisations.c.version + 1)
    try:
        row = (await session.execute(change.returning(*_TOLD))).one()
    except IntegrityError:
        raise Conflict("There is an organisation of that name.", code="name-taken", of=[name]) from None
    fact = OrganisationChanged(
        sequence=row.version, organisation_id=organisation_id, name=row.name, kind=row.kind, areas=row.areas,
        active=row.active,
    )  # fmt: skip
    await announce(session, fact)
    detail = {"name": name, "before": before, "confirmed": confirmed}
    await note(session, actor=actor, action="organisation.renamed", of=str(organisation_id), detail=detail)


async def rename_client(
    session: AsyncSession, client_id: str, name: str, *, actor: str, name_confirmed: bool = False
) -> bool:
    """Call a client something else, for people. Returns whether there is one. Raises Invalid, PersonalData."""
    name, confirmed = _checked(name, confirmed=name_confirmed)
    change = sa.update(clients).where(clients.c.id == client_id).values(name=name).returning(clients.c.id)
    if (await session.execute(change)).first() is None:
        return False
    detail = {"name": name, "confirmed": confirmed}
    await note(session, actor=actor, action="client.renamed", of=client_id, detail=detail)
    return True


async def rename_user(session: AsyncSession, name: str, new_name: str, *, actor: str) -> bool:
    """Let somebody sign in under another name, which may be a person's. Returns whether there is such an account.

    Raises Conflict for a name that is taken, Invalid for what is none, PersonalData for a personnummer or the like.
    """
    new_name, _ = _checked(new_name, confirmed=True)
    change = sa.update(users).where(users.c.name == name).values(name=new_name).returning(users.c.id)
    try:
        found = (await session.execute(change)).first()
    except IntegrityError:
        raise Conflict("There is an account of that name.", code="name-taken", of=[new_name]) from None
    if found is None:
        return False
    await note(session, actor=actor, action="user.renamed", of=new_name, detail={"before": name})
    return True


def _checked(name: str, *, confirmed: bool) -> tuple[str, list[str]]:
    kept = domain.name_of(name)
    return kept, [str(each) for _, each in check_texts({"/name": kept}, confirmed=confirmed)]
