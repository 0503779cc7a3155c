"""Settings of the gateway; `GATEWAY_` in the environment."""

from ipaddress import ip_network
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_settings import SettingsConfigDict

from shared.access import Role
from shared.http.bounds import Bounds
from shared.settings import ServiceSettings
from shared.settings.kinds import (
    JSON_OBJECT,
    Bytes,
    Count,
    Issuer,
    Name,
    Networks,
    OptionalLine,
    Port,
    PrivateKey,
    PublicUrl,
    Seconds,
    ServiceUrl,
    WholeSeconds,
)


class Membership(BaseModel):
    """What a group at the OpenID provider makes of a person: a role in an organisation, by its name."""

    model_config = ConfigDict(extra="forbid")

    organisation: Name
    role: Role


class Settings(ServiceSettings):
    """What the gateway needs beside what every service needs."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    port: Port = 8000
    inner_port: Port = 8005
    public_url: PublicUrl = Field(
        default="http://127.0.0.1:8000", description="As callers know it; the issuer of tokens."
    )
    token_key: PrivateKey = Field(description="Ed25519 private key (JWK) that signs access tokens.")
    internal_key: PrivateKey = Field(description="Ed25519 private key (JWK) that signs what services are shown.")
    pepper: str = Field(min_length=16, max_length=1000, description="Mixed into every stored digest of a secret.")
    token_lifetime_s: WholeSeconds = Field(default=600, ge=60, le=3600)
    session_lifetime_s: WholeSeconds = Field(default=28_800, ge=300)
    reports_url: ServiceUrl = "http://127.0.0.1:8001"
    walks_url: ServiceUrl = "http://127.0.0.1:8002"
    events_url: ServiceUrl = "http://127.0.0.1:8003"
    notify_url: ServiceUrl = "http://127.0.0.1:8004"
    connect_timeout_s: Seconds = Field(default=2, description="Until a service takes the connection.")
    answer_timeout_s: Seconds = Field(default=25, description="Until a service says something, again and again.")
    stream_limit_bytes: Bytes = Field(default=536_870_912, description="Of a body that is a file.")
    stream_timeout_s: Seconds = 3600
    quota_requests: Count = Field(default=1200, description="A client's requests a window, unless it has its own.")
    quota_organisation: Count = Field(default=4800, description="Of all clients and people of one organisation.")
    quota_window_s: WholeSeconds = 60
    trusted_proxies: Networks = Field(
        default=[], description="Addresses or CIDRs of the proxies before the gateway: what they say of callers counts."
    )
    connections: Count = Field(default=1000, ge=10, description="At once, from everywhere.")
    connections_per_address: Count = Field(
        default=200, description="At once from one address (IPv6: 64 bits of it) that is no trusted proxy."
    )
    cookie_security: Literal["always", "https"] = Field(
        default="https", description="https: session cookies are Secure wherever public_url is https."
    )

    oidc_issuer: Issuer = Field(default="", description="An OpenID provider where people may sign in too.")
    oidc_client_id: OptionalLine = ""
    oidc_client_secret: OptionalLine = Field(default="", description="Not set: a public client, held by PKCE alone.")
    oidc_scopes: OptionalLine = "openid profile"
    oidc_name: OptionalLine = Field(
        default="", description="What the button on the sign-in page calls it; not set: the municipality's sign-in."
    )
    oidc_roles: Annotated[dict[Name, Membership], JSON_OBJECT] = Field(
        default_factory=dict,
        max_length=1000,
        description="Group or role there to organisation and role here; the first that fits.",
    )

    @model_validator(mode="after")
    def _whole_provider(self) -> Self:
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_roles):
            raise ValueError("GATEWAY_OIDC_ISSUER needs GATEWAY_OIDC_CLIENT_ID and GATEWAY_OIDC_ROLES")
        if self.oidc_issuer and "openid" not in self.oidc_scopes.split():
            raise ValueError("GATEWAY_OIDC_SCOPES must hold openid")
        return self

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
