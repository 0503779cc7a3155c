"""Settings of the events service; `EVENTS_` in the environment."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """What the events service needs beside what every service needs."""

    model_config = SettingsConfigDict(env_prefix="EVENTS_", extra="forbid", populate_by_name=True)

    port: int = Field(default=8003, ge=0, le=65535)
    inner_port: int = Field(default=8008, ge=0, le=65535)
    areas_reload_s: float = Field(default=5, gt=0, description="How soon a change to the areas is used for placing.")
    clash_margin_h: int = Field(default=2, ge=0, le=48, description="Gatherings this far apart in time still clash.")
    clash_distance_m: int = Field(default=500, ge=0, le=50_000, description="Gatherings this near each other clash.")
