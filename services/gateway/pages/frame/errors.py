"""The pages that say what went wrong, and without blame."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from services.gateway.pages.frame.error_words import PLACES, TEXT
from services.gateway.pages.frame.rendering import page


def show_problem(request: Request, problem: dict[str, Any]) -> Response:
    """The page of a refusal: its heading, what one can do now, and the request id to name when asking for help."""
    code = str(problem["type"]).rpartition(":")[2]
    status = int(problem["status"])
    heading, advice = TEXT.get(code) or TEXT.get(str(status)) or TEXT["other"]
    return page(
        request,
        "frame/error.html",
        status=status,
        words=PLACES,
        heading=heading,
        advice=advice,
        request_id=problem["request_id"],
        status_code=status,
    )
