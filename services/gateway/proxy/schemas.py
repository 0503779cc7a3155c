"""HTTP shapes of what the API says of itself; a change here is an API change."""

from datetime import date

from pydantic import BaseModel


class ApiInfo(BaseModel):
    """What this API is, as the Swedish national REST profile asks (VER.06)."""

    api_name: str
    api_version: str
    api_released: date
    api_documentation: str
    api_status: str
