"""/: what stands in the table and on the map, and what is said to lie elsewhere, is all there is, whatever the tree."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from html import unescape
from random import Random
from typing import Any

import asyncpg
import pytest

from tests.integration.gateway.pages.overview.test_overview import add_count, on_map, period, rows
from tests.support.make.areas import square
from tests.support.make.people import Visitor

__all__ = ["period", "rows"]
Visit = Callable[..., Awaitable[Visitor]]
# The path of each area: of one level; of two, the lower one long; of uneven depth.
TREES: Mapping[str, list[list[str]]] = {
    "one level": [[f"a{n}"] for n in range(7)],
    "two levels": [[f"a{n}"] for n in range(12)] + [[f"a{n % 12}", f"b{n}"] for n in range(70)],
    "uneven": [["a"], ["b"], ["a", "a1"], ["a", "a2"], ["a", "a2", "a21"], ["a", "a2", "a22"], ["c"], ["c", "c1"]],
    "under one": [["m"], ["m", "a"], ["m", "b"], ["m", "b", "b1"], ["m", "b", "b2"]],
}
ORDERS = ("/", "/?order=count", "/?show=all", "/?order=count&show=all")


async def grown(rows: asyncpg.Connection, period: date, tree: list[list[str]]) -> int:
    """The areas of a tree, in each of them some reports, some in none; how many problems there are in all."""
    await rows.execute("DELETE FROM areas")
    numbers = Random(7)
    counts = {path[-1]: numbers.randrange(9) for path in tree} | {"": 5}
    for n, path in enumerate(tree):
        await rows.execute(
            "INSERT INTO areas (code, name, level, path, geometry, active, sequence)"
            " VALUES ($1, $1, $2, $3, $4, true, $5)",
            path[-1], len(path) - 1, path, json.dumps(square(14 + n / 50, 63.1, 0.01)), numbers.randrange(10**6),
        )  # fmt: skip
    for code, n in counts.items():
        await add_count(rows, period, code, n)
        await add_count(rows, period, code, 2, "positive")
    return sum(counts.values())


def number(said: str) -> int:
    """Of a number as Swedes write it."""
    return int(re.sub(r"\D", "", said))


def said(pattern: str, page: str) -> int:
    """The number in a sentence of a page; 0 where it is not there."""
    found = re.search(pattern, re.sub(r"\s+", " ", re.sub("<[^>]*>", "|", page)))
    return number(found[1]) if found else 0


def parts(page: str, larger: set[str]) -> list[int]:
    """What each row has that no other one has."""
    found = []
    for code, row in re.findall(r'<tr [^>]*data-area="([^"]+)">(.*?)</tr>', page, flags=re.DOTALL):
        whole = re.search(r'<td class="n">(?:<a [^>]*>)?([^<]*)<', row)
        assert whole is not None
        found.append(said(r"varav ([\d\xa0]+) inte i något", row) if code in larger else number(whole[1]))
    return found


@pytest.mark.parametrize("tree", TREES)
async def test_what_is_shown_and_what_is_said_is_all(
    visit: Visit, rows: asyncpg.Connection, period: date, tree: str
) -> None:
    """GET / in every order: rows, and what lies in those left out or in none; the map, and what lies beside it."""
    total = await grown(rows, period, TREES[tree])
    larger = {code for path in TREES[tree] for code in path[:-1]}
    browser = (await visit()).browser
    for address in ORDERS:
        page = unescape((await browser.get(address)).text)
        nowhere = said(r"(\d+)\|? utan känd plats", page)
        left_out = said(r"([\d\xa0]+) ligger i dem som inte visas", page)
        assert (nowhere, sum(parts(page, larger)) + left_out + nowhere) == (5, total), address
        squares = sum(int(each.rpartition(": ")[2].split()[0]) for each in on_map(page).values())
        outside = said(r"([\d\xa0]+) ligger bara i ett större område, inte", page)
        assert squares + outside + nowhere == total, address
        assert ("av de minsta områdena" in page) is bool(outside), address


async def test_the_larger_areas_are_in_the_short_table(visit: Visit, rows: asyncpg.Connection, period: date) -> None:
    """GET /: above the busiest of the smallest; what is left out of it is counted."""
    await grown(rows, period, TREES["two levels"])
    page = (await (await visit()).browser.get("/")).text
    codes = re.findall(r'data-area="([^"]+)">\s*<th', page)
    assert {each[0] for each in codes[:12]} == {"a"}
    assert len(codes) == 12 + 25
    assert "Visa alla 82 områden" in page


async def test_reports_on_inner_areas_alone(visit: Visit, rows: asyncpg.Connection, period: date) -> None:
    """GET /: the area with most problems is told of those that are placed so far down, and how many are not."""
    await grown(rows, period, [["a"], ["a", "a1"]])
    await rows.execute("DELETE FROM area_counts")
    any_: tuple[tuple[str, int], ...] = (("a", 97), ("a1", 16))
    for code, n in any_:
        await add_count(rows, period, code, n)
    page: Any = re.sub(r"\s+", " ", re.sub("<[^>]*>", "", (await (await visit()).browser.get("/")).text))
    assert "Flest problem, av de minsta områdena a1 16, " in page
    assert "97 ligger bara i ett större område" in page
