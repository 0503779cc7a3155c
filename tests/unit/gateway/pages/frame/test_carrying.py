"""What is carried through a sign-in: for its own person, for an hour, unchanged."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from random import Random
from urllib.parse import urlencode

import pytest

from services.gateway.access.domain import form_token
from services.gateway.pages.frame.carrying import KEPT_S, MOST_BYTES, MOST_SEALED, Carried, fields_in, seal, unseal

PEPPER, NOW = "a pepper for tests", 1_800_000_000.0
TOKEN = form_token("nonce", "a", pepper=PEPPER)
FORM = Carried(action="/reports/new", page="/reports/new?area=01", fields={"form_token": TOKEN, "text": "Hög musik\n"})


def opened(sealed: str, *, user_id: str = "a", pepper: str = PEPPER, now: float = NOW) -> Carried | None:
    """What one gets of it."""
    return unseal(sealed, user_id=user_id, pepper=pepper, now=now)


def test_its_own_person_gets_it_back() -> None:
    """The same form, until its hour is over."""
    sealed = seal(FORM, pepper=PEPPER, now=NOW)
    assert opened(sealed) == opened(sealed, now=NOW + KEPT_S - 1) == FORM
    assert opened(sealed, now=NOW + KEPT_S) is None


def test_nobody_else_gets_anything() -> None:
    """Another person, another gateway, a token that was made up or is a session's of another."""
    sealed = seal(FORM, pepper=PEPPER, now=NOW)
    assert opened(sealed, user_id="b") is None
    assert opened(sealed, pepper="another") is None
    for token in ("", "x", "x.y", "nonce." + "0" * 64, "å.ä", form_token("nonce", "b", pepper=PEPPER)):
        other = Carried(action=FORM.action, page=FORM.page, fields={"form_token": token})
        assert opened(seal(other, pepper=PEPPER, now=NOW)) is None


def test_what_was_changed_is_nothing() -> None:
    """Each byte counts, and no text is a fault."""
    whole, made = urlsafe_b64decode(seal(FORM, pepper=PEPPER, now=NOW)), Random(20261129)
    for at in range(len(whole)):
        bent = bytearray(whole)
        bent[at] ^= 1 << made.randrange(8)
        assert opened(urlsafe_b64encode(bent).decode()) is None
    for odd in ("", "=", "å", "\x00", "a" * 5, "AAAA", "-" * 99):
        assert opened(odd) is None


@pytest.mark.parametrize("sign", ["a", "å", "\x01", '"', "\n", " "])
def test_as_much_as_is_carried_fits_into_the_sign_in(sign: str) -> None:
    """The longest form of any signs: whole, or not at all."""
    empty = len(urlencode({"form_token": TOKEN, "text": ""}))
    text = sign * ((MOST_BYTES - empty) // len(urlencode({"": sign})[1:]))
    fields = fields_in(urlencode({"form_token": TOKEN, "text": text}).encode())
    assert fields == {"form_token": TOKEN, "text": text}
    sealed = seal(Carried(action="/" * 1000, page="/" * 1000, fields=fields), pepper=PEPPER, now=NOW)
    assert len(sealed) <= MOST_SEALED
    assert fields_in(urlencode({"form_token": TOKEN, "text": text + sign * 8}).encode()) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"text=a", b"form_token=none&text=a", b"form_token=a.b&text=%FF", b"form_token=a.b&text=\xff",
     b"form_token=a.b&text=a&text=b", b"form_token=a.b&text", b"\x00", b"form_token=a.b&" + b"a=&" * 1001],
)  # fmt: skip
def test_what_is_no_form_of_ours_is_not_carried(body: bytes) -> None:
    """Without a session's token, in no UTF-8, with a field twice, of more fields than a page has."""
    assert fields_in(body) is None
