"""Ways back: none forgets what the list that it leads to was asked for."""

import re
from pathlib import Path

from services.gateway import pages
from services.gateway.pages.frame.way_back import LISTS
from shared.http.parameters import names_of
from tests.support.look.every_page import routes_of

TEMPLATES = Path(pages.__file__).parent
WAYS = re.compile(r'<nav class="path">\s*<a href="([^"]*)">\s*<span aria-hidden="true">←')
# What a page says once of what was just done; nobody asks for it again.
RECEIPTS = {"placing", "moving", "undone"}


def test_a_way_back_that_is_written_out_leads_where_nothing_is_chosen() -> None:
    """A list that takes choices is led back to by `way_back`, which has them."""
    ways = {way for each in TEMPLATES.rglob("*.html") for way in WAYS.findall(each.read_text())}
    shown = [each for each in routes_of(pages.router) if "GET" in (each.methods or ())]
    chosen = {each.path for each in shown if not set(names_of(each.dependant)) <= RECEIPTS}
    assert ({"/import", "/areas", "{{ back }}"} <= ways, set(LISTS) <= chosen) == (True, True)
    assert not ways & chosen
