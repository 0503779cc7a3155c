"""Hands a file of areas to the service that holds it, as it was chosen."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from fastapi import Request, UploadFile

from services.gateway.pages.areas.codes import why_unread
from services.gateway.pages.frame.asking import Answer, ask
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.speech.language import gettext as _
from shared.errors import Malformed, NotFound, TooLarge

_PART = 262_144
_BYTES = {"Content-Type": "application/octet-stream"}


class Refused(Exception):
    """A file or a change was not taken. `why`: for the page."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def hold(request: Request, person: Person, file: UploadFile | None) -> UUID:
    """The id of the file, once it is held. Raises Refused."""
    if file is None or not file.size:
        raise Refused(_("Choose a file with something in it."))
    named = (file.filename or "")[:200].strip()
    answer = await _sent(request, person, file, [("name", named)] if named else [])
    if not answer.taken and any(each["field"] == "name" for each in answer.errors):
        # What it is called may name somebody; what is in it is the same without that.
        answer = await _sent(request, person, file, [])
    if not answer.taken:
        first = answer.errors[0] if answer.errors else {}
        raise Refused(why_unread(first.get("code", ""), first.get("about")))
    return UUID(answer.body["id"])


async def _sent(request: Request, person: Person, file: UploadFile, query: list[tuple[str, str]]) -> Answer:
    await file.seek(0)

    async def parts() -> AsyncIterator[bytes]:
        while part := await file.read(_PART):
            yield part

    try:
        return await ask(request, person, "POST", "/areas/files", query=query, body=parts(), headers=_BYTES)
    except TooLarge:
        raise Refused(
            _("The file is too large, or has too many areas or points. Take a part of it, or simplify its borders.")
        ) from None


async def find_file(request: Request, person: Person, file_id: UUID, *, layer: str) -> dict[str, Any] | None:
    """A file that is held, with what a layer of it offers; None where it is no longer here."""
    try:
        query = [("layer", layer)] if layer else []
        answer = await ask(request, person, "GET", f"/areas/files/{file_id}", query=query)
    except (NotFound, Malformed):
        return None
    found: dict[str, Any] | None = answer.body if answer.taken else None
    return found
