"""HTTP shapes of what the API says of itself; a change here is an API change."""

from datetime import date

from pydantic import BaseModel, Field


class ApiInfo(BaseModel):
    """What this API is, as the Swedish national REST profile asks (VER.06)."""

    api_name: str = Field(examples=["Samsyn"])
    api_version: str = Field(examples=["1.0.0"])
    api_released: date = Field(examples=["2026-11-20"])
    api_documentation: str = Field(examples=["https://samsyn.example/docs"])
    api_status: str = Field(examples=["active"])
