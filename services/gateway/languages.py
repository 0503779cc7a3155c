"""Which languages the pages speak: English, in which they are written, and one for each catalogue in a folder.

Known without the pages, so that a wrong setting is told before anything is started.
"""

from pathlib import Path

from shared.settings import WrongSettings

WRITTEN_IN = "en"
LOCALE = Path(__file__).resolve().parent / "pages" / "locale"
INSIDE = Path("LC_MESSAGES", "samsyn.po")


def tags(folder: Path = LOCALE) -> list[str]:
    """The tags of the languages there are, without reading their catalogues."""
    return sorted({WRITTEN_IN, *(path.parts[-3].replace("_", "-") for path in folder.glob(f"*/{INSIDE}"))})


def check_usual(usual: str, *, folder: Path = LOCALE) -> None:
    """Raise WrongSettings unless the municipality's language is one that pages speak."""
    known = tags(folder)
    if usual.lower() not in {tag.lower() for tag in known}:
        raise WrongSettings(f"MUNICIPALITY_LANGUAGE is none of the languages of the pages: {', '.join(known)}")
