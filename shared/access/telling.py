"""What may be told of a message, and to whom: the table of `access` for facts that travel.

A message class says itself what it is about (`thing`) and whose that is (`whose`); the feed, webhooks and the read
model ask here, so that they agree.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.access.table import COARSE, NONE, ROLES, SHOWN, Principal, Sight, roles_within, sharing, sight_of
from shared.ids import day_of
from shared.messages import MESSAGES, Message


def parties(message: Message) -> tuple[UUID | None, ...]:
    """The organisations whose it is; none for reference data, which is everybody's."""
    return tuple(getattr(message, name) for name in message.whose)


def is_told(message: type[Message]) -> bool:
    """Whether the table lets anybody at all be told of such messages; others travel between services alone."""
    return any(sharing(role, message.thing) != NONE for role in ROLES)


# What partners may be told of, each as far as it may know.
TOLD = tuple(message for message in MESSAGES if is_told(message))


def areas_of(message: Message) -> tuple[str | None, str | None]:
    """Where a message's thing is, and the other area that it moved from or to."""
    moved = (getattr(message, name, None) for name in ("moved_from", "moved_to"))
    return getattr(message, "area_code", None), next((code for code in moved if code is not None), None)


def categories_of(message: Message) -> frozenset[str] | None:
    """Of what kind a message's thing is, and was before; None where it has none, or was told before that was said."""
    said = (getattr(message, name, None) for name in ("category", "category_from"))
    return frozenset(each for each in said if each) or None


def told_to(principal: Principal, message: Message, *, path: Sequence[str], other: Sequence[str] = ()) -> Sight:
    """How much of a message this reader gets. path, other: those of `areas_of` (empty: nowhere)."""
    theirs = not message.made_in or getattr(message, message.made_in) in roles_within(principal.role)
    whose = parties(message) if theirs else ()
    moved = bool(message.also_in) and getattr(message, message.also_in) is not None
    if moved or message.unless_in:
        there = sight_of(principal, message.thing, whose=whose, path=other) in SHOWN
        if there != moved:
            return "nothing"
    return sight_of(principal, message.thing, whose=whose, path=path)


def coarse_facts(message: type[Message]) -> frozenset[str]:
    """Fields that a message may show of its thing coarsely: which one, of which version, and what is coarse of it."""
    coarse: frozenset[str] = COARSE.get(message.thing, frozenset())  # type: ignore[call-overload]
    return coarse | {message.keyed_by, "sequence"}


def coarse_moment(at: datetime) -> datetime:
    """When something was told, for who sees it coarsely: its day, as the message's id says it too."""
    return day_of(at)
