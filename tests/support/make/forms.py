"""The form of a report as a browser fills it in: sent new, or read back from a page."""

import html
import re
from datetime import timedelta

from tests.support.make.days import today
from tests.support.make.people import Visitor, hidden

YESTERDAY = today() - timedelta(days=1)
FIELDS = ("day", "clock_from", "day_to", "clock_to", "lat", "lon", "version", "form_token")


async def send(visitor: Visitor, **changes: str) -> str:
    """Send a report by the form; the address of its page."""
    form = (await visitor.browser.get("/reports/new")).text
    typed = {
        "what": "order/noise", "day": YESTERDAY.isoformat(), "clock_from": "21:30", "clock_to": "22:15", "area": "01",
        "severity": "2", "certainty": "likely", "location_kind": "public", "text": "Hög musik vid norra entrén.",
        "form_token": hidden(form, "form_token"), "key": hidden(form, "key"),
    } | changes  # fmt: skip
    answer = await visitor.browser.post("/reports/new", data=typed)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


def filled(page: str) -> dict[str, str]:
    """The form as a browser would send it with nothing changed."""
    form = page[page.index('<form class="work"') :]
    typed = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input [^>]*?name="(\w+)"[^>]*? value="([^"]*)"', form)
        if name in FIELDS
    }
    for name, options in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', form, flags=re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected>', options)
        typed[name] = chosen[1] if chosen else ""
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form, flags=re.DOTALL)
    assert text is not None
    return typed | {"text": html.unescape(text[1])}
