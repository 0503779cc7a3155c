"""Texts as people type them: what a file of anybody's may hold costs no more than its length."""

import time

import pytest

from shared.texts import plain

LONG = 130_000


@pytest.mark.parametrize("sign", [" ", "\u200b", "\u3000", "\u0301", "\ufeff", "å"])
def test_a_long_text_costs_its_length(sign: str) -> None:
    """A cell of gaps between two letters, or at an end: milliseconds, where the square of its length is minutes."""
    began = time.process_time()
    assert plain("ö" + sign * LONG + "x").startswith("ö")
    assert plain(sign * LONG + "ö" + sign * LONG)
    assert time.process_time() - began < 5
