"""What stands in the place of a reference where there is none: two rows with it are not one report. Pure.

It is known by itself alone, never by what stands about it: the same text is the same in each file of a sender, in
whatever order, so a row is not known in one way today and in another tomorrow.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

# Signs alone, noughts alone, x alone, nines from four on, and what a spreadsheet writes where it cannot calculate.
# 9 and 99 stand in any list; of four digits one in ten thousand is 9999. A row that is wrongly taken for one without
# a reference is still known by what it says; taken wrongly for one with it, it takes the place of another incident.
_FORMS = re.compile(r"[\W_]*+(?:0[\W_0]*+|x[\W_x]*+|9(?:[\W_]*+9){3,}+[\W_]*+)?|#[^\W\d_]++(?:/0)?[!?]", re.IGNORECASE)
_SIGNS = " \t\n-–—_.,:;?!#*/\\()[]{}<>\"'"
_LISTED = (
    # What programs write, and what people write in English.
    "n/a|na|n.a|none|null|nil|nan|undefined|blank|empty|unknown|not known|not available|not applicable|not given"
    "|not set|no reference|missing|pending|new|test|testing|tbd|tba|tbc|todo"
    # In Swedish.
    "|saknas|uppgift saknas|nummer saknas|ärendenummer saknas|diarienummer saknas|ingen|inget|inga|ingen uppgift"
    "|ingen referens|inget nummer|inget ärendenummer|utan|utan nummer|okänd|okänt|ej känd|ej känt|ej angiven"
    "|ej angivet|inte angiven|inte angivet|ej tilldelad|ej tilldelat|ej registrerad|ej registrerat|ej aktuellt"
    "|ej tillämpligt|ej tillgänglig|ej tillgängligt|ej satt|ej klart|tom|tomt|ny|nya|nytt|nytt ärende|ny anmälan"
    "|tillkommer|kommer senare|väntar|ska fyllas i|fylls i senare|provrad|testrad|testärende"
    # In Norwegian, Danish, Finnish, German.
    "|ukjent|ukendt|mangler|ikke angitt|ikke angivet|ikke oppgitt|ikke oplyst|intet|ingen nummer|nyt"
    "|puuttuu|ei tiedossa|ei ole|ei tietoa|tuntematon|uusi|testi"
    "|keine|keiner|kein|keine angabe|unbekannt|fehlt|neu"
)
_WORDS = frozenset(_LISTED.split("|"))
_LONGEST = max(map(len, _WORDS)) + 6


class Owned(NamedTuple):
    """Senders' own references, empty where there is none; and what stands there instead, with how often it does."""

    references: list[str]
    fillers: Counter[str]


def is_filler(text: str) -> bool:
    """Whether a text says that there is no reference, rather than being one; not so an empty one, which says nothing.

    A number below zero is one too: registers write -1 where there is nothing.
    """
    if not text:
        return False
    if _FORMS.fullmatch(text) or text in ("-1", "−1"):
        return True
    return len(text) <= _LONGEST and " ".join(text.casefold().strip(_SIGNS).split()) in _WORDS


def own_of(texts: Sequence[str]) -> Owned:
    """The references among the texts of a column."""
    fillers = Counter(filter(is_filler, texts))
    return Owned(["" if each in fillers else each for each in texts] if fillers else list(texts), fillers)
