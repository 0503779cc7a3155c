"""One row of the table that `make bench` prints."""

import json


def record(
    name: str,
    value: float,
    *,
    unit: str,
    target: float | None,
    count: int,
    cpu_us_per_item: float = 0.0,
    statements_per_item: float = 0,
) -> None:
    """Print a measured value. A unit that ends in `/s` should reach its target, any other stay at or below it."""
    row = {"name": name, "value": value, "unit": unit, "target": target, "count": count}
    print(json.dumps(row | {"cpu_us_per_item": cpu_us_per_item, "statements_per_item": statements_per_item}))
