"""An OpenAPI 3.1 document as a reader wants it: operations by subject, with their fields, examples and a curl line.

Pure: the document in, plain data out. References are followed; what an operation may send and get back becomes rows.
"""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway.proxy.examples import example, follow, given, plain

METHODS = ("get", "post", "put", "patch", "delete")
_DEEP = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A parameter or a field; `name` is the dotted path from the outermost object."""

    name: str
    where: str
    kind: str
    required: bool
    description: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is sent or comes back: its media type, fields and one example as text ('' where there is none)."""

    media_type: str
    fields: list[Field]
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method on one address. `anchor` is its place on the page."""

    anchor: str
    method: str
    path: str
    title: str
    description: str
    scopes: list[str]
    open: bool
    parameters: list[Field]
    request: Body | None
    status: str
    response: Body | None
    errors: list[tuple[str, str]]
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The operations of one tag."""

    tag: str
    operations: list[Operation]


def groups(document: Mapping[str, Any], *, order: Sequence[str]) -> list[Group]:
    """All operations by their first tag: those of `order` first, the others as they come; by path within each."""
    found: dict[str, list[Operation]] = {tag: [] for tag in order}
    for path, operations in document["paths"].items():
        for method in METHODS:
            if operation := operations.get(method):
                tag = operation.get("tags", ["other"])[0]
                found.setdefault(tag, []).append(_operation(document, path, method, operation))
    return [Group(tag=tag, operations=operations) for tag, operations in found.items() if operations]


def _operation(document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> Operation:
    request = _body(document, operation.get("requestBody", {}).get("content", {}), sent=True)
    answers: Mapping[str, Any] = operation.get("responses", {})
    good = next((status for status in answers if status.startswith("2")), "")
    parameters = [follow(document, each) for each in operation.get("parameters", [])]
    scopes = [scope for each in operation.get("security", []) for names in each.values() for scope in names]
    return Operation(
        anchor=f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}",
        method=method.upper(),
        path=path,
        title=_title(operation),
        description=operation.get("description", ""),
        scopes=list(dict.fromkeys(scopes)),
        open=not operation.get("security"),
        parameters=[_parameter(document, each) for each in parameters],
        request=request,
        status=good,
        response=_body(document, answers.get(good, {}).get("content", {}), sent=False),
        errors=[(status, each.get("description", "")) for status, each in answers.items() if status != good],
        curl=_curl(document, path, method, parameters, request, secured=bool(operation.get("security"))),
    )


def _title(operation: Mapping[str, Any]) -> str:
    words: str = operation.get("summary") or operation.get("operationId", "")
    return words[:1].upper() + words[1:].lower()


def _parameter(document: Mapping[str, Any], parameter: Mapping[str, Any]) -> Field:
    schema = parameter.get("schema", {})
    return Field(
        name=parameter["name"],
        where=parameter["in"],
        kind=kind(document, schema),
        required=bool(parameter.get("required")),
        description=parameter.get("description") or schema.get("description", ""),
        example=_sample(document, {**schema, **parameter}) if "examples" in schema or "example" in parameter else "",
    )


def _body(document: Mapping[str, Any], content: Mapping[str, Any], *, sent: bool) -> Body | None:
    media_type = next(iter(content), None)
    if media_type is None:
        return None
    part = content[media_type]
    schema = follow(document, part.get("schema", {}))
    sample = given(part)
    if sample is None and (schema.get("properties") or schema.get("items") or given(schema) is not None):
        sample = example(document, schema, sent=sent)
    return Body(media_type=media_type, fields=list(_fields(document, schema)), example=_text(sample))


def _text(sample: Any) -> str:
    if sample is None:
        return ""
    return sample if isinstance(sample, str) else json.dumps(sample, ensure_ascii=False, indent=2)


def _fields(document: Mapping[str, Any], schema: Mapping[str, Any], name: str = "", deep: int = 0) -> Iterator[Field]:
    """An object's fields, those of the objects in it after each; lists are written `items[]`."""
    shape = plain(document, schema)
    if shape.get("type") == "array":
        shape, name = plain(document, shape.get("items", {})), f"{name}[]"
    if deep >= _DEEP or (shape.get("type") == "array"):
        return
    for field, inner in shape.get("properties", {}).items():
        whole = f"{name}.{field}" if name else field
        followed = follow(document, inner)
        yield Field(
            name=whole,
            where="body",
            kind=kind(document, inner),
            required=field in shape.get("required", ()),
            description=followed.get("description", ""),
            example=_sample(document, followed) if given(followed) is not None else "",
        )
        yield from _fields(document, inner, whole, deep + 1)


def _sample(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    sample = example(document, schema, sent=False)
    return sample if isinstance(sample, str) else json.dumps(sample, ensure_ascii=False)


def kind(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a value is, in words: `integer 1–3`, `date-time or null`, `list of text`, `one of open, done`."""
    shape = follow(document, schema)
    if options := shape.get("anyOf", shape.get("oneOf")):
        return " or ".join(dict.fromkeys(kind(document, each) for each in options))
    if "enum" in shape:
        return f"one of {', '.join(str(each) for each in shape['enum'])}"
    if "const" in shape:
        return str(shape["const"])
    name = shape.get("type", "anything")
    if name == "array":
        return f"list of {kind(document, shape.get('items', {}))}"
    if name == "string":
        return str(shape.get("format", "text")) + _bounds(shape, "minLength", "maxLength", " characters")
    return str(name) + _bounds(shape, "minimum", "maximum", "")


def _bounds(shape: Mapping[str, Any], low: str, high: str, unit: str) -> str:
    least, most = shape.get(low), shape.get(high)
    if most is None:
        return f" from {least:g}{unit}" if least else ""
    return f" {least:g} to {most:g}{unit}" if least is not None else f" up to {most:g}{unit}"


def _curl(
    document: Mapping[str, Any],
    path: str,
    method: str,
    parameters: Sequence[Mapping[str, Any]],
    request: Body | None,
    *,
    secured: bool,
) -> str:
    """A line that does it, with the address and the token in variables."""
    needed = [each for each in parameters if each.get("required")]
    values = {each["name"]: _sample(document, {**each.get("schema", {}), **each}) for each in needed}
    address = path
    for each in needed:
        address = address.replace(f"{{{each['name']}}}", values[each["name"]])
    query = "&".join(f"{each['name']}={values[each['name']]}" for each in needed if each["in"] == "query")
    lines = [
        f'curl {"" if method == "get" else f"-X {method.upper()} "}"$SAMSYN{address}{f"?{query}" if query else ""}"'
    ]
    lines += ['-H "Authorization: Bearer $TOKEN"'] if secured else []
    lines += [f'-H "{each["name"]}: {values[each["name"]]}"' for each in needed if each["in"] == "header"]
    return " \\\n  ".join(lines + _data(request))


def _data(request: Body | None) -> list[str]:
    if request is None:
        return []
    if request.media_type == "application/x-www-form-urlencoded":
        pairs: Any = json.loads(request.example or "{}")
        return [f"-d {shlex.quote(f'{name}={value}')}" for name, value in pairs.items()]
    declared = f'-H "Content-Type: {request.media_type}"'
    if "json" in request.media_type and len(request.example) < 1500:
        return [declared, f"-d {shlex.quote(request.example or '{}')}"]
    return [declared, "--data-binary @FILE"]
