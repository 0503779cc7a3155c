"""Which credentials have ended: written down by a service's consumer, asked by whoever makes something for one.

What a credential made ends with it. Its end comes by the bus and what it makes by a request, which may have been let in
before and arrive after, so neither is sure to be first. The consumer writes down each end in the transaction that ends
what was made before, and whoever makes something asks in the transaction that makes it; both hold the organisation's
lock until commit, so one of them sees the other.

What is before an end is told by counting and not by clocks. A client, a person and an organisation count their ends; a
principal carries the counts of when it was let in (`Principal.era`), and so does what it makes (`maker`). A key ends
once and for good. The table is `shared.database.kit_tables.endings`.
"""

from collections.abc import Sequence
from typing import Any, TypeGuard

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access import Principal
from shared.database.ceilings import alone
from shared.errors import Unauthenticated
from shared.messages import Message
from shared.messages.gateway import CredentialEnded, OrganisationChanged

Ended = CredentialEnded | OrganisationChanged

# As long as the inbox knows messages: far longer than a request, or a file, is on its way.
REMEMBERED_DAYS = 35

# Stands for every credential of an organisation. No credential is named so: theirs begin with a word for what they are.
_ALL = "*"
_REMEMBER = sa.text("""
    INSERT INTO endings (organisation_id, credential, times) VALUES (:organisation_id, :credential, :times)
    ON CONFLICT (organisation_id, credential)
    DO UPDATE SET times = greatest(endings.times, excluded.times), noted_at = now()
""")
_IS_OVER = sa.text(f"""
    SELECT EXISTS (
        SELECT FROM endings WHERE organisation_id = :organisation_id AND (
            credential = CAST(:key_id AS text)
            OR (credential = :client_id AND times > :client_era)
            OR (credential = '{_ALL}' AND times > CAST(:organisation_era AS integer))
        )
    )
""")
_FORGET = sa.text("DELETE FROM endings WHERE noted_at < now() - make_interval(days => :days)")


async def hold(session: AsyncSession, messages: Sequence[Message | None]) -> None:
    """Take the locks for all ends among these facts, before anything else is locked.

    In one order: two processes that handle ends of the same two organisations never wait for each other.
    """
    for organisation_id in sorted({each.organisation_id for each in messages if _is_end(each)}):
        await alone(session, "credentials", organisation_id=organisation_id)


async def remember(session: AsyncSession, ended: Ended) -> None:
    """Write down an end, before what was made until then is ended in the same transaction.

    Nothing of an organisation that goes on.
    """
    if not _is_end(ended):
        return
    await alone(session, "credentials", organisation_id=ended.organisation_id)
    credential = ended.credential if isinstance(ended, CredentialEnded) else _ALL
    end = {"organisation_id": ended.organisation_id, "credential": credential, "times": ended.sequence}
    await session.execute(_REMEMBER, end)


async def check_goes_on(session: AsyncSession, principal: Principal) -> None:
    """Raise Unauthenticated if a caller ended since it was let in; until commit it does not end.

    For whatever ends with who made it, asked before it is made. One statement, and one for the lock.
    """
    await alone(session, "credentials", organisation_id=principal.organisation_id)
    who = {**maker(principal), "organisation_id": principal.organisation_id}
    if await session.scalar(_IS_OVER, who):
        raise Unauthenticated("This credential was ended before the request was through. Nothing of it was kept.")


async def has_heir(session: AsyncSession, ended: CredentialEnded) -> bool:
    """Whether what a credential made is handed to somebody who has not ended since; `remember` came before."""
    heir = {
        "organisation_id": ended.organisation_id,
        "client_id": ended.handed_to,
        "key_id": None,
        "client_era": ended.heir_era,
        "organisation_era": None,
    }
    return ended.handed_to is not None and not await session.scalar(_IS_OVER, heir)


def maker(principal: Principal) -> dict[str, Any]:
    """By whom a thing is made, and in which era, as columns of its table: `made_by` finds it again by them."""
    client_era, organisation_era = principal.era
    return {
        "client_id": principal.client_id,
        "key_id": principal.key_id,
        "client_era": client_era,
        "organisation_era": organisation_era,
    }


def heir_of(ended: CredentialEnded) -> dict[str, Any]:
    """The same columns for a thing that is handed over; the era of the organisation stays."""
    return {"client_id": ended.handed_to, "key_id": None, "client_era": ended.heir_era}


def made_by(table: sa.Table, ended: CredentialEnded) -> sa.ColumnElement[bool]:
    """What of a table was made by a credential until this end of it; what it made once it was let in again is not."""
    c = table.c
    by_client = sa.and_(c.client_id == ended.credential, c.client_era < ended.sequence)
    return sa.and_(c.organisation_id == ended.organisation_id, sa.or_(by_client, c.key_id == ended.credential))


def made_in(table: sa.Table, ended: OrganisationChanged) -> sa.ColumnElement[bool]:
    """What of a table was made in an organisation until this end of it."""
    return sa.and_(table.c.organisation_id == ended.organisation_id, table.c.organisation_era < ended.sequence)


async def forget(session: AsyncSession) -> None:
    """Drop the ends of which nothing can be on its way any more: a service's part of the housekeeping."""
    await session.execute(_FORGET, {"days": REMEMBERED_DAYS})


def _is_end(message: Message | None) -> TypeGuard[Ended]:
    return isinstance(message, CredentialEnded) or (isinstance(message, OrganisationChanged) and not message.active)
