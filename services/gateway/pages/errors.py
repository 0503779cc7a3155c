"""The pages that say what went wrong, in Swedish and without blame."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from services.gateway.pages.rendering import page
from services.gateway.pages.texts.errors import PLACES, SV


def show_problem(request: Request, problem: dict[str, Any]) -> Response:
    """The page of a refusal: its heading, what one can do now, and the request id to name when asking for help."""
    code = str(problem["type"]).rpartition(":")[2]
    status = int(problem["status"])
    heading, advice = SV.get(code) or SV.get(str(status)) or SV["other"]
    return page(
        request,
        "error.html",
        status=status,
        words=PLACES,
        heading=heading,
        advice=advice,
        request_id=problem["request_id"],
        status_code=status,
    )
