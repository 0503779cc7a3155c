"""The access table as a contract: whatever is told has its row there, and whatever has a row is whole."""

from collections.abc import Iterable, Iterator
from typing import get_args

from shared.access import COARSE, ROLES_OF_KIND, TABLE, Thing
from shared.access.table import ALL, NONE, ROLES
from shared.messages import MESSAGES, Message


def faults(messages: Iterable[type[Message]] = MESSAGES) -> list[str]:
    """What the table does not say, a sentence each: of messages, of things, of roles."""
    return [*_of_table(), *(fault for message in messages for fault in _of_message(message))]


def _of_table() -> Iterator[str]:
    for thing in get_args(Thing):
        rows = TABLE.get(thing)
        if rows is None:
            yield f"{thing} has no row in shared/access/table.py"
            continue
        yield from (f"{thing} says nothing of the role {role}" for role in ROLES if role not in rows)
        sights = {sight for row in rows.values() for sight in (row.own, row.own_areas, row.elsewhere)}
        if ("coarse" in sights) != (thing in COARSE):
            yield f"{thing} is seen coarsely, or says what that holds, but not both"
    given = {role for roles in ROLES_OF_KIND.values() for role in roles}
    yield from (f"no kind of organisation has the role {role}" for role in ROLES if role not in given)


def _of_message(message: type[Message]) -> Iterator[str]:
    rows = {name: row for name, row in TABLE.items() if name == message.thing}
    if not rows:
        yield f"{message.type} is about {message.thing or 'nothing'}, which has no row in shared/access/table.py"
        return
    yield from (f"{message.type} has no field {name}" for name in message.whose if name not in message.model_fields)
    given = {row for roles in rows.values() for row in roles.values()}
    if not message.whose and given not in ({ALL}, {NONE}):
        yield f"{message.type} does not say whose it is, and only some may see it"
