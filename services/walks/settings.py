"""Settings of the walks service; `WALKS_` in the environment."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """What every service needs; this one needs nothing more."""

    model_config = SettingsConfigDict(env_prefix="WALKS_", extra="forbid", populate_by_name=True)

    port: int = Field(default=8002, ge=0, le=65535)
    inner_port: int = Field(default=8007, ge=0, le=65535)
