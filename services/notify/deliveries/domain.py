"""What the dispatcher carries: what is to be sent, where to, and what came of it."""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.notify.subscriptions.domain import Reached, Status
from services.notify.webhooks.ladder import DELIVERED, Answer, Verdict
from shared.access import Role

TEST_TYPE = "subscription.test"


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
    """The bytes that are sent, stored and signed; `message_id` stays the same over all attempts.

    role: whose eyes it was made for. challenge: of a test message, what its receiver writes back to prove that the
    endpoint is the subscriber's.
    """

    message_id: str
    role: Role
    told_at: datetime
    content: bytes
    challenge: str | None = None


class Due(NamedTuple):
    """When the first delivery of a subscription is due (seconds; negative when it is late), and how that stands now."""

    wait_s: float
    version: int


class LastSent(NamedTuple):
    """What a delivery carries and for whose eyes it was made; how its subscription stands now, and for whose."""

    subscription_id: UUID
    body_id: UUID
    made_for: Role
    role: Role
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one claimed delivery. `answer` is None for one that was put back, or dropped, without being sent.

    told_at: when its fact was told. at: when the answer was there. sent_to: the URL that was asked. proved: its answer
    was the challenge.
    """

    delivery: Claimed
    verdict: Verdict
    told_at: datetime
    at: datetime
    answer: Answer | None = None
    sent_to: str = ""
    proved: bool = False

    @property
    def reached(self) -> Reached:
        """Of whose endpoint, and of which, it says something."""
        return self.delivery.subscription_id, self.sent_to


def proves(answer: Answer, verdict: Verdict, challenge: str | None) -> bool:
    """Whether a receiver wrote back the challenge of a test message, and nothing else.

    A server that happens to stand at an address and knows nothing of us answers with something else, or with more.
    """
    if challenge is None or verdict.outcome != DELIVERED:
        return False
    return hmac.compare_digest(answer.excerpt.strip().encode(), challenge.encode())


def kept(answer: Answer, *, of_theirs: bool) -> Answer:
    """The answer as it is stored: without its text, unless the endpoint is known to be the subscriber's.

    Else a subscriber could read with our eyes what machines answer that only we can reach. Words of ours stay.
    """
    return answer if of_theirs or answer.status is None else replace(answer, excerpt="")
