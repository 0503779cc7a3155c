"""samsyn import: what is typed wrongly is said in a sentence, before anything is sent."""

from pathlib import Path

import httpx
import pytest

from services.reports.cli import checked, import_file
from shared.errors import Refusal

NOBODY = "http://127.0.0.1:1"
WRONG = {
    "no address": ("", "secret", "--url"),
    "another kind of address": ("ftp://127.0.0.1", "secret", "--url"),
    "a control character": ("http://127.0.0.1:1/\x01", "secret", "--url"),
    "no port": ("http://127.0.0.1:x", "secret", "--url"),
    "half a character": (NOBODY, "secret\udcff", "UTF-8"),
    "nobody there": (NOBODY, "secret", "Nothing answers"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_typed_wrongly_is_said(kind: str, tmp_path: Path) -> None:
    """An address, a secret: never a traceback."""
    url, secret, words = WRONG[kind]
    file = tmp_path / "file.csv"
    file.write_text("a")
    with pytest.raises(Refusal) as refused:
        import_file(file, mapping="m", mapping_file=None, url=url, client_id="c", client_secret=secret, dry_run=False)
    assert words in refused.value.detail


def test_a_refusal_is_said_once() -> None:
    """A fault whose sentence is the answer's own adds nothing; another one is named with its field."""
    once = {"detail": "It has no column.", "errors": [{"field": "file", "detail": "It has no column."}]}
    with pytest.raises(Refusal) as refused:
        checked(httpx.Response(422, json=once))
    assert refused.value.detail == "It has no column."
    once["errors"] = [{"field": "/sheet", "detail": "There is none."}]
    with pytest.raises(Refusal) as refused:
        checked(httpx.Response(422, json=once))
    assert refused.value.detail == "It has no column. /sheet: There is none."
