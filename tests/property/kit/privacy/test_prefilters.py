"""Words, digits and shapes of a rule make the screen fast; they hold back nothing that its pattern finds."""

import random

from shared.privacy import RULES
from shared.privacy.numbers import Text
from shared.privacy.screening import tried
from shared.privacy.signs import readings
from tests.support.make.planting import planted_in
from tests.support.make.written_forms import FORMS


def test_no_rule_is_held_back_from_what_it_finds() -> None:
    """Every written form and every example, with each space doubled too: who finds something in it is tried on it."""
    written = [planted_in(form, random.Random(form.name)).text for form in FORMS]
    texts = [*written, *(text for rule in RULES for text in (*rule.hits, *rule.misses))]
    spaced = [text.replace(" ", "  ") for text in texts] + [text.replace(" ", "-") for text in texts]
    held_back = [
        (rule.kind, reading.plain)
        for text in {*texts, *spaced}
        for reading in readings(text)
        for rule in {*RULES} - {*tried(reading.plain)}
        if any(rule.find(Text(reading.plain)))
    ]
    assert held_back == []
