"""Secrets at rest open for their owner with a known key, and for nothing else."""

from uuid import UUID

import pytest

from services.notify.errors import Unsealable
from services.notify.webhooks.sealing import ring, seal, unseal

KEY, NEWER = bytes(range(32)), bytes(range(1, 33))
OWNER, OTHER = UUID(int=1), UUID(int=2)
NONCE = bytes(12)


def test_sealed_secret_opens_for_its_owner_only() -> None:
    """The subscription's id is part of the seal, so a row copied to another subscription does not open."""
    sealed = seal(ring(KEY), "whsec_x", owner=OWNER, nonce=NONCE)
    assert unseal(ring(KEY), sealed, owner=OWNER) == "whsec_x"
    with pytest.raises(Unsealable):
        unseal(ring(KEY), sealed, owner=OTHER)


def test_old_text_opens_after_the_key_changed() -> None:
    """A ring with a new current key still opens what the old one sealed, and seals with the new one."""
    old = seal(ring(KEY), "whsec_x", owner=OWNER, nonce=NONCE)
    rotated = ring(NEWER, KEY)
    assert unseal(rotated, old, owner=OWNER) == "whsec_x"
    assert unseal(ring(NEWER), seal(rotated, "whsec_y", owner=OWNER, nonce=NONCE), owner=OWNER) == "whsec_y"


def test_unknown_key_and_changed_text_are_refused() -> None:
    """Another key, a flipped character, rubbish and nothing at all are refused."""
    sealed = seal(ring(KEY), "whsec_x", owner=OWNER, nonce=NONCE)
    flipped = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    for keys, text in ((ring(NEWER), sealed), (ring(KEY), flipped), (ring(KEY), sealed[:9] + "!"), (ring(KEY), "")):
        with pytest.raises(Unsealable):
            unseal(keys, text, owner=OWNER)


def test_sealed_text_hides_secret_and_key() -> None:
    """Neither the secret nor the key can be read from the stored text."""
    sealed = seal(ring(KEY), "whsec_plain", owner=OWNER, nonce=NONCE)
    assert "plain" not in sealed
    assert KEY.hex()[:8] not in sealed


def test_wrong_lengths_are_refused() -> None:
    """A key or nonce of the wrong length is a mistake of ours and stops at once."""
    with pytest.raises(ValueError, match="32 bytes"):
        ring(bytes(16))
    with pytest.raises(ValueError, match="12 bytes"):
        seal(ring(KEY), "x", owner=OWNER, nonce=bytes(8))
