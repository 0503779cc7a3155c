"""What somebody typed whose session had ended: it goes through the sign-in with them, in the page and nowhere else.

The fields stand in the sign-in form, under the gateway's own mark, for an hour. Whose they are the form's own token
tells, which no other person's session gives: who else signs in gets nothing of them.
"""

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

import orjson

from services.gateway.access.domain import is_form_token_of

MOST_BYTES = 64_000
KEPT_S = 3600
# What is carried, marked and written in letters: for the sign-in form's field.
MOST_SEALED = 3 * MOST_BYTES
_MOST_FIELDS = 1000
_PURPOSE = b"carried through the sign-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A form that was not taken: where it was sent, the page that it stood on, and its fields."""

    action: str
    page: str
    fields: Mapping[str, str]

    @property
    def token(self) -> str:
        """By which it is known whose it is."""
        return self.fields.get("form_token", "")


def fields_in(body: bytes) -> dict[str, str] | None:
    """The fields of a form as browsers send it; None for what is none of ours, or too much to be carried."""
    if len(body) > MOST_BYTES:
        return None
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        return None
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) and "." in fields.get("form_token", "") else None


def seal(carried: Carried, *, pepper: str, now: float) -> str:
    """A form as a text that nobody else can make or change. now: seconds since 1970."""
    told = {
        "action": carried.action,
        "page": carried.page,
        "fields": dict(carried.fields),
        "until": int(now) + KEPT_S,
    }
    plain = orjson.dumps(told)
    return urlsafe_b64encode(_mark(plain, pepper) + plain).decode()


def unseal(sealed: str, *, user_id: str, pepper: str, now: float) -> Carried | None:
    """What was carried, for the person whose form it was; None for anybody else, when it is too old, or was changed."""
    try:
        whole = urlsafe_b64decode(sealed.encode("ascii"))
    except (UnicodeEncodeError, binascii.Error):
        return None
    mark, plain = whole[:32], whole[32:]
    if not hmac.compare_digest(mark, _mark(plain, pepper)):
        return None
    told = orjson.loads(plain)
    carried = Carried(action=told["action"], page=told["page"], fields=told["fields"])
    fresh = told["until"] > now
    return carried if fresh and is_form_token_of(user_id, carried.token, pepper=pepper) else None


def _mark(plain: bytes, pepper: str) -> bytes:
    return hmac.digest(hmac.digest(pepper.encode(), _PURPOSE, hashlib.sha256), plain, hashlib.sha256)
