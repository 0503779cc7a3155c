"""What may change in a message that is out: fields may be added with a default, and what is allowed may grow.

Refused: a field removed or renamed, an optional one made required, a narrower type, choice or range, another topic or
key. So every message ever told can still be read. (Where what is allowed grows, deploy the consumers first.)
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

# Bounds that narrow when they rise, and those that narrow when they fall.
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_EXACT = ("format", "pattern", "const", "multipleOf")


def breaks(old: Schema, new: Schema) -> list[str]:
    """Why the new schema refuses, or no longer means, what the old one allowed: one sentence each."""
    moved = [
        f"its {what.removeprefix('x-')} was {old.get(what)} and is {new.get(what)}"
        for what in ("x-topic", "x-key")
        if old.get(what) != new.get(what)
    ]
    return [*moved, *_object(old, new, where="", defs=(old.get("$defs", {}), new.get("$defs", {})))]


def _object(old: Schema, new: Schema, *, where: str, defs: tuple[Schema, Schema]) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        if name not in after:
            yield f"{where}{name} is gone"
        else:
            yield from _value(before[name], after[name], where=f"{where}{name}", defs=defs)
    for name in new.get("required", ()):
        if name not in before:
            yield f"{where}{name} is new and required: give it a default"
        elif name not in old.get("required", ()):
            yield f"{where}{name} was optional and is required"


def _value(old: Schema, new: Schema, *, where: str, defs: tuple[Schema, Schema]) -> Iterator[str]:
    """Every alternative that was allowed must be allowed whole by one of the new ones."""
    choices = list(_alternatives(new, defs[1]))
    for was in _alternatives(old, defs[0]):
        found = [list(_narrowed(was, now, where=where, defs=defs)) for now in choices]
        if [] not in found:
            yield from min(found, key=len)


def _alternatives(schema: Schema, defs: Schema) -> Iterator[Schema]:
    if "$ref" in schema:
        yield from _alternatives(defs[schema["$ref"].rpartition("/")[2]], defs)
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from _alternatives(each, defs)
    elif isinstance(schema.get("type"), list):
        for each in schema["type"]:
            yield {**schema, "type": each}
    else:
        yield schema


def _narrowed(old: Schema, new: Schema, *, where: str, defs: tuple[Schema, Schema]) -> Iterator[str]:
    was, now = old.get("type"), new.get("type")
    if now is not None and was != now and not (was == "integer" and now == "number"):
        yield f"{where} was of type {was or 'any'} and is {now}"
        return
    gone = set(map(str, _values(old) or ())) - set(map(str, _values(new) or ()))
    if _values(new) is not None and (_values(old) is None or gone):
        yield f"{where} no longer takes {', '.join(sorted(gone)) or 'everything'}"
    for bound in (*_LOWER, *_UPPER):
        if bound in new and (bound not in old or _tighter(bound, old[bound], new[bound])):
            yield f"{where}: {bound} was {old.get(bound, 'open')} and is {new[bound]}"
    for fixed in _EXACT:
        if fixed in new and fixed != "const" and old.get(fixed) != new[fixed]:
            yield f"{where}: {fixed} was {old.get(fixed, 'open')} and is {new[fixed]}"
    if was == "array" and "items" in new:
        yield from _value(old.get("items", {}), new["items"], where=f"{where}[]", defs=defs)
    if was == "object":
        yield from _object(old, new, where=f"{where}.", defs=defs)


def _values(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _tighter(bound: str, old: float, new: float) -> bool:
    return new > old if bound in _LOWER else new < old
