"""What an OpenID provider may send: any JSON for its keys, any text for a token, and nothing of ours breaks on it."""

import base64
import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from services.gateway.access.provider import Untrusted, leaves_groups_out, signed_claims, usable_keys

ALGORITHMS = ["RS256", "ES256", "Ed25519", "EdDSA"]
RSA, EC, OKP = RSAKey.generate_key(2048), ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")
SIGNING: dict[str, RSAKey | ECKey | OKPKey] = {"RS256": RSA, "ES256": EC, "Ed25519": OKP, "EdDSA": OKP}
TOKENS = {name: jwt.encode({"alg": name}, {"sub": "7f3"}, key, algorithms=[name]) for name, key in SIGNING.items()}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)
PARTS = st.sampled_from(("AA", "AQAB", "", "=", "å", "_" * 43)) | ANYTHING
NAMES = ("kty", "crv", "kid", "use", "alg", "x", "y", "n", "e", "d", "k", "x5c", "key_ops")
KINDS = {"kty": ("RSA", "EC", "OKP", "oct", "AKP"), "crv": ("P-256", "Ed448", "X25519", "brainpoolP256r1", "secp256k1")}
# Nearly a key: known names, with values that are none.
NEARLY = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(KINDS[name]) | PARTS if name in KINDS else PARTS for name in NAMES}
)
UNKNOWN_CURVE = {"kty": "EC", "crv": "brainpoolP256r1", "kid": "bp", "use": "sig", "x": "AA", "y": "AA"}


def shown(key: RSAKey | ECKey | OKPKey, **changes: Any) -> dict[str, Any]:
    """A key as a provider shows it."""
    return dict(key.as_dict(private=False)) | changes


@settings(max_examples=25)
@given(st.lists(NEARLY | ANYTHING, max_size=3), st.sampled_from(ALGORITHMS))
@example([UNKNOWN_CURVE], "RS256")
@example([UNKNOWN_CURVE, {"note": "no key"}, {"kty": ["RSA"]}, {"kty": "OKP", "crv": "Ed25519", "x": "AA"}], "EdDSA")
def test_a_usable_key_is_found_beside_any_others(others: list[Any], algorithm: str) -> None:
    """Unknown kinds and curves, broken ones, and what is no key at all: the token holds by the one that signed it."""
    key, token = SIGNING[algorithm], TOKENS[algorithm]
    assert signed_claims(token, usable_keys({"keys": [*others, shown(key)]})) == {"sub": "7f3"}
    with pytest.raises(Untrusted):
        signed_claims(token, usable_keys({"keys": others}))


@settings(max_examples=50)
@given(ANYTHING.map(lambda found: found if isinstance(found, dict) else {"keys": found}), st.text(max_size=60))
def test_no_answer_breaks_the_check(found: dict[str, Any], token: str) -> None:
    """Any JSON in the place of keys, of a token, of claims."""
    whole: list[RSAKey | ECKey | OKPKey] = [RSA, EC, OKP]
    for keys in (usable_keys(found), whole):
        with pytest.raises(Untrusted):
            signed_claims(token, keys)
    assert leaves_groups_out(found) in (True, False)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES512", "RS1"])
def test_no_other_algorithm_is_taken(algorithm: str) -> None:
    """A header that names another one opens nothing, whatever the keys."""
    _, body, signature = TOKENS["RS256"].split(".")
    bent = base64.urlsafe_b64encode(json.dumps({"alg": algorithm}).encode()).rstrip(b"=").decode()
    with pytest.raises(Untrusted):
        signed_claims(f"{bent}.{body}.{signature}", [RSA, EC, OKP])


def test_a_key_for_another_purpose_is_no_key() -> None:
    """Keys for encryption, for other algorithms, and symmetric ones do not check signatures."""
    other = [shown(RSA, use="enc"), shown(RSA, alg="RS512"), {"kty": "oct", "k": "c2VjcmV0", "use": "sig"}]
    assert usable_keys({"keys": other}) == []


@pytest.mark.parametrize(
    ("claims", "left_out"),
    [
        ({"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://x.example"}}}, True),
        ({"hasgroups": True}, True),
        ({"hasgroups": "true"}, True),
        ({"hasgroups": False, "groups": []}, False),
        ({"_claim_names": {"address": "src1"}}, False),
        ({"_claim_names": ["groups"]}, False),
        ({}, False),
    ],
)
def test_groups_that_were_left_out(claims: dict[str, Any], left_out: bool) -> None:
    """Entra names no groups where there are too many, and says where to ask: `_claim_names`, or `hasgroups`."""
    assert leaves_groups_out(claims) is left_out
