"""API keys: how they look, and how one that was mistyped is told from one that is unknown. Pure.

`sam_` tells secret scanners what they have found; the six signs at the end are a checksum, so that a scanner, and we,
can refuse a broken key without asking a database. Idea: GitHub's token format (2021).
"""

import secrets
import zlib

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PREFIX = "sam_"
_RANDOM_SIGNS = 43  # 62 ** 43 > 2 ** 256
_CHECK_SIGNS = 6
SHOWN = len(PREFIX) + 6


def new_key() -> str:
    """A new key: prefix, 256 random bits, checksum."""
    body = "".join(secrets.choice(_SIGNS) for _ in range(_RANDOM_SIGNS))
    return PREFIX + body + _checksum(body)


def is_well_formed(key: str) -> bool:
    """Whether a text can be one of our keys at all."""
    if len(key) != len(PREFIX) + _RANDOM_SIGNS + _CHECK_SIGNS or not key.startswith(PREFIX) or not key.isascii():
        return False
    body = key[len(PREFIX) : -_CHECK_SIGNS]
    return secrets.compare_digest(key[-_CHECK_SIGNS:], _checksum(body))


def hint(key: str) -> str:
    """What is kept to tell keys apart by eye: the first signs."""
    return key[:SHOWN]


def _checksum(body: str) -> str:
    value, signs = zlib.crc32(body.encode()), ""
    for _ in range(_CHECK_SIGNS):
        value, place = divmod(value, len(_SIGNS))
        signs = _SIGNS[place] + signs
    return signs
