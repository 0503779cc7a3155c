"""A page's form is filled in with what was typed before, and nothing else of the page changes."""

from html import unescape
from html.parser import HTMLParser

import pytest

from services.gateway.pages.frame.filling import filled_in

PAGE = """<!doctype html>
<p>5 &lt; 6 &amp; <svg viewBox="0 0 1 1"><path d="M0"/></svg><!-- why --></p>
<form method="post" action="/sign-out"><input type="hidden" name="form_token" value="now"></form>
<details class="a"><summary>Ask</summary>
<form method="post" action="/review">
<input type="hidden" name="form_token" value="now"><input type="hidden" name="key" value="new">
<input type="hidden" name="report" value="7"><input type="hidden" name="version" value="3">
<input type="hidden" name="outcome" value="question">
<textarea name="reason" rows="2">
old &amp; gone</textarea>
<select name="kind"><option value="">-</option><option value="a" selected>A</option>
<option value="b">B</option></select>
<input name="day" type="date" value="2026-01-01" required><input type="checkbox" name="sure" value="yes" checked>
<input type="file" name="file"><button name="outcome" value="x">Send</button>
</form></details>
<form method="post" action="/review"><input type="hidden" name="report" value="7">
<input type="hidden" name="outcome" value="rejected"><textarea name="reason">
</textarea></form>
"""
FIELDS = {
    "form_token": "then", "key": "old", "report": "7", "version": "2", "outcome": "question",
    "reason": 'Är </textarea><b> "det" så & så?\nJa', "kind": "b", "day": "2026-11-20", "unknown": "x",
}  # fmt: skip


class Read(HTMLParser):
    """The fields of the first form that is sent to /review: what a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.folded: list[bool] = []
        self._here, self._select, self._text, self._done = False, "", "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what stands in its attributes."""
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "details":
            self.folded.append("open" not in given)
        if tag == "form":
            self._here = given["action"] == "/review" and not self._done
        if not self._here:
            return
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.sent[name] = value
        if tag == "select":
            self._select = name
        if tag == "option" and "selected" in given:
            self.sent[self._select] = value
        if tag == "textarea":
            self._text, self.sent[name] = name, ""

    def handle_data(self, data: str) -> None:
        """Take what stands in a text."""
        if self._text:
            self.sent[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        """Leave a text, or the form."""
        if tag == "textarea":
            self._text = ""
        self._done = self._done or (tag == "form" and self._here)
        self._here = self._here and tag != "form"


def test_the_form_holds_what_was_typed() -> None:
    """Texts, choices and ticks as they were; the page's own token and key; the version that was looked at; unfolded."""
    page = filled_in(PAGE, action="/review", fields=FIELDS)
    assert page is not None
    read = Read()
    read.feed(page)
    own = {"form_token": "now", "key": "new", "file": ""}
    assert read.sent == {name: value for name, value in FIELDS.items() if name != "unknown"} | own | {
        "reason": "\n" + FIELDS["reason"]
    }
    assert read.folded == [False]


def test_all_else_stays_as_it_is() -> None:
    """What stands before the form and behind it, sign by sign."""
    page = filled_in(PAGE, action="/review", fields=FIELDS) or ""
    begin, end = PAGE.index("<details"), PAGE.index("</form></details>")
    assert page.startswith(PAGE[:begin])
    assert page.endswith(PAGE[end:])
    assert "<b>" not in page
    assert unescape(page).count(FIELDS["reason"]) == 1


@pytest.mark.parametrize(
    ("action", "changes"), [("/elsewhere", {}), ("/review", {"report": "8"}), ("/review", {"outcome": "accepted"})]
)
def test_a_form_of_other_things_is_not_filled_in(action: str, changes: dict[str, str]) -> None:
    """None where the page shows another report by now, or that cannot be done any longer."""
    assert filled_in(PAGE, action=action, fields=FIELDS | changes) is None
