"""Excerpts of answers: everything that the screen finds is struck out, also across the end, and none waits for ever."""

from uuid import UUID

import pytest

from services.notify.deliveries.excerpts import screened, struck, turns
from services.notify.webhooks.ladder import Answer
from services.notify.webhooks.sender import EXCERPT_BYTES, READ_BYTES
from shared.privacy import RULES

SAID = [hit for rule in RULES for hit in rule.hits]
OWN = UUID(int=1)


@pytest.mark.parametrize("said", SAID)
async def test_nothing_of_what_the_screen_finds_is_kept(said: str) -> None:
    """By each of its rules, in short answers and long ones, whatever the rule's strength."""
    for text in (said, f"{said}\n{'.' * 200}"):
        answer = await screened(Answer(status=500, excerpt=text), of=OWN, within=turns())
        assert "[struket: " in answer.excerpt


def test_a_number_across_the_end_is_struck_out_whole() -> None:
    """Wherever 1 kB ends within it; and nothing is kept of what lies behind."""
    for before in range(EXCERPT_BYTES - 16, EXCERPT_BYTES + 1):
        kept = struck((". " * EXCERPT_BYTES)[:before] + " 19811218-9876 " + "x" * 60)
        assert "1981" not in kept
        assert "9876" not in kept
    assert struck("x" * READ_BYTES) == "x" * EXCERPT_BYTES


async def test_an_answer_that_cannot_be_read_soon_is_kept_without_its_text() -> None:
    """Other organisations' are read meanwhile."""
    within = turns()
    long = Answer(status=500, excerpt="busy " * 100)
    async with within.turn(OWN):
        within._patience_s = 0
        assert (await screened(long, of=OWN, within=within)).excerpt == ""
        assert (await screened(long, of=UUID(int=2), within=within)).excerpt == long.excerpt
