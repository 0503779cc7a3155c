"""What a credential made ends with it, or is handed to another client of its organisation by name."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.tables import clients
from shared.access import TO_BE_TOLD
from shared.errors import Invalid
from shared.messages.gateway import CredentialEnded
from shared.travel.outbox import announce


@dataclass(frozen=True, slots=True)
class Heir:
    """A client that what another made is handed to."""

    client_id: str
    role: str
    scopes: tuple[str, ...]


async def find_heir(
    session: AsyncSession, client_id: str | None, *, organisation_id: UUID, instead_of: str | None = None
) -> Heir | None:
    """The client to hand over to, None where none is named; its row is held until commit.

    Raises Invalid for one that is not there, not active, of another organisation, could make no webhook itself, or is
    the one that ends. Files that wait go to one that may send some, else they end (services/reports/files).
    """
    if client_id is None:
        return None
    wanted = sa.select(clients).where(clients.c.id == client_id, clients.c.organisation_id == organisation_id)
    row = (await session.execute(wanted.with_for_update())).one_or_none()
    if row is None or not row.active or row.id == instead_of:
        raise Invalid("Hand over to another active client of the same organisation.")
    if missing := sorted(set(TO_BE_TOLD) - set(row.scopes)):
        raise Invalid(f"That client lacks the scope {', '.join(missing)}: it could not have made what is handed over.")
    return Heir(row.id, row.role, tuple(sorted(row.scopes)))


async def tell_ended(
    session: AsyncSession, credential: str, *, times: int, organisation_id: UUID, heir: Heir | None
) -> None:
    """Tell every service that keeps what was made with a credential; `times`: how often it has ended."""
    await announce(
        session,
        CredentialEnded(
            sequence=times,
            credential=credential,
            organisation_id=organisation_id,
            handed_to=heir and heir.client_id,
            role=heir and heir.role,
            scopes=list(heir.scopes) if heir else [],
        ),
    )
