"""Settings of the reports service; `REPORTS_` in the environment."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """What the reports service needs beside what every service needs."""

    model_config = SettingsConfigDict(env_prefix="REPORTS_", extra="forbid", populate_by_name=True)

    port: int = Field(default=8001, ge=0, le=65535)
    inner_port: int = Field(default=8006, ge=0, le=65535)
    areas_reload_s: float = Field(default=5, gt=0, description="How soon an area import elsewhere is seen here.")
    areas_limit_bytes: int = Field(default=67_108_864, ge=1024, description="Of a file of areas.")
    import_limit_bytes: int = Field(default=536_870_912, ge=1024)
    import_timeout_s: int = Field(default=3600, ge=1)
    exports_at_once: int = Field(default=4, ge=2, le=50, description="Half of them for one organisation at most.")
    export_timeout_s: int = Field(default=600, ge=1)
