"""A body that may be what was read before: one shape for GET and for the change.

What a caller may not change may stand in it as it was read, and is passed over; another value there is refused, for a
change that is passed over in silence looks as if it had been made.
"""

import json
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, ClassVar, TypeVar

from fastapi import Request
from pydantic import (
    BaseModel,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PrivateAttr,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from shared.access import Principal
from shared.errors import FieldError, Invalid
from shared.privacy import PersonalData
from shared.privacy.beside import admit
from shared.privacy.free_text import Kinds
from shared.shapes import Body

Shown = TypeVar("Shown", bound=BaseModel)
UNSAID: Any = None
"""The default of a field that is left out, and is no value of it: what is not sent stays as it is."""


def without_defaults(schema: dict[str, Any]) -> None:
    """As `json_schema_extra` of a change: a field that is left out has no value of its own."""
    for field in schema["properties"].values():
        field.pop("default", None)


class Resent(Body):
    """A change to a thing that GET gives as `shown`: its own fields, and beside them the others as they were read."""

    shown: ClassVar[type[BaseModel]]
    # What changes by itself between two looks: sent back as it was read, it may be something else by now.
    passing: ClassVar[frozenset[str]] = frozenset()
    _beside: dict[str, Any] = PrivateAttr(default_factory=dict)

    @classmethod
    def read_only(cls) -> frozenset[str]:
        """The fields of what is read that are not the caller's to change."""
        return frozenset(cls.shown.model_fields) - frozenset(cls.model_fields)

    @model_validator(mode="wrap")
    @classmethod
    def _apart(cls, sent: Any, handler: ModelWrapValidatorHandler["Resent"]) -> "Resent":
        if not isinstance(sent, dict):
            return handler(sent)
        beside = {name: sent[name] for name in cls.read_only() & sent.keys()}
        read = handler({name: value for name, value in sent.items() if name not in beside} if beside else sent)
        read._beside = beside
        return read

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The fields with those that may be sent back, each marked readOnly."""
        shape = handler(schema)
        inner = handler.resolve_ref_schema(shape)
        fixed = {name: _shape(cls, name) for name in sorted(cls.read_only())}
        inner["properties"] = inner.get("properties", {}) | fixed
        return shape

    async def admit(self, request: Request, *, principal: Principal, read: Callable[[], Awaitable[BaseModel]]) -> Kinds:
        """What the screen says of its texts. One that stands in it as it was read was let in before.

        Raises PersonalData, TooMany.
        """
        try:
            return await admit(request, self, principal=principal)
        except PersonalData as refused:
            shown = await self.as_read(read)
            if shown is None or any(_at(self, each.field) != _at(shown, each.field) for each in refused.errors):
                raise
            return ()

    async def as_read(self, read: Callable[[], Awaitable[Shown]]) -> Shown | None:
        """The thing as its caller reads it, asked for only where something of it was sent back."""
        return await read() if self._beside else None

    def check_read_only(self, shown: BaseModel | None) -> None:
        """Raise Invalid unless what was sent beside the fields is as the thing has it, as its caller reads it."""
        faults = [
            FieldError(f"/{name}", "read_only", "This is not changed here. Leave it out, or send it as you read it.")
            for name, value in self._beside.items()
            if shown is not None and name not in self.passing and not _is(value, shown, name)
        ]
        if faults:
            raise Invalid("A field that cannot be changed has another value.", errors=tuple(faults))


def _at(body: BaseModel, field: str) -> Any:
    """What stands at a JSON Pointer; None where it leads to nothing."""
    here: Any = body.model_dump()
    for part in field.split("/")[1:]:
        if isinstance(here, list) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
        elif isinstance(here, dict):
            here = here.get(part)
        else:
            return None
    return here


@cache
def _reader(shown: type[BaseModel], name: str) -> TypeAdapter[Any]:
    kind: Any = shown.model_fields[name].annotation
    return TypeAdapter(kind)


def _is(value: Any, shown: BaseModel, name: str) -> bool:
    try:
        return bool(_reader(type(shown), name).validate_python(value) == getattr(shown, name))
    except ValidationError:
        return False


def _shape(body: type[Resent], name: str) -> JsonSchemaValue:
    """A field as it is read; one that stands elsewhere in the description is left open."""
    shape: JsonSchemaValue = body.shown.model_json_schema(mode="serialization")["properties"][name]
    known = {} if "$ref" in json.dumps(shape) else {key: value for key, value in shape.items() if key != "examples"}
    return {**known, "readOnly": True, "description": "May be sent back as it was read."}
