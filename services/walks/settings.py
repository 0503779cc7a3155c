"""Settings of the walks service; `WALKS_` in the environment."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings
from shared.settings.kinds import Port


class Settings(ServiceSettings):
    """What every service needs; this one needs nothing more."""

    model_config = SettingsConfigDict(env_prefix="WALKS_")

    port: Port = 8002
    inner_port: Port = 8007
