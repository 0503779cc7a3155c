"""Written forms in sentences, whether all of one is found, and how many of each kind should be."""

import random
import unicodedata
from collections.abc import Mapping

from shared.privacy import screen
from tests.support.make.disguises import Form
from tests.support.make.personal_data import SENTENCES, Planted

# How much of each kind is found at the least, over all its forms. Names have no form that a rule could rely on.
LEAST: Mapping[str, float] = {
    "personnummer": 0.995,
    "samordningsnummer": 0.995,
    "payment_card": 0.995,
    "iban": 0.995,
    "birth_date": 0.97,
    "phone": 0.97,
    "email": 0.97,
    "plate": 0.97,
}


def planted_in(form: Form, random_: random.Random) -> Planted:
    """One of a form in a sentence."""
    before, after = (form.around.join(random_.choice(SENTENCES).split("{}"))).split("{}")
    written = form.write(random_)
    return Planted(f"{before}{written}{after}", len(before), len(before) + len(written))


def is_found(text: Planted) -> bool:
    """Whether no letter or digit of what was planted is left over once everything found is struck out."""
    left = set(range(text.start, text.end))
    for hit in screen(text.text):
        left -= set(range(hit.start, hit.end))
    return not any(unicodedata.category(text.text[place])[:2] in ("Lu", "Ll", "Nd", "No") for place in left)
