"""Settings of the events service; `EVENTS_` in the environment."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings
from shared.settings.kinds import WHOLE, Port, Seconds


class Settings(ServiceSettings):
    """What the events service needs beside what every service needs."""

    model_config = SettingsConfigDict(env_prefix="EVENTS_")

    port: Port = 8003
    inner_port: Port = 8008
    areas_reload_s: Seconds = Field(default=5, description="How soon a change to the areas is used for placing.")
    clash_margin_h: Annotated[int, WHOLE] = Field(
        default=2, ge=0, le=48, description="Gatherings this far apart in time still clash."
    )
    clash_distance_m: Annotated[int, WHOLE] = Field(
        default=500, ge=0, le=50_000, description="Gatherings this near each other clash."
    )
