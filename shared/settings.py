"""Settings every service has. Read once from the environment, in `app.build`; only the edges see them."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Kind = TypeVar("Kind", bound=BaseSettings)


class WrongSettings(Exception):
    """The environment does not describe a service that can start; the text is one sentence per fault."""


class Municipality(BaseSettings):
    """The one municipality this installation serves. Nothing else in the code knows a city or a country."""

    model_config = SettingsConfigDict(env_prefix="MUNICIPALITY_", extra="forbid")

    name: str = "Municipality"
    code: str = Field(default="0000", pattern=r"^[0-9A-Za-z-]{1,16}$")
    time_zone: str = "Europe/Stockholm"
    crs: str = Field(default="EPSG:3006", pattern=r"^EPSG:\d{4,6}$", description="Projected, metres.")
    cycle_days: Literal[7, 14, 28] = 14
    cycle_start: date = Field(
        default=date(2024, 1, 1), description="First day of any cycle; the others follow from it."
    )
    publication_days: Literal[1, 7] = Field(
        default=7, description="Units whose counts are published for those who get counts only, from the cycle's start."
    )
    language: str = Field(default="sv", description="Of pages nobody chose one for, and of searches.")
    fictive: bool = Field(default=False, description="Every page says that what it shows is made up.")

    @field_validator("cycle_days", "publication_days", mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        # The environment holds text, and a choice of numbers takes none.
        return int(value) if isinstance(value, str) and value.strip().isdigit() else value

    @field_validator("language")
    @classmethod
    def _tag(cls, value: str) -> str:
        if re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", value) is None:
            raise ValueError("is no tag of a language, such as sv or en")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("is no time zone of the IANA list, such as Europe/Stockholm") from None
        return value


class ServiceSettings(BaseSettings):
    """What each of the five services needs. A service's own class sets `env_prefix` and adds its own fields."""

    model_config = SettingsConfigDict(extra="forbid", populate_by_name=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    inner_host: str = Field(default="127.0.0.1", description="Where probes and metrics are answered, and nowhere else.")
    inner_port: int = Field(default=8005, ge=0, le=65535)
    database_url: str = Field(description="PostgreSQL 15 or later; the role that serves.")
    migration_url: str | None = Field(default=None, description="The role that owns the tables; else database_url.")
    database_connections: int = Field(default=10, ge=2, le=100)
    statement_timeout_s: int = Field(default=30, ge=1)
    bus_url: str = Field(validation_alias=AliasChoices("BUS_URL", "KAFKA_BOOTSTRAP_SERVERS", "bus_url"))
    internal_public_key: str = Field(validation_alias=AliasChoices("INTERNAL_PUBLIC_KEY", "internal_public_key"))
    log_format: Literal["json", "text", "auto"] = Field(
        default="auto", validation_alias=AliasChoices("LOG_FORMAT", "log_format")
    )
    body_limit_bytes: int = Field(default=1_048_576, ge=1024)
    request_timeout_s: int = Field(default=30, ge=1)
    drain_timeout_s: int = Field(default=5, ge=0, description="How long a stopping relay may go on sending.")
    instance: str = Field(default="0", description="Names this process among its likes; stable over restarts.")
    municipality: Municipality = Field(default_factory=Municipality)

    @field_validator("bus_url")
    @classmethod
    def _known_bus(cls, value: str) -> str:
        # KAFKA_BOOTSTRAP_SERVERS, the name every Kafka client knows, holds hosts without a scheme.
        url = value if "://" in value else f"kafka://{value}"
        if not url.startswith(("kafka://", "postgresql://")):
            raise ValueError("must begin with kafka:// or postgresql://")
        return url

    @field_validator("internal_public_key")
    @classmethod
    def _readable_key(cls, value: str) -> str:
        return ed25519_jwk(value)


def ed25519_jwk(value: str) -> str:
    """The value itself, if it is an Ed25519 key in JWK form. Raises ValueError that does not repeat it."""
    try:
        OKPKey.import_key(json.loads(value))
    except (ValueError, TypeError, KeyError, JoseError):
        raise ValueError("is no Ed25519 key in JWK form") from None
    return value


def read(kind: type[Kind]) -> Kind:
    """The settings of one kind from the environment. Raises WrongSettings: names and faults, never values.

    A variable under the service's prefix, or the municipality's, that is no setting is a fault too: it was meant to
    say something. Those of other services are nobody's business here.
    """
    unknown = _unknown(os.environ, kind, Municipality)
    try:
        found = kind()
    except ValidationError as wrong:
        # The municipality is read inside of the service's own settings and has its own prefix.
        faulty: type[BaseSettings] = Municipality if wrong.title == Municipality.__name__ else kind
        faults = [_sentence(_prefix(faulty), fault) for fault in wrong.errors()]
        raise WrongSettings("; ".join(faults + unknown)) from None
    if unknown:
        raise WrongSettings("; ".join(unknown))
    return found


def check(kind: type[BaseSettings], variables: Mapping[str, str]) -> None:
    """Raise WrongSettings, as `read` does, for variables of one kind of settings before they are kept for later."""
    told: dict[str, Any] = {name.removeprefix(_prefix(kind)).lower(): value for name, value in variables.items()}
    wrong = _unknown(variables, kind)
    try:
        kind(**{name: value for name, value in told.items() if name in kind.model_fields})
    except ValidationError as faulty:
        wrong = [_sentence(_prefix(kind), fault) for fault in faulty.errors()] + wrong
    if wrong:
        raise WrongSettings("; ".join(wrong))


def _unknown(variables: Iterable[str], *kinds: type[BaseSettings]) -> list[str]:
    prefixes = tuple(_prefix(kind) for kind in kinds)
    fields = [(kind, name) for kind in kinds for name, each in kind.model_fields.items() if not each.validation_alias]
    known = {f"{_prefix(kind)}{name}".upper() for kind, name in fields}
    names = sorted(name for name in map(str.upper, variables) if name.startswith(prefixes) and name not in known)
    return [f"{name} is no setting; .env.example lists them all" for name in names]


def _prefix(kind: type[BaseSettings]) -> str:
    return str(kind.model_config.get("env_prefix", ""))


def _sentence(prefix: str, fault: Any) -> str:
    name = str(fault["loc"][-1]) if fault["loc"] else "settings"
    name = name if name.isupper() else f"{prefix}{name}".upper()
    text = "is not set" if fault["type"] == "missing" else fault["msg"].removeprefix("Value error, ")
    return f"{name} {text[:1].lower()}{text[1:]}"
