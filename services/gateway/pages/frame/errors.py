"""The pages that say what went wrong, and without blame."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from services.gateway.pages.frame.addresses import misread
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.speech.language import Texts, marked

# By the code of a refusal, or else by its status: a heading, and what one can do.
HEADINGS = Texts(
    {
        "stale-form": marked("The form had become too old"),
        "form": marked("What was sent cannot be read"),
        "no-such-area": marked("There is no such area"),
        "400": marked("The address cannot be understood"),
        "403": marked("This is not open to you"),
        "404": marked("There is no such page"),
        "405": marked("The address is used in another way"),
        "413": marked("That was too much at once"),
        "422": marked("The address cannot be understood"),
        "429": marked("Too much at once"),
        "503": marked("The page cannot be shown just now"),
        "other": marked("Something went wrong"),
    }
)
ADVICE = Texts(
    {
        "stale-form": marked("You may have signed in again in another tab. Load the page again and try once more."),
        "form": marked("Go back in the browser: what you wrote still stands there. Look at it, and send it again."),
        "no-such-area": marked("It may have been replaced by others. Choose one of those on the overview."),
        "400": marked("Some part of the address is wrong. Begin again from the overview."),
        "403": marked("Do you need it in your work? Talk to the municipality's coordinator."),
        "404": marked("The address may be misspelt, or the page has moved. Begin again from the overview."),
        "405": marked("Go to the overview and begin again from there."),
        "413": marked("Send less at a time."),
        "422": marked("Some part of the address is wrong. Begin again from the overview."),
        "429": marked("Wait a minute and try again."),
        "503": marked("A part of the system does not answer. Nothing is lost. Try again in a while."),
        "other": marked("The fault is ours. Try again, and tell us if it happens again."),
    }
)


def show_problem(request: Request, problem: dict[str, Any]) -> Response:
    """The page of a refusal: its heading, what one can do now, and the request id to name when asking for help."""
    status = int(problem["status"])
    # A form that cannot be read has nothing to do with the address it was sent to.
    bent = "form" if request.method == "POST" and status in (400, 422) else ""
    named = (str(problem["type"]).rpartition(":")[2], bent, str(status))
    key = next((each for each in named if each in HEADINGS), "other")
    wrong = misread(request, problem)
    key = str(status) if wrong else key
    return page(
        request,
        "frame/error.html",
        status=status,
        person=request.state.person,
        heading=HEADINGS[key],
        advice=None if wrong else ADVICE[key],
        misread=wrong,
        at=wrong.without if wrong else None,
        request_id=problem["request_id"],
        status_code=status,
    )
