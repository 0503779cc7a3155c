"""Settings of the gateway; `GATEWAY_` in the environment."""

from ipaddress import ip_network
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from shared.http.bounds import Bounds
from shared.settings import ServiceSettings, ed25519_jwk


class Membership(BaseModel):
    """What a group at the OpenID provider makes of a person: a role in an organisation, by its name."""

    organisation: str
    role: str


class Settings(ServiceSettings):
    """What the gateway needs beside what every service needs."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", extra="forbid", populate_by_name=True)

    port: int = Field(default=8000, ge=0, le=65535)
    inner_port: int = Field(default=8005, ge=0, le=65535)
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
    quota_organisation: int = Field(default=4800, ge=1, description="Of all clients and people of one organisation.")
    quota_window_s: int = Field(default=60, ge=1)
    trusted_proxies: list[str] = Field(
        default=[], description="Addresses or CIDRs of the proxies before the gateway: what they say of callers counts."
    )
    connections: int = Field(default=1000, ge=10, description="At once, from everywhere.")
    connections_per_address: int = Field(
        default=200, ge=1, description="At once from one address (IPv6: 64 bits of it) that is no trusted proxy."
    )
    cookie_security: Literal["always", "https"] = Field(
        default="https", description="https: session cookies are Secure wherever public_url is https."
    )

    oidc_issuer: str = Field(default="", description="An OpenID provider where people may sign in too.")
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", description="Not set: a public client, held by PKCE alone.")
    oidc_scopes: str = "openid profile"
    oidc_name: str = Field(
        default="", description="What the button on the sign-in page calls it; not set: the municipality's sign-in."
    )
    oidc_roles: dict[str, Membership] = Field(
        default_factory=dict, description="Group or role there to organisation and role here; the first that fits."
    )

    @model_validator(mode="after")
    def _whole_provider(self) -> Self:
        if not self.oidc_issuer:
            return self
        address = urlsplit(self.oidc_issuer)
        if address.scheme != "https" and address.hostname not in ("127.0.0.1", "localhost"):
            raise ValueError("GATEWAY_OIDC_ISSUER is an https address")
        if not self.oidc_client_id or not self.oidc_roles:
            raise ValueError("GATEWAY_OIDC_ISSUER needs GATEWAY_OIDC_CLIENT_ID and GATEWAY_OIDC_ROLES")
        return self

    @field_validator("trusted_proxies")
    @classmethod
    def _some_networks(cls, value: list[str]) -> list[str]:
        try:
            networks = [ip_network(each) for each in value]
        except ValueError:
            raise ValueError("holds something that is neither an address nor a network such as 10.0.0.0/24") from None
        if any(network.prefixlen == 0 for network in networks):
            raise ValueError("holds everybody, who could then call themselves what they like")
        return value

    @field_validator("token_key", "internal_key")
    @classmethod
    def _private_key(cls, value: str) -> str:
        ed25519_jwk(value)
        if '"d"' not in value:
            raise ValueError("is a public key; the private one is needed here")
        return value

    @property
    def bounds(self) -> Bounds:
        """What connections to the gateway may cost."""
        proxies = tuple(ip_network(each) for each in self.trusted_proxies)
        return Bounds(
            connections=self.connections, connections_per_address=self.connections_per_address, proxies=proxies
        )

    def url_of(self, service: str) -> str:
        """Where a service answers."""
        return str(getattr(self, f"{service}_url")).rstrip("/")
