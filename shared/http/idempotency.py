"""The same request twice has one effect: keys kept in the effect's own transaction.

Source: The Idempotency-Key HTTP Header Field, IETF httpapi draft 07.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access import Principal
from shared.errors import ITSELF, Conflict, Invalid

COLUMNS = ("organisation_id", "client_id", "key", "fingerprint", "status", "body")
_CLAIM = text(f"""
    INSERT INTO idempotency ({", ".join(COLUMNS)})
    VALUES (:organisation_id, :client_id, :key, :fingerprint, :status, :body)
    ON CONFLICT DO NOTHING RETURNING 1
""")
_KEPT = text("""
    SELECT fingerprint, status, body FROM idempotency
    WHERE organisation_id = :organisation_id AND client_id = :client_id AND key = :key
""")
_KEPT_DIRECTLY = """
    SELECT fingerprint, status, body FROM idempotency WHERE organisation_id = $1 AND client_id = $2 AND key = $3
"""
_SETTLE = text("""
    UPDATE idempotency SET status = :status, body = :body
    WHERE organisation_id = :organisation_id AND client_id = :client_id AND key = :key
""")


class KeyReused(Invalid):
    """An Idempotency-Key came with another request than before: 422, as the draft has it."""

    code = "idempotency-key-reused"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer given before: what the same request gets again."""

    status: int
    body: bytes


def fingerprint(operation: str, body: bytes) -> bytes:
    """What tells two requests under one key apart: the operation and its body, as 32 bytes."""
    return hashlib.sha256(operation.encode() + b"\x00" + body).digest()


async def claim(
    session: AsyncSession, principal: Principal, key: str, *, mark: bytes, answer: Kept | None = None
) -> Kept | None:
    """Take a key for this transaction, or return the answer that was given under it. One statement when it is new.

    Pass `answer` when it is known beforehand; otherwise `settle` it before the transaction ends. Identical requests in
    parallel wait here for the first one. Raises KeyReused for the same key with another request, Conflict where the
    first one's answer is not known.
    """
    who = _who(principal, key)
    given = {"status": answer.status if answer else None, "body": answer.body if answer else None}
    if (await session.execute(_CLAIM, {**who, **given, "fingerprint": mark})).first() is not None:
        return None
    kept = (await session.execute(_KEPT, who)).one_or_none()
    return _again(kept, mark)


def claim_row(principal: Principal, key: str, *, mark: bytes, answer: Kept) -> tuple[object, ...]:
    """A key as a row of its table, in the order of COLUMNS: for a statement that claims it beside its own work."""
    return (*_who(principal, key).values(), mark, answer.status, answer.body)


async def kept_answer(connection: asyncpg.Connection, principal: Principal, key: str, *, mark: bytes) -> Kept:
    """What was answered under a key that such a statement found taken. Raises as `claim`."""
    kept = await connection.fetchrow(_KEPT_DIRECTLY, *_who(principal, key).values())
    return _again(kept, mark)


def _again(kept: Sequence[Any] | None, mark: bytes) -> Kept:
    before, status, body = kept or (b"", None, b"")
    if status is None:
        raise Conflict(
            "A request with this Idempotency-Key is being worked on. Try again in a moment.",
            code="request-in-progress",
            of=ITSELF,
        )
    if bytes(before) != mark:
        raise KeyReused(
            "This Idempotency-Key was used for another request: the same one is the same byte for byte. To try again,"
            " send the very body of before; for a new request use a new key."
        )
    return Kept(status, bytes(body))


async def settle(session: AsyncSession, principal: Principal, key: str, answer: Kept) -> None:
    """Keep the answer under the claimed key; one statement."""
    who = _who(principal, key)
    await session.execute(_SETTLE, {**who, "status": answer.status, "body": answer.body})


def _who(principal: Principal, key: str) -> dict[str, object]:
    # A digest, because callers make up keys of whatever they have at hand.
    digest = hashlib.sha256(key.encode()).hexdigest()
    return {"organisation_id": principal.organisation_id, "client_id": principal.client_id, "key": digest}


async def forget(session: AsyncSession, *, hours: int) -> None:
    """Drop keys older than we promise to keep them."""
    await session.execute(text("DELETE FROM idempotency WHERE at < now() - make_interval(hours => :h)"), {"h": hours})
