"""Every string that a service takes is screened, or stands here as what can hold nothing that people write.

Read off the types of bodies, queries, paths and headers of whatever changes something: a new free text that is not
marked, and no code by its own rule, makes this fail.
"""

import importlib
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from deploy.services import SERVICES
from services.reports.mappings.domain.mapping import CodedField
from shared.privacy.free_text import Screened
from tests.contract.kit.privacy.bodies import _routes, _settings

# Where no text of anybody's own words can stand, and what sees to that.
EXEMPT = {
    "NewReport.category": "a code of ours",
    "NewReport.subcategory": "a code of ours",
    "Correction.category": "a code of ours",
    "Correction.subcategory": "a code of ours",
    "ToldApart.encoding": "a name that Python's codecs know",
    "ToldApart.time_zone": "a zone of the IANA list",
    "ToldApart.crs": "an EPSG code that can be looked up",
    "SubscriptionChange.types": "types of messages that there are",
    "SubscriptionChange.categories": "a code of ours",
    "DELETE /mappings/{name} name": "the name of a mapping that is kept",
    "POST /mappings/drafts replacing": "the name of a mapping that is kept",
    "POST /imports file_name": "struck out by the route: tests/integration/reports/test_privacy.py",
    "NewMapping.encoding": "a name that Python's codecs know",
    "NewMapping.time_zone": "a zone of the IANA list",
    "NewMapping.crs": "an EPSG code that can be looked up",
    "NewGrid.crs": "an EPSG code that can be looked up",
    "NewSubscription.types": "types of messages that there are",
    "NewSubscription.categories": "a code of ours",
    "PUT /mappings/{name} name": "screened by the route: tests/integration/reports/test_privacy.py",
    **dict.fromkeys(
        (f"POST /mappings/suggest {name}" for name in get_args(CodedField)), "a column of the file; never kept"
    ),
    "POST /imports mapping": "the name of a mapping that is kept",
    "NewAreaReading.crs": "an EPSG code that can be looked up",
    "POST /areas/imports code": "screened by the route: tests/integration/reports/test_privacy.py",
    "POST /areas/imports name": "screened by the route: tests/integration/reports/test_privacy.py",
    "POST /areas/imports parent": "screened by the route: tests/integration/reports/test_privacy.py",
    "POST /areas/imports crs": "an EPSG code that can be looked up",
    "idempotency-key": "kept as a digest",
    "if-match": "a number",
}


def strings(kind: Any) -> Iterator[tuple[str, bool]]:
    """The strings below a type: the field that holds each (empty: the type itself), and whether it is screened."""
    yield from _strings(kind, "", marked=False)


def _strings(kind: Any, where: str, *, marked: bool) -> Iterator[tuple[str, bool]]:
    if get_origin(kind) is Annotated:
        inner, *marks = get_args(kind)
        yield from _strings(inner, where, marked=marked or any(isinstance(each, Screened) for each in marks))
    elif kind is str or kind is Any:
        yield where, marked
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            screened = marked or any(isinstance(each, Screened) for each in field.metadata)
            yield from _strings(field.annotation, f"{kind.__name__}.{name}", marked=screened)
    elif get_origin(kind) in (Union, types.UnionType, list, tuple, dict):
        for each in get_args(kind):
            yield from _strings(each, where, marked=marked)


def _taken(service: str) -> Iterator[tuple[str, bool]]:
    module = importlib.import_module(f"services.{service}.app")
    for route in _routes(module.build(_settings(service))):
        if set(route.methods or ()) - {"GET", "HEAD"}:
            yield from _taken_by(route)


def _taken_by(route: APIRoute) -> Iterator[tuple[str, bool]]:
    operation = f"{next(iter(route.methods or ()))} {route.path}"
    for body in route.dependant.body_params:
        yield from ((where or f"{operation} body", marked) for where, marked in strings(body.field_info.annotation))
    outside = [route.dependant, *route.dependant.dependencies]
    for part in outside:
        for field in (*part.path_params, *part.query_params):
            for _, marked in strings(field.field_info.annotation):
                yield f"{operation} {field.alias}", marked
        for field in part.header_params:
            yield field.alias.lower(), False


@pytest.mark.parametrize("service", [each for each in SERVICES if each != "gateway"])
def test_every_string_is_screened_or_no_text(service: str) -> None:
    """Each string of a service's requests has the mark, or its reason above."""
    bare = {where for where, marked in _taken(service) if not marked}
    assert bare <= EXEMPT.keys(), bare - EXEMPT.keys()


def test_every_reason_is_needed() -> None:
    """What stands above is there, and unmarked: a list that only grows says nothing."""
    bare = {where for service in SERVICES if service != "gateway" for where, marked in _taken(service) if not marked}
    assert EXEMPT.keys() <= bare, EXEMPT.keys() - bare


def test_an_unmarked_text_would_be_seen() -> None:
    """A field without a mark is told, wherever it stands; a marked one is not."""

    class Body(BaseModel):
        marked: Annotated[str, Screened()] | None = None
        several: list[str] = []
        words: dict[str, Annotated[str, Screened()]] = {}

    assert {where for where, marked in strings(list[Body]) if not marked} == {"Body.several", "Body.words"}
