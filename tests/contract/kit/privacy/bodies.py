"""The bodies that services take: which there are, likely ones, and the same with a text planted in each place."""

import importlib
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Union, get_args, get_origin
from uuid import UUID

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

SOME_ID = "01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18"


@dataclass(frozen=True)
class Operation:
    """Something that a service does with what is sent to it. `body`: None for raw bytes, or nothing."""

    service: str
    method: str
    path: str
    body: type[BaseModel] | None

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.path}"


def operations(service: str) -> Iterator[Operation]:
    """What changes something in a service."""
    for route in routes_of(service):
        for method in sorted((route.methods or set()) - {"GET", "HEAD"}):
            bodies: list[Any] = [each.field_info.annotation for each in route.dependant.body_params]
            assert len(bodies) <= 1, f"{route.path} has several bodies"
            yield Operation(service, method, route.path, _first_of(bodies[0]) if bodies else None)


def routes_of(service: str) -> Iterator[APIRoute]:
    """Every operation of a service, with the function that answers it."""
    module = importlib.import_module(f"services.{service}.app")
    yield from _routes(module.build(_settings(service)))


def _first_of(body: Any) -> Any:
    """Of bodies that one operation takes in several shapes, the first: the one that people write."""
    while not isinstance(body, type) and _is_several(body):
        body = get_args(body)[0]
    return body


def _is_several(body: Any) -> bool:
    """Whether it is one of several shapes, or one with a mark."""
    return get_origin(body) in (Annotated, Union, types.UnionType)


def _routes(app: FastAPI) -> Iterator[APIRoute]:
    for route in app.routes:
        yield from (each for each in getattr(getattr(route, "original_router", None), "routes", [route])
                    if isinstance(each, APIRoute))  # fmt: skip


def _settings(service: str) -> Any:
    return importlib.import_module("deploy.contracts.openapi")._settings(service)


def example_of(model: type[BaseModel]) -> dict[str, JsonValue]:
    """A likely body, of the examples that stand in its schema."""
    whole = model.model_config.get("json_schema_extra") or {}
    if isinstance(whole, Mapping) and whole.get("examples"):
        return dict(whole["examples"][0])  # type: ignore[index,arg-type]
    return {
        name: _value(field)
        for name, field in model.model_fields.items()
        if field.is_required() or any(each is not None for each in field.examples or ())
    }


def _value(field: FieldInfo) -> Any:
    for each in field.examples or ():
        if each is not None:
            return each
    return _made(field.annotation)


def _made(kind: Any) -> Any:
    """A value of a type that has no example."""
    inner = [each for each in get_args(kind) if each is not type(None)]
    if get_origin(kind) in (Annotated, Union, types.UnionType):
        return _made(inner[0])
    if get_origin(kind) in (list, tuple):
        return [_made(inner[0])]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return example_of(kind)
    simple = {
        UUID: SOME_ID,
        datetime: "2026-11-20T16:30:00Z",
        date: "2026-11-20",
        str: "text",
        int: 1,
        bool: False,
        float: 1.0,
    }
    return simple[kind] if kind in simple else inner[0]


def planted(model: type[BaseModel], text: str) -> Iterator[dict[str, JsonValue]]:
    """The example, with a text in every place in turn where any kind of text can stand, keys too."""
    example = example_of(model)
    for name, field in model.model_fields.items():
        for value in _variants(field.annotation, text, example.get(name)):
            yield example | {name: value}


def _variants(kind: Any, text: str, example: Any) -> Iterator[Any]:
    inner = get_args(kind)
    if kind is str:
        yield text
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from planted(kind, text)
    elif get_origin(kind) is dict:
        key = next(iter(example), None) if isinstance(example, Mapping) else None
        key = key if key is not None else _made(inner[0])
        below = example[key] if isinstance(example, Mapping) and example else _made(inner[1])
        yield from ({each: below} for each in _variants(inner[0], text, None))
        yield from (dict(example or {}) | {key: each} for each in _variants(inner[1], text, below))
    elif get_origin(kind) in (list, tuple):
        yield from ([each] for each in _variants(inner[0], text, None))
    elif isinstance(inner, Sequence) and get_origin(kind) in (Annotated, Union, types.UnionType):
        for each in inner[:1] if get_origin(kind) is Annotated else inner:
            yield from _variants(each, text, example)
