"""Settings of the gateway; `GATEWAY_` in the environment."""

from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings, ed25519_jwk


class Settings(ServiceSettings):
    """What the gateway needs beside what every service needs."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", extra="ignore", populate_by_name=True)

    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = Field(default="http://127.0.0.1:8000", description="As callers know it; the issuer of tokens.")
    token_key: str = Field(description="Ed25519 private key (JWK) that signs access tokens.")
    internal_key: str = Field(description="Ed25519 private key (JWK) that signs what services are shown.")
    pepper: str = Field(min_length=16, description="Mixed into every stored digest of a secret.")
    token_lifetime_s: int = Field(default=600, ge=60, le=3600)
    session_lifetime_s: int = Field(default=28_800, ge=300)
    reports_url: str = "http://127.0.0.1:8001"
    walks_url: str = "http://127.0.0.1:8002"
    events_url: str = "http://127.0.0.1:8003"
    notify_url: str = "http://127.0.0.1:8004"
    connect_timeout_s: float = Field(default=2, gt=0, description="Until a service takes the connection.")
    answer_timeout_s: float = Field(default=25, gt=0, description="Until a service says something, again and again.")
    stream_limit_bytes: int = Field(default=536_870_912, ge=1024, description="Of a body that is a file.")
    stream_timeout_s: float = Field(default=3600, gt=0)
    quota_requests: int = Field(default=1200, ge=1, description="A client's requests a window, unless it has its own.")
    quota_window_s: int = Field(default=60, ge=1)
    cookie_security: Literal["always", "https"] = Field(
        default="https", description="https: session cookies are Secure wherever public_url is https."
    )

    @field_validator("token_key", "internal_key")
    @classmethod
    def _private_key(cls, value: str) -> str:
        ed25519_jwk(value)
        if '"d"' not in value:
            raise ValueError("is a public key; the private one is needed here")
        return value

    def url_of(self, service: str) -> str:
        """Where a service answers."""
        return str(getattr(self, f"{service}_url")).rstrip("/")
