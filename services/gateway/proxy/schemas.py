"""HTTP shapes of what the API says of itself and of its callers; a change here is an API change."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from shared.access import Kind, Role


class ApiInfo(BaseModel):
    """What this API is, as the Swedish national REST profile asks (VER.06)."""

    api_name: str = Field(examples=["Samsyn"])
    api_version: str = Field(examples=["1.0.0"])
    api_released: date = Field(examples=["2026-11-20"])
    api_documentation: str = Field(examples=["https://samsyn.example/docs"])
    api_status: str = Field(examples=["active"])


class OwnOrganisation(BaseModel):
    """The organisation that a caller is of."""

    id: UUID = Field(examples=["7b0c9a52-3f64-4d3e-8f1a-2c5d6e7f8091"])
    name: str = Field(examples=["Bostads AB Granen"])
    kind: Kind = Field(examples=["housing"])


class Organisation(OwnOrganisation):
    """An organisation that takes part, or did."""

    active: bool = Field(description="False: it has left, and answers for nothing new.", examples=[True])


class Organisations(BaseModel):
    """Organisations, by name."""

    organisations: list[Organisation]


class Limits(BaseModel):
    """How much may be asked for; an operation with `x-cost` counts as so many requests."""

    window_s: int = Field(description="Requests are counted in windows of so many seconds.", examples=[60])
    requests: int = Field(description="Of this client, a window.", examples=[1200])
    requests_of_organisation: int = Field(
        description="Of all clients of your organisation together, a window.", examples=[4800]
    )
    body_bytes: int = Field(description="Of a body.", examples=[65536])
    large_body_bytes: int = Field(
        description="Of a body of an operation that costs ten or more, as a batch of reports.", examples=[1048576]
    )
    file_bytes: int = Field(description="Of a file.", examples=[536870912])
    page_rows: int = Field(default=1000, description="Rows a page.", examples=[1000])
    batch_reports: int = Field(default=1000, description="Reports a batch.", examples=[1000])
    keys_kept_h: int = Field(default=48, description="How long an Idempotency-Key is known, hours.", examples=[48])


class Me(BaseModel):
    """Who asks, and what they may."""

    client_id: str = Field(examples=["client_9f86d081884c7d65"])
    name: str | None = Field(description="What the municipality calls this client.", examples=["Ärendesystemet"])
    organisation: OwnOrganisation
    role: Role = Field(examples=["member"])
    scopes: list[str] = Field(examples=[["reports:read", "reports:write"]])
    areas: list[str] = Field(description="Codes; with all areas below them.", examples=[["011"]])
    credential: Literal["token", "api_key"] = Field(description="What this request was sent with.", examples=["token"])
    expires_at: datetime | None = Field(
        description="When that stops working; null: not by itself.", examples=["2026-11-22T08:25:00Z"]
    )
    limits: Limits
