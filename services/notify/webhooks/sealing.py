"""Secrets at rest: sealed with AES-256-GCM, each bound to the subscription that owns it.

A sealed text is `<key id>:<base64 of nonce, ciphertext and tag>`. The key id lets a new sealing key come into use
while texts under the old one still open.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.notify.errors import Unsealable

KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Ring:
    """The sealing keys by their id. New texts are sealed with `current`."""

    current: str
    keys: dict[str, bytes]


def ring(current: bytes, *older: bytes) -> Ring:
    """The ring of these keys of 32 bytes each. Raises ValueError for another length."""
    keys = {}
    for key in (current, *older):
        if len(key) != KEY_BYTES:
            raise ValueError(f"a sealing key has {KEY_BYTES} bytes, not {len(key)}")
        keys[_key_id(key)] = key
    return Ring(current=_key_id(current), keys=keys)


def seal(keys: Ring, plain: str, *, owner: UUID, nonce: bytes) -> str:
    """The sealed form of a secret; it opens for this owner only.

    nonce: 12 fresh random bytes. Sealing twice with one nonce breaks the cipher.
    """
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
    sealed = AESGCM(keys.keys[keys.current]).encrypt(nonce, plain.encode(), owner.bytes)
    return f"{keys.current}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(keys: Ring, sealed: str, *, owner: UUID) -> str:
    """The secret again. Raises Unsealable for an unknown key, a changed text, or another owner."""
    key_id, _, text = sealed.partition(":")
    if key_id not in keys.keys:
        raise Unsealable("A stored secret was sealed with a key that this service does not have.")
    try:
        raw = base64.b64decode(text, validate=True)
        plain = AESGCM(keys.keys[key_id]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], owner.bytes)
    except (InvalidTag, binascii.Error, ValueError):
        raise Unsealable("A stored secret does not open.") from None
    return plain.decode()


def _key_id(key: bytes) -> str:
    # A hash tells keys apart without telling anything about them.
    return hashlib.sha256(b"samsyn sealing key id" + key).hexdigest()[:8]
