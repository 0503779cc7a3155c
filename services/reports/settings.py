"""Settings of the reports service; `REPORTS_` in the environment."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings
from shared.settings.kinds import WHOLE, Bytes, Port, Seconds, WholeSeconds


class Settings(ServiceSettings):
    """What the reports service needs beside what every service needs."""

    model_config = SettingsConfigDict(env_prefix="REPORTS_")

    port: Port = 8001
    inner_port: Port = 8006
    areas_reload_s: Seconds = Field(default=5, description="How soon an area import elsewhere is seen here.")
    areas_limit_bytes: Bytes = Field(default=67_108_864, description="Of a file of areas.")
    import_limit_bytes: Bytes = 536_870_912
    import_timeout_s: WholeSeconds = 3600
    exports_at_once: Annotated[int, WHOLE] = Field(
        default=4, ge=2, le=50, description="Half of them for one organisation at most."
    )
    export_timeout_s: WholeSeconds = 600
