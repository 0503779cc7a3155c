"""How many fields of files' heads a suggestion gets right, and what a thousand rows cost it."""

import time

import pytest

from tests.bench.table import record
from tests.support.heads import heads, judged
from tests.support.make.suggestions import suggested

pytestmark = pytest.mark.bench


@pytest.mark.parametrize("name", ["tuned", "aside"])
def test_fields_of_heads(name: str) -> None:
    """At least nine of ten are right, and none is wrong without a doubt that names it."""
    verdicts = [judged(head) for head in heads(name)]
    right, wrong, silent = (sum(len(getattr(each, side)) for each in verdicts) for side in ("right", "wrong", "silent"))
    share = round(100 * wrong / (right + wrong), 1)
    record(f"suggest.{name}.wrong", share, unit="%", target=10, count=right + wrong)
    record(f"suggest.{name}.silent", silent, unit="fields", target=0, count=right + wrong)
    assert silent == 0


def test_a_thousand_rows() -> None:
    """One suggestion for a thousand rows of seven columns."""
    rows = [
        f"G-{n};2026-11-{n % 28 + 1:02};20:{n % 60:02};Klotter {n % 9};{482000 + n};7003000;Text {n}"
        for n in range(1000)
    ]
    began = time.process_time()
    suggested("Nr;Datum;Kl;Typ;Öst;Nord;Anteckning", rows)
    took_ms = round(1000 * (time.process_time() - began))
    record("suggest.thousand_rows", took_ms, unit="ms", target=1500, count=1000, cpu_us_per_item=took_ms)
