"""A made-up translation of every text, so that a language needs no translator."""

import shutil
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from deploy.contracts import catalogues
from services.gateway.languages import INSIDE, LOCALE
from tests.support import ROOT


def made_up(text: str) -> str:
    """What a text is in the made-up language: with signs that would be markup."""
    return f"ż<{text}>"


def add_language(folder: Path, tag: str) -> Path:
    """The repository's catalogues in a folder of its own, and one more with the plural rule of its language.

    Each form of a plural says which one it is.
    """
    shutil.copytree(LOCALE, folder, dirs_exist_ok=True)
    catalogue = Catalog(locale=tag, charset="utf-8")
    for message in catalogues.texts(ROOT):
        if message.id:
            forms = catalogues.forms(message.id)
            translated = [f"{made_up(forms[-1])} ({number})" for number in range(catalogue.num_plurals)]
            string = made_up(forms[0]) if len(forms) == 1 else tuple(translated)
            catalogue.add(message.id, string, context=message.context)
    path = folder / tag / INSIDE
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalogue)
    return path
