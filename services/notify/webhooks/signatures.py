"""The signature of a webhook, so that a receiver knows who sent it, when, and that nobody changed it.

Source: Standard Webhooks 1.0, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.notify.errors import BadSecret

SECRET_BYTES = 32
"""Fresh secrets: 256 bits. The standard asks for 24 to 64 bytes."""

_SYMMETRIC, _PRIVATE, _PUBLIC = "whsec_", "whsk_", "whpk_"


@dataclass(frozen=True, slots=True)
class SymmetricKey:
    """A key that both sides hold; it signs with HMAC-SHA256 (`v1`)."""

    secret: bytes


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key that only we hold; it signs with Ed25519 (`v1a`), and the receiver checks with the public half."""

    private: Ed25519PrivateKey


Key = SymmetricKey | PrivateKey


def read_secret(text: str) -> Key:
    """The key that a `whsec_…` or `whsk_…` text stands for. Raises BadSecret.

    `whsk_` holds the seed of 32 bytes, or the seed and its public key (64 bytes), as libraries write it.
    """
    for prefix in (_SYMMETRIC, _PRIVATE):
        if text.startswith(prefix):
            raw = _decoded(text.removeprefix(prefix))
            break
    else:
        raise BadSecret("A signing secret starts with whsec_ or whsk_.")
    if prefix == _PRIVATE:
        if len(raw) not in {32, 64}:
            raise BadSecret("A whsk_ secret holds 32 or 64 bytes.")
        return PrivateKey(Ed25519PrivateKey.from_private_bytes(raw[:32]))
    if not 24 <= len(raw) <= 64:
        raise BadSecret("A whsec_ secret holds 24 to 64 bytes.")
    return SymmetricKey(raw)


def write_secret(random_bytes: bytes, *, scheme: str) -> str:
    """The text of a new secret: `whsec_…` for scheme v1, `whsk_…` for v1a (32 random bytes)."""
    prefix = {"v1": _SYMMETRIC, "v1a": _PRIVATE}[scheme]
    return prefix + base64.b64encode(random_bytes).decode()


def public_key(key: Key) -> str | None:
    """What the receiver checks `v1a` with (`whpk_…`), or None for a symmetric key."""
    if isinstance(key, SymmetricKey):
        return None
    raw = key.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return _PUBLIC + base64.b64encode(raw).decode()


def sign(keys: Sequence[Key], *, message_id: str, timestamp_s: int, body: bytes) -> str:
    """The `webhook-signature` header: one signature per key, separated by spaces, in the order of the keys.

    During a rotation both the new and the old key sign, so that a receiver can change over when it likes.
    body: the bytes as they are sent, never parsed and written again.
    """
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp_s, body)
    return " ".join(_signature(key, signed) for key in keys)


def _signature(key: Key, signed: bytes) -> str:
    if isinstance(key, SymmetricKey):
        return "v1," + base64.b64encode(hmac.digest(key.secret, signed, hashlib.sha256)).decode()
    return "v1a," + base64.b64encode(key.private.sign(signed)).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadSecret("A signing secret is base64 after its prefix.") from None
