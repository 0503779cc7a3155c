"""docs/sharing.md says what the access table and its maker say: nobody writes in it by hand."""

from deploy.demo.sharing import beginning
from tests.support import ROOT


def test_the_page_begins_as_its_maker_begins_it() -> None:
    """The table and all words round it; the answers below are of a demonstration that ran."""
    page = (ROOT / "docs" / "sharing.md").read_text()
    assert page.startswith(beginning())
