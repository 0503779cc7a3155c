"""What a setting may be: one type for each kind, bounded, which reads the text of the environment by itself.

The words of a fault go on where the setting's name stopped, and never repeat what stood there: it may be a secret.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from ipaddress import ip_address, ip_network
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from shared import moments, texts

MOST_PORT = 65_535
# A month; whoever means longer means never.
MOST_S = 31 * 86_400
MOST_BYTES = 4 * 2**30
MOST_SIGNS = 20_000
MOST_DIGITS = 300
MOST_NAME = 253
_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?")


def _whole(value: object) -> object:
    if not isinstance(value, str):
        return value
    # Not what int() reads: digits of other scripts, underscores.
    if len(value) > MOST_DIGITS or re.fullmatch(r" *-?[0-9]+ *", value) is None:
        raise ValueError("is no whole number")
    return int(value)


def _number(value: object) -> object:
    return texts.number(value.strip(" ")) if isinstance(value, str) else value


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        found = moments.read(value.strip(" "))
    except ValueError:
        found = None
    if type(found) is not date:
        raise ValueError(f"is no day such as 2024-01-01, between {moments.FIRST} and {moments.LAST}")
    return found


def _absent(value: object) -> object:
    return None if value == "" else value


def _line(value: str) -> str:
    try:
        return texts.one_line(value)
    except ValueError:
        raise ValueError("holds a line break or a sign that nobody types") from None


def _seen(value: str) -> str:
    if not (found := _line(value)):
        raise ValueError("is empty")
    return found


def written(pattern: str, means: str) -> AfterValidator:
    """A text of a fixed form: an expression, and for people what it means, as "must be 1 to 16 letters"."""

    def check(value: str) -> str:
        if re.fullmatch(pattern, value) is None:
            raise ValueError(means)
        return value

    return AfterValidator(check)


def _from_json(shape: type, example: str) -> Callable[[object], object]:
    """A reader of JSON text: what is none, or no `shape`, is told with an example."""

    def read(value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            found: object = json.loads(value)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, shape):
            raise ValueError(f"is not JSON such as {example}")
        return found

    return read


def ed25519(value: str, *, private: bool | None = None) -> str:
    """The value itself, if it is an Ed25519 key in JWK form: the private one, the public one, or either.

    Raises ValueError that does not repeat it.
    """
    try:
        key = OKPKey.import_key(json.loads(value))
        fits = key.curve_name == "Ed25519"
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, JoseError):
        fits = False
    if not fits:
        raise ValueError("is no Ed25519 key in JWK form")
    if private is True and not key.is_private:
        raise ValueError("is a public key, and the private one is needed here")
    return value


def _host(value: str) -> str:
    try:
        ip_address(value)
    except ValueError:
        if value != "localhost":
            raise ValueError("is no address such as 127.0.0.1, 0.0.0.0 or ::") from None
    return value


def _parts(value: str, *, schemes: Sequence[str]) -> SplitResult | None:
    """A URL in parts, with one of these schemes, and a host and port that can be; else None."""
    try:
        url = urlsplit(value)
        fits = url.scheme in schemes and value.startswith(f"{url.scheme}://") and url.port != 0
        host = url.hostname or ""
        if ":" in host:
            ip_address(host)
    except ValueError:
        return None
    plain = value.isascii() and re.search(r"\s", value) is None and len(host) <= MOST_NAME
    return url if fits and plain and (":" in host or _NAME.fullmatch(host)) else None


def _web(value: str, *, schemes: Sequence[str] = ("http", "https")) -> SplitResult | None:
    url = _parts(value, schemes=schemes)
    if url is None or "@" in url.netloc or re.search(r"[?#\\]", value):
        return None
    return url


def _of_service(value: str) -> str:
    if _web(value) is None:
        raise ValueError("is no address of a service such as http://127.0.0.1:8001")
    return value


def _public(value: str) -> str:
    url = _web(value)
    if url is None or url.path not in ("", "/"):
        raise ValueError("is no address such as https://samsyn.example, without a path")
    return value


def _issuer(value: str) -> str:
    url = _web(value)
    if value and (url is None or (url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost"))):
        raise ValueError("is no https address")
    return value


def database(value: str) -> str:
    """The value itself, if it is the address of a PostgreSQL database. Raises ValueError that does not repeat it."""
    # A socket's folder is named by ?host=, and then there is no host before the path.
    url = _parts(value.replace("://", "://x", 1) if ":///" in value else value, schemes=["postgresql"])
    by_socket = url is not None and "host=/" in url.query
    if url is None or (":///" in value and not by_socket) or re.fullmatch(r"/[^/]+", url.path) is None or url.fragment:
        raise ValueError("is no address such as postgresql://role:password@host/database")
    return value


def _bus(value: str) -> str:
    # KAFKA_BOOTSTRAP_SERVERS, the name every Kafka client knows, holds hosts without a scheme.
    url = value if "://" in value else f"kafka://{value}"
    if url.startswith("postgresql://"):
        return database(url)
    if not url.startswith("kafka://"):
        raise ValueError("must begin with kafka:// or postgresql://")
    servers, slash, name = url.removeprefix("kafka://").partition("/")
    named = re.fullmatch(r"[A-Za-z0-9_-]{1,60}", name) if slash else True
    if not named or not all(_broker(each) for each in servers.split(",")):
        raise ValueError("is no address such as kafka://host:9092,host:9092")
    return url


def _broker(server: str) -> bool:
    # aiokafka itself takes 9092 where no port is said.
    url = _parts(f"kafka://{server}", schemes=["kafka"])
    return url is not None and not url.path and not url.query and "@" not in server and "#" not in server


def _networks(value: list[str]) -> list[str]:
    try:
        networks = [ip_network(each) for each in value]
    except ValueError:
        raise ValueError("holds something that is neither an address nor a network such as 10.0.0.0/24") from None
    if any(network.prefixlen == 0 for network in networks):
        raise ValueError("holds everybody: name the networks one by one")
    return value


WHOLE, NUMBER = BeforeValidator(_whole), BeforeValidator(_number)

Port = Annotated[int, Field(ge=1, le=MOST_PORT), WHOLE]
Count = Annotated[int, Field(ge=1, le=1_000_000), WHOLE]
Bytes = Annotated[int, Field(ge=1024, le=MOST_BYTES), WHOLE]
WholeSeconds = Annotated[int, Field(ge=1, le=MOST_S), WHOLE]
Seconds = Annotated[float, Field(gt=0, le=MOST_S, allow_inf_nan=False), NUMBER]
Day = Annotated[date, BeforeValidator(_day)]

Name = Annotated[str, AfterValidator(_seen), Field(min_length=1, max_length=200)]
OptionalLine = Annotated[str, AfterValidator(_line), Field(max_length=1000)]
Host = Annotated[str, AfterValidator(_host), Field(max_length=50)]
ServiceUrl = Annotated[str, AfterValidator(_of_service), Field(max_length=1000)]
PublicUrl = Annotated[str, AfterValidator(_public), Field(max_length=300)]
Issuer = Annotated[str, AfterValidator(_issuer), Field(max_length=1000)]
DatabaseUrl = Annotated[str, AfterValidator(database), Field(max_length=2000)]
BusUrl = Annotated[str, AfterValidator(_bus), Field(max_length=MOST_SIGNS)]
PublicKey = Annotated[str, AfterValidator(ed25519), Field(max_length=MOST_SIGNS)]
PrivateKey = Annotated[str, AfterValidator(lambda value: ed25519(value, private=True)), Field(max_length=MOST_SIGNS)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=1000)]

Absent = BeforeValidator(_absent)
JSON_LIST = BeforeValidator(_from_json(list, '["10.0.0.0/24"] or []'))
JSON_NUMBERS = BeforeValidator(_from_json(list, "[0,5,300]"))
JSON_OBJECT = BeforeValidator(_from_json(dict, '{"group": {"organisation": "Kommunen", "role": "coordinator"}} or {}'))
Networks = Annotated[list[str], AfterValidator(_networks), Field(max_length=200), JSON_LIST]
