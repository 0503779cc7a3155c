"""HTTP shapes of the token endpoint; a change here is an API change."""

from pydantic import BaseModel, Field


class Token(BaseModel):
    """An access token (RFC 6749 §5.1)."""

    access_token: str = Field(examples=["eyJhbGciOiJFZDI1NTE5In0..."])
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(description="Seconds.", examples=[600])
    scope: str = Field(examples=["reports:write reports:read"])


class TokenRefusal(BaseModel):
    """Why there is no token (RFC 6749 §5.2)."""

    error: str = Field(examples=["invalid_client"])
    error_description: str = Field(examples=["The client id and secret do not belong together."])
