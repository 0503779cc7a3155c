"""Secrets, roles and scopes of those who call. Pure: values in, values or a refusal out."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from shared import texts
from shared.access import KINDS, ROLES_OF_KIND, SCOPES, Kind, Role
from shared.errors import Invalid

MOST_NAME = 200
SECRETS_AT_ONCE = 2
# No digest: nothing that hashes to 32 zero bytes is known.
_NOBODYS = bytes(32)


def digest(secret: str, *, pepper: str) -> bytes:
    """What is stored of a secret. A keyed hash is enough: the secret has 256 random bits, and is checked often."""
    return hmac.digest(pepper.encode(), secret.encode(), hashlib.sha256)


def form_token(nonce: str, user_id: str, *, pepper: str) -> str:
    """What the forms of a session carry: random, and marked as one person's, which only they can be told by."""
    return f"{nonce}.{digest(f'form of {user_id} {nonce}', pepper=pepper).hex()}"


def is_form_token_of(user_id: str, token: str, *, pepper: str) -> bool:
    """Whether a form was made for this person, in whatever session."""
    return hmac.compare_digest(token.encode(), form_token(token.partition(".")[0], user_id, pepper=pepper).encode())


def form_nonce(random: str, *, now: datetime) -> str:
    """What a form token begins with: when its session began, so that it is not good for ever."""
    return f"{int(now.timestamp())}-{random}"


def began_at(token: str) -> int:
    """When the session began that a form token was made for, seconds since 1970; 0 of one that does not say it."""
    said = token.partition("-")[0]
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= 11 else 0


def is_one_of(shown: bytes, stored: Sequence[bytes]) -> bool:
    """Whether a secret's digest is among those stored of a client: all of them are looked at, and never fewer than two.

    A client has one secret, or two while one is changed for the next; a client that is none costs the same.
    """
    looked_at = [*stored, *[_NOBODYS] * (SECRETS_AT_ONCE - len(stored))]
    return sum(hmac.compare_digest(shown, each) for each in looked_at) > 0


def is_of_the_past(shown: tuple[int, int], *, now: tuple[int, int]) -> bool:
    """Whether a token was issued before its client, its secrets or its organisation last ended.

    One of a later era than is known here is not: its client was let in again a moment ago, by another process.
    """
    return any(then < today for then, today in zip(shown, now, strict=True))


def name_of(said: str, *, most: int = MOST_NAME) -> str:
    """A name, an id or a code as it is kept: by the rule of all texts, however it came. Raises Invalid."""
    try:
        kept = texts.one_line(said) if len(said) <= most else ""
    except ValueError:
        kept = ""
    if not 0 < len(kept) <= most:
        raise Invalid(
            f"A name, an id or a code is one line of 1 to {most} characters, and holds nothing that no key types."
        )
    return kept


def check_role(kind: str, role: str) -> Role:
    """The role, if organisations of this kind have members in it. Raises Invalid."""
    kinds: dict[str, Kind] = {each: each for each in KINDS}
    if kind not in kinds:
        raise Invalid(f"There is no such kind of organisation. One of {', '.join(KINDS)}.")
    fits: tuple[Role, ...] = ROLES_OF_KIND[kinds[kind]]
    for each in fits:
        if each == role:
            return each
    raise Invalid(f"An organisation of kind {kind} has the role {' or '.join(fits)}.")


def granted(allowed: frozenset[str], asked: str | None) -> frozenset[str]:
    """The scopes of a token: all the client has, or those asked for. Raises Invalid for one it does not have."""
    if not asked:
        return allowed
    wanted = frozenset(asked.split())
    if not wanted <= allowed:
        beyond = sorted(wanted - allowed & SCOPES.keys())
        which = f"This client may not have {', '.join(beyond)}." if beyond else "There is no scope of such a name."
        raise Invalid(f"{which} It may have: {' '.join(sorted(allowed))}.")
    return wanted
