"""What the dispatcher carries: what is to be sent, where to, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.notify.subscriptions.domain import Status
from services.notify.webhooks.ladder import Answer, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that this process may send until its lease ends. `attempts` counts those made on this ladder."""

    id: UUID
    subscription_id: UUID
    body_id: UUID
    attempts: int
    replay: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The bytes that are sent, stored and signed; `message_id` stays the same over all attempts."""

    message_id: str
    told_at: datetime
    content: bytes


class LastSent(NamedTuple):
    """What a delivery carries, and how its subscription stands now."""

    subscription_id: UUID
    body_id: UUID
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one claimed delivery. `answer` is None for one that was put back without being sent.

    told_at: when its fact was told. at: when the answer was there.
    """

    delivery: Claimed
    verdict: Verdict
    told_at: datetime
    at: datetime
    answer: Answer | None = None
