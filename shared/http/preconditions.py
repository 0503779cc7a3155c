"""Which version of a thing a caller saw: ETags as answers bear them, If-Match as requests do.

Source: RFC 9110 §8.8.3 and §13.1.1.
`versions: IfMatch` in a route's signature takes the header, and its command refuses with Stale what is none of them.
`IfMatchToReplace` is for a PUT that also makes new things: only what is there already asks for the header; and
`IfMatchForMost` for a PATCH of which some fields can be sent unread. Both give an empty set where none was sent. With
`IfMatchIfSent` any version will do without one.
"""

import re
from typing import Annotated, Any, Literal

from fastapi import Depends, Header, Request

from shared.errors import Malformed

Versions = frozenset[int] | None  # None for `*`: any version

# §5.6.1: tags between commas, with nothing between some of them. Latin-1 beyond ASCII may be in a tag (obs-text).
_ELEMENT = r'[ \t]*(?:(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"[ \t]*)?'
_LIST = re.compile(rf"{_ELEMENT}(?:,{_ELEMENT})*")
# As `etag` writes them. A tag is a name, not a number: "01" is no version 1, and W/ is for what is only alike.
_OURS = re.compile(r'(?<!W/)"(0|[1-9][0-9]{0,8})"')
_HEADERS: dict[str, Any] = {
    "ETag": {
        "description": "Its version: what If-Match takes for a change. Absent where you may not change it.",
        "schema": {"type": "string", "maxLength": 20, "examples": ['"1"']},
    },
    "Location": {
        "description": "Where it is from now on: a path of this address.",
        "schema": {
            "type": "string",
            "maxLength": 200,
            "examples": ["/samsyn/v1/reports/01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18"],
        },
    },
}
# For tags that are none of ours: what nothing is ever at, where an empty set says that there was no header.
_NEVER = frozenset({-1})


def etag(version: int) -> str:
    """The ETag of a version: strong, for two versions differ in something that somebody may see."""
    return f'"{version}"'


def bears(*names: Literal["ETag", "Location"], status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The documented headers of an operation's answer, beside `problems`."""
    return {status: {"headers": {name: _HEADERS[name] for name in names}}}


def matched(if_match: str) -> Versions:
    """The versions that an If-Match lets be changed; none where it names none of ours. Raises Malformed.

    Weak tags name none: a change needs the very same. It is the command that refuses what matches nothing, for a
    precondition only counts for a request that is right without it (RFC 9110 §13.2.1).
    """
    value = if_match.strip(" \t")
    if value == "*":
        return None
    if _LIST.fullmatch(value) is None:
        raise Malformed('If-Match holds ETags in their quotes, as GET gave them ("1"), or * for any version.')
    return frozenset(int(found) for found in _OURS.findall(value))


async def _versions(
    request: Request,
    if_match: Annotated[
        str,
        Header(
            alias="If-Match",
            max_length=200,
            description="The ETag that you read, or * for any version.",
            examples=['"1"'],
        ),
    ],
) -> Versions:
    _ = if_match  # one line of it, for the description; several lines are one list
    return matched(", ".join(request.headers.getlist("if-match")))


async def _versions_replaced(
    request: Request,
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            max_length=200,
            description="To replace what is there: the ETag that you read, or * for any version. New things need none.",
            examples=['"1"'],
        ),
    ] = None,
) -> Versions:
    if if_match is None:
        return frozenset()
    versions = matched(", ".join(request.headers.getlist("if-match")))
    return _NEVER if versions == frozenset() else versions


async def _versions_if_sent(
    request: Request,
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            max_length=200,
            description="The ETag that you read: 412 where somebody changed it since. Without it any version will do.",
            examples=['"1"'],
        ),
    ] = None,
) -> Versions:
    return None if if_match is None else matched(", ".join(request.headers.getlist("if-match")))


async def _versions_of_what_could_be_lost(
    request: Request,
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            max_length=200,
            description="The ETag that you read, or * for any version. Needed but for what its operation names.",
            examples=['"1"'],
        ),
    ] = None,
) -> Versions:
    return await _versions_replaced(request, if_match)


IfMatch = Annotated[Versions, Depends(_versions)]
IfMatchToReplace = Annotated[Versions, Depends(_versions_replaced)]
IfMatchForMost = Annotated[Versions, Depends(_versions_of_what_could_be_lost)]
IfMatchIfSent = Annotated[Versions, Depends(_versions_if_sent)]
