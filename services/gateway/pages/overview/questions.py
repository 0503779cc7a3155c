"""Questions of the coordinator that wait for an answer of the reader's organisation: the first thing to do."""

from datetime import date
from typing import Any

from fastapi import Request

from services.gateway.pages.frame.asking import ask, may
from services.gateway.pages.frame.beside import beside
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.overview.news import Names
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import gettext as _

_MOST = 5
# Longer than any list takes, and short enough to wait for a page.
_PATIENCE_S = 5.0


async def questions(request: Request, person: Person) -> list[dict[str, Any]]:
    """The reports that were asked about; none while nobody can say so: the page is whole without them."""
    if not may(person, "GET", "/reports") or not may(person, "PUT", "/reports/{id}"):
        return []
    own = str(person.principal.organisation_id)
    query = [("status", "question"), ("organisation_id", own), ("limit", str(_MOST)), ("sort", "updated")]
    asked = ask(request, person, "GET", "/reports", query=query)
    answer = await beside(asked, of="questions", patience_s=_PATIENCE_S)
    return list(answer.body["reports"]) if answer and answer.taken else []


def said(asked: list[dict[str, Any]], *, names: Names) -> Any:
    """Each with what it is about, in words."""
    return [
        {
            "id": each["id"],
            "what": names.categories.get(each["category"], each["category"]),
            "day": saying.weekday(date.fromisoformat(each["occurred_on"]), today=names.today),
            "area": names.areas.get(each["area_code"] or "", _("in no known place")),
        }
        for each in asked
    ]
