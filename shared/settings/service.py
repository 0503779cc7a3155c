"""What each of the five services is told: whom it serves, where it listens, its database, the bus."""

import re
from datetime import date
from typing import Annotated, Literal, Self

from babel import localedata
from pydantic import AliasChoices, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared import moments
from shared.geo import register
from shared.settings import kinds
from shared.settings.kinds import WHOLE, Absent, BusUrl, Bytes, DatabaseUrl, Day, Host, Name, Port, PublicKey


class Municipality(BaseSettings):
    """The one municipality this installation serves. Nothing else in the code knows a city or a country."""

    model_config = SettingsConfigDict(env_prefix="MUNICIPALITY_", extra="forbid", enable_decoding=False)

    name: Name = "Municipality"
    code: Annotated[
        str,
        Field(max_length=100),
        kinds.written(r"[0-9A-Za-z-]{1,16}", "must be 1 to 16 letters A to Z, digits and hyphens, such as 2380"),
    ] = "0000"
    time_zone: str = Field(default="Europe/Stockholm", max_length=100)
    crs: Annotated[
        str,
        Field(max_length=100, description="Projected, metres."),
        kinds.written(r"EPSG:[0-9]{4,6}", "must be the EPSG code of a projected system in metres, such as EPSG:3006"),
    ] = "EPSG:3006"
    cycle_days: Annotated[Literal[7, 14, 28], WHOLE] = 14
    cycle_start: Day = Field(default=date(2024, 1, 1), description="First day of any cycle; the others follow from it.")
    publication_days: Annotated[Literal[1, 7], WHOLE] = Field(
        default=7, description="Units whose counts are published for those who get counts only, from the cycle's start."
    )
    language: str = Field(
        default="sv", max_length=10, description="Of pages nobody chose one for, and of searches: a tag of CLDR's."
    )
    fictive: bool = Field(default=False, description="Every page says that what it shows is made up.")

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", value) is None or not localedata.exists(value.replace("-", "_")):
            raise ValueError("is no tag of a language, such as sv or en")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return moments.zone_named(value).key

    @field_validator("crs")
    @classmethod
    def _metres(cls, value: str) -> str:
        if not register.counts_metres(value):
            raise ValueError("is no projected system of the EPSG register in metres, such as EPSG:3006")
        return value


class ServiceSettings(BaseSettings):
    """What each of the five services needs. A service's own class sets `env_prefix` and adds its own fields."""

    model_config = SettingsConfigDict(extra="forbid", populate_by_name=True, enable_decoding=False)

    host: Host = "127.0.0.1"
    port: Port = 8000
    inner_host: Host = Field(default="127.0.0.1", description="Where probes and metrics are answered, nowhere else.")
    inner_port: Port = 8005
    database_url: DatabaseUrl = Field(description="PostgreSQL 15 or later; the role that serves.")
    migration_url: Annotated[DatabaseUrl | None, Absent] = Field(
        default=None, description="The role that owns the tables; else database_url."
    )
    database_connections: Annotated[int, WHOLE] = Field(default=10, ge=2, le=100)
    statement_timeout_s: kinds.WholeSeconds = 30
    bus_url: BusUrl = Field(validation_alias=AliasChoices("BUS_URL", "KAFKA_BOOTSTRAP_SERVERS", "bus_url"))
    internal_public_key: PublicKey = Field(validation_alias=AliasChoices("INTERNAL_PUBLIC_KEY", "internal_public_key"))
    log_format: Literal["json", "text", "auto"] = Field(
        default="auto", validation_alias=AliasChoices("LOG_FORMAT", "log_format")
    )
    body_limit_bytes: Bytes = 1_048_576
    request_timeout_s: kinds.WholeSeconds = 30
    drain_timeout_s: Annotated[int, WHOLE] = Field(
        default=5, ge=0, le=3600, description="How long a stopping relay may go on sending."
    )
    instance: Annotated[
        str,
        Field(max_length=1000, description="Names this process among its likes, for ever."),
        kinds.written(r"[0-9A-Za-z._-]{1,100}", "must be 1 to 100 letters, digits, dots, hyphens and underscores"),
    ] = "0"
    municipality: Municipality = Field(default_factory=Municipality)

    @model_validator(mode="after")
    def _two_ports(self) -> Self:
        if self.port == self.inner_port:
            prefix = self.model_config.get("env_prefix", "")
            raise ValueError(f"{prefix}INNER_PORT must be another port than {prefix}PORT")
        return self
