"""What a service answers stands in its OpenAPI file: looked at with every answer of every test that asks a service."""

import json
import re
from functools import cache

import httpx

from shared.http.paths import PARAMETER, is_plain
from tests.support import ROOT

# What the edge says before, or instead of, an operation: of any address, and so of none in particular.
OF_THE_EDGE = frozenset({400, 405, 408, 413, 414, 431})


@cache
def _operations(service: str) -> tuple[tuple[str, re.Pattern[str], frozenset[int]], ...]:
    """Method, path and documented statuses of each operation; fixed addresses before those with parameters."""
    file = ROOT / "services" / service / "openapi.json"
    paths = json.loads(file.read_text("utf-8"))["paths"] if file.exists() else {}
    return tuple(
        (method.upper(), re.compile(PARAMETER.sub("[^/]+", path)), frozenset(map(int, operation["responses"])))
        for path, operations in sorted(paths.items(), key=lambda each: "{" in each[0])
        for method, operation in operations.items()
    )


def documented(service: str, method: str, path: str) -> frozenset[int] | None:
    """The statuses that an operation may answer with; None where there is no such operation."""
    found = (each for of, template, each in _operations(service) if of == method and template.fullmatch(path))
    return next(found, None)


def check_answer(service: str, answer: httpx.Response) -> None:
    """Fail the test whose service gave an answer that its OpenAPI file does not have."""
    asked = answer.request
    if not is_plain(asked.url.raw_path.partition(b"?")[0]):
        return  # no address at all
    known = documented(service, asked.method, asked.url.path)
    undocumented = known is not None and answer.status_code not in known | OF_THE_EDGE
    assert not undocumented, f"{asked.method} {asked.url.path} of {service} documents no {answer.status_code}"
