"""HTTP shapes of the notify service; a change here is an API change."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notify.subscriptions.domain import Signature, Status
from services.notify.webhooks.addresses import MOST_URL_CHARS
from shared.access.telling import TOLD
from shared.messages.reports import CATEGORIES
from shared.privacy.free_text import Confirmed, Screened
from shared.resent import UNSAID, Resent, without_defaults
from shared.shapes import Among, AreaCode, Body, Line

MessageType = Annotated[str, Among(frozenset(message.type for message in TOLD))]
Category = Annotated[str, Among(CATEGORIES)]
Url = Annotated[
    str,
    Line(MOST_URL_CHARS),
    Screened(codes=True),
    Field(examples=["https://hooks.example.org/samsyn"]),
]
Types = Annotated[
    list[MessageType], Field(max_length=50, examples=[["report.submitted"]], description="Message types.")
]
Categories = Annotated[
    list[Category],
    Field(
        max_length=50,
        examples=[["order"]],
        description="Of reports. One that is corrected to another category is told for both: `category_from` says "
        "which it had.",
    ),
]
AreaCodes = Annotated[
    list[AreaCode],
    Field(max_length=200, examples=[["011"]], description="An area stands for all areas below it too."),
]
Description = Annotated[
    str,
    Line(200, least=0),
    Screened(),
    Field(
        description="In your own words; write nothing about persons.",
        examples=["Ärendesystemet, mottagning"],
    ),
]


class NewSubscription(Body):
    """What an organisation wants to be told, and where. An empty list asks for all."""

    url: Url
    types: Types = Field(default=[])
    categories: Categories = Field(default=[])
    area_codes: AreaCodes = Field(default=[])
    description: Description = ""
    signature: Signature = Field(
        default="v1", description="v1: HMAC-SHA256 with a shared secret. v1a: Ed25519, checked with a public key."
    )
    confirmed_no_personal_data: Confirmed = False


class Subscription(BaseModel):
    """A subscription, without its secret."""

    id: UUID
    url: str = Field(examples=["https://hooks.example.org/samsyn"])
    types: list[str] = Field(examples=[["report.submitted"]])
    categories: list[str] = Field(examples=[["order"]])
    area_codes: list[str] = Field(examples=[["011"]])
    description: str = Field(examples=["Ärendesystemet, mottagning"])
    signature: Signature
    public_key: str | None = Field(
        description="For v1a: what receivers check signatures with (whpk_…).", examples=[None]
    )
    status: Status = Field(description="disabled: the endpoint answered 410, or was unreachable for days.")
    failing_since: datetime | None = Field(
        description="When deliveries began to fail, if the last ones did.", examples=[None]
    )
    held_until: datetime | None = Field(
        description="Until then nothing is sent: the address failed ten times in a row, or no connection to its host "
        "came about ten times in a row. Then one delivery is tried, and when it arrives the others follow. A test, a "
        "replay or a change of the subscription has one tried at once. Null: nothing is held back.",
        examples=[None],
    )
    verified_at: datetime | None = Field(
        description="When the endpoint wrote back a test's challenge. Until then no text of its answers is kept.",
        examples=["2026-11-22T08:20:00Z"],
    )
    version: int = Field(description="Also the ETag: send it back as If-Match.", examples=[1])
    created_at: datetime = Field(examples=["2026-11-22T08:15:00Z"])


class SubscriptionWithSecret(Subscription):
    """A new subscription. The secret is shown here and never again."""

    secret: str | None = Field(
        description="For v1: what receivers check signatures with. Null for v1a.", examples=["whsec_MfKQ9r8G…"]
    )


class SubscriptionPage(BaseModel):
    """A stretch of a list, the last made first."""

    subscriptions: list[Subscription]
    next_cursor: str | None = Field(description="Null on the last page.", examples=["WyIwMTkzNmY1ZS04ZDJhIl0"])


class SubscriptionChange(Resent):
    """What of a subscription is to be changed; a field that is left out stays. Its secret and signature stay."""

    model_config = ConfigDict(json_schema_extra=without_defaults)
    shown = Subscription
    passing = frozenset({"failing_since", "held_until"})

    url: Url = Field(default=UNSAID, description="Another one has to be verified anew, by a test message.")
    types: Types = UNSAID
    categories: Categories = UNSAID
    area_codes: AreaCodes = UNSAID
    description: Description = UNSAID
    status: Status = Field(
        default=UNSAID,
        description="active or paused; disabled only as it was read. If-Match is not needed where this alone is sent.",
        examples=["paused"],
    )
    confirmed_no_personal_data: Confirmed = False


class NewSecret(Body):
    """How long the old secret signs beside the new one."""

    overlap_hours: int = Field(
        default=24, ge=0, le=168, strict=True, description="0 if the old one became known.", examples=[24]
    )


class RotatedSecret(BaseModel):
    """The new secret. It is shown here and never again."""

    secret: str | None = Field(description="Null for v1a.", examples=["whsec_MfKQ9r8G…"])
    public_key: str | None = Field(description="Null for v1.", examples=[None])
    old_until: datetime = Field(
        description="Until then webhooks carry the old signature too.", examples=["2026-11-23T08:15:00Z"]
    )


# What is kept under an Idempotency-Key holds no secret: the same request gets it again from where it lies sealed.
class KeptSubscription(BaseModel):
    """A subscription that was made, and the secret it was made with."""

    id: UUID
    secret_id: UUID


class KeptSecret(BaseModel):
    """A secret that was made, and how long the one before it signs."""

    secret_id: UUID
    old_until: datetime
