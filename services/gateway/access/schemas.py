"""HTTP shapes of the token endpoint and of what says how to use it; a change here is an API change."""

from pydantic import BaseModel, Field


class Token(BaseModel):
    """An access token (RFC 6749 §5.1)."""

    access_token: str = Field(examples=["eyJhbGciOiJFZDI1NTE5In0..."])
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(description="Seconds.", examples=[600])
    scope: str = Field(examples=["reports:write reports:read"])


class ServerMetadata(BaseModel):
    """How tokens are got here (RFC 8414 §2)."""

    issuer: str = Field(examples=["https://samsyn.example"])
    token_endpoint: str = Field(examples=["https://samsyn.example/oauth/token"])
    jwks_uri: str = Field(examples=["https://samsyn.example/oauth/jwks"])
    scopes_supported: list[str] = Field(examples=[["reports:read", "reports:write"]])
    response_types_supported: list[str] = Field(
        description="Empty: nobody is sent through a browser to get a token.", examples=[[]]
    )
    grant_types_supported: list[str] = Field(examples=[["client_credentials"]])
    token_endpoint_auth_methods_supported: list[str] = Field(examples=[["client_secret_basic", "client_secret_post"]])
    service_documentation: str = Field(examples=["https://samsyn.example/docs"])


class TokenRefusal(BaseModel):
    """Why there is no token (RFC 6749 §5.2)."""

    error: str = Field(examples=["invalid_client"])
    error_description: str = Field(examples=["The client id and secret do not belong together."])
