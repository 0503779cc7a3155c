"""Signatures of webhooks: the published vector, both schemes, and rotation, checked with the reference library."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.notify.errors import BadSecret
from services.notify.webhooks.signatures import SymmetricKey, public_key, read_secret, sign, write_secret

PUBLISHED_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW, OLD = (write_secret(bytes([n]) * 32, scheme="v1") for n in (1, 2))
ODD_BODY = '{"plats":"Å\u2028ä\U0001f6a8 \\u0000 é"}'.encode()


def headers(signature: str, *, message_id: str, timestamp_s: int) -> dict[str, str]:
    """The three headers of the standard."""
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp_s), "webhook-signature": signature}


def test_published_vector() -> None:
    """The vector of the Standard Webhooks specification gives the published signature."""
    signature = sign(
        [read_secret(PUBLISHED_SECRET)],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp_s=1_614_265_330,
        body=b'{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_both_secrets_verify_during_rotation(secret: str) -> None:
    """While two secrets overlap, a receiver with either one accepts, also for odd Unicode, byte for byte."""
    now_s = int(datetime.now(UTC).timestamp())
    signature = sign([read_secret(NEW), read_secret(OLD)], message_id="msg_1", timestamp_s=now_s, body=ODD_BODY)
    assert len(signature.split(" ")) == 2
    Webhook(secret).verify(ODD_BODY, headers(signature, message_id="msg_1", timestamp_s=now_s), json_parse=False)


def test_changed_body_is_refused() -> None:
    """The reference library refuses a body with one byte changed, and another message's id."""
    now_s = int(datetime.now(UTC).timestamp())
    signature = sign([read_secret(NEW)], message_id="msg_1", timestamp_s=now_s, body=b'{"a":1}')
    for body, message_id in ((b'{"a":2}', "msg_1"), (b'{"a":1}', "msg_2")):
        with pytest.raises(WebhookVerificationError):
            Webhook(NEW).verify(body, headers(signature, message_id=message_id, timestamp_s=now_s))


def test_public_half_verifies_v1a() -> None:
    """A v1a signature is checked with the whpk_ key alone, over id, timestamp and body."""
    key = read_secret(write_secret(bytes(range(32)), scheme="v1a"))
    version, signature = sign([key], message_id="msg_1", timestamp_s=7, body=ODD_BODY).split(",")
    shown = public_key(key)
    assert version == "v1a"
    assert shown is not None
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(shown.removeprefix("whpk_")))
    public.verify(base64.b64decode(signature), b"msg_1.7." + ODD_BODY)


def test_private_key_of_64_bytes_is_the_same_key() -> None:
    """Libraries write seed and public key together; the seed alone decides."""
    seed = bytes(range(32))
    short, long = (read_secret("whsk_" + base64.b64encode(raw).decode()) for raw in (seed, seed + bytes(32)))
    assert public_key(short) == public_key(long)


@pytest.mark.parametrize(
    "text",
    ["", "whsec_", "secret", "whsec_!!!!", "whsec_" + "A" * 31, "whsec_" + "A" * 100, "whsk_" + "A" * 44, "whpk_AAAA"],
)
def test_unreadable_secret_is_refused(text: str) -> None:
    """A wrong prefix, wrong base64 or a wrong length is refused."""
    with pytest.raises(BadSecret):
        read_secret(text)


def test_symmetric_key_has_no_public_half() -> None:
    """A whsec_ secret must never be shown as a public key."""
    assert public_key(SymmetricKey(bytes(32))) is None
