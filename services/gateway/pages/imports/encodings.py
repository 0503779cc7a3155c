"""In which encoding a file may be written whose letters do not tell: each with how a cell of the file reads in it."""

from collections.abc import Mapping
from typing import Any

from services.gateway.pages.speech.language import Texts, marked
from services.gateway.pages.speech.language import gettext as _

# As the service reads such a file for its first rows.
_SHOWN_IN = "cp1252"
_LONGEST = 30
_LOST = "\ufffd"
_NAMES = Texts(
    {
        "cp1252": marked("Windows"),
        "mac-roman": marked("Macintosh"),
        "cp850": marked("DOS"),
        "cp437": marked("DOS, of the United States"),
        "utf-8": marked("UTF-8"),
    }
)


def encodings_of(suggestion: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, str]:
    """What can be chosen, by the codes of the service; nothing where the letters of the file tell it themselves."""
    if "encoding_unsure" not in suggestion["doubt_codes"]:
        return {}
    cells = [cell for row in suggestion["rows"] for cell in row if not cell.isascii() and _LOST not in cell]
    read = {code: _read(cells[0], code) if cells else None for code in _NAMES}
    named = {code: f"{name}: {read[code]}" if read[code] else name for code, name in _NAMES.items()}
    kept = document.get("encoding", "auto")
    return {"auto": _("– choose –"), **named, **({} if kept in (*named, "auto") else {kept: kept})}


def _read(cell: str, code: str) -> str | None:
    """The beginning of a cell as another encoding has it; None where it is none of it."""
    try:
        return cell.encode(_SHOWN_IN).decode(code)[:_LONGEST]
    except UnicodeError:
        return None
