"""How a file of areas is read, as a plain form: from the service's reading to fields, and back. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.gateway.pages.frame.trying import mark_of

Fields = Mapping[str, str]
# Before the name of a property, which may be called as any choice that is none.
_PROPERTY = "p:"
_BETWEEN = ";"
_MOST_VALUES = 500
# A box that is not ticked is not sent.
TICKS = ("merge", "clip", "retire", "confirmed")
# What is said of what a trial has shown: it changes nothing of that.
_SAID_OF_TRIAL = ("retire", "confirmed_no_personal_data")


def fields_of(reading: Mapping[str, Any]) -> dict[str, str]:
    """A reading as the form has it."""
    return {
        "layer": reading["layer"] or "",
        "crs": reading["crs"],
        "swapped": {None: "", True: "yes", False: "no"}[reading["swapped"]],
        "code": _PROPERTY + reading["code"] if reading["code_from"] == "property" and reading["code"]
        else reading["code_from"],
        "name": "code" if reading["name_from"] == "code" else _PROPERTY + (reading["name"] or ""),
        "parent": _PROPERTY + reading["parent"] if reading["parent_from"] == "property" and reading["parent"]
        else "place" if reading["parent_from"] == "place" else "none",
        "only": reading["only"] or "",
        "only_values": f"{_BETWEEN} ".join(reading["only_values"]),
        "merge": "yes" if reading["merge"] else "",
        "level": "" if reading["level"] is None else str(reading["level"]),
        "clip": "yes" if reading["clip"] else "",
        "tolerance_m": _number(reading["tolerance_m"]),
        "simplify_m": _number(reading["simplify_m"]),
        "root": reading["root"],
        "retire": "",
        "confirmed": "",
    }  # fmt: skip


def reading_of(sent: Fields, *, suggested: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says, on the ground of what was suggested, as the service reads it.

    What is no number stays a text: the service says at its field what is wrong with it.
    """
    code, name, parent = sent.get("code", ""), sent.get("name", ""), sent.get("parent", "")
    level = sent.get("level", "")
    return {
        **{name: suggested[name] for name in ("root_code", "root_name")},
        "layer": sent.get("layer") or suggested["layer"],
        "crs": sent.get("crs", "").strip() or "auto",
        "swapped": {"yes": True, "no": False}.get(sent.get("swapped", "")),
        **_chosen("code", code, others=("id", "row", "name"), otherwise="property"),
        **_chosen("name", name, others=("code",), otherwise="property"),
        **_chosen("parent", parent, others=("place", "none"), otherwise="none"),
        "only": sent.get("only") or None,
        "only_values": _values(sent.get("only_values", "")) if sent.get("only") else [],
        "merge": "merge" in sent,
        "level": int(level) if level.isascii() and level.isdigit() else None,
        "clip": "clip" in sent,
        "tolerance_m": _metres(sent.get("tolerance_m", ""), 10),
        "simplify_m": _metres(sent.get("simplify_m", ""), 0),
        "root": sent.get("root") or "union",
        "retire": "retire" in sent,
        "confirmed_no_personal_data": "confirmed" in sent,
    }


def mark_of_trial(reading: Mapping[str, Any], *, tree_version: int) -> str:
    """What a form carries of a trial: of the reading, and of the areas that it was set against."""
    return mark_of(tree_version, {name: value for name, value in reading.items() if name not in _SAID_OF_TRIAL})


def _chosen(role: str, choice: str, *, others: Sequence[str], otherwise: str) -> dict[str, Any]:
    if choice.startswith(_PROPERTY):
        return {role: choice.removeprefix(_PROPERTY) or None, f"{role}_from": "property"}
    return {role: None, f"{role}_from": choice if choice in others else otherwise}


def properties(file: Mapping[str, Any], role: str) -> list[tuple[str, str]]:
    """The properties that can be chosen for a role, the likeliest first: as the form has them, and their names."""
    ranked = list(file["ranked"][role])
    names = [*ranked, *(each["name"] for each in file["properties"] if each["name"] not in ranked)]
    return [(_PROPERTY + name, name) for name in names]


def levels(areas: Sequence[Mapping[str, Any]]) -> list[int]:
    """The levels that can be replaced alone: those of the tree in use but for its root, and one more below."""
    deepest = max((each["level"] for each in areas if each["active"]), default=-1)
    return list(range(1, min(deepest + 2, 12)))


def _values(text: str) -> list[str]:
    return list(dict.fromkeys(part for each in text.split(_BETWEEN) if (part := each.strip())))[:_MOST_VALUES]


def _metres(text: str, otherwise: float) -> float | str:
    written = text.strip().replace(",", ".")
    try:
        return float(written) if written else otherwise
    except ValueError:
        return text


def _number(value: float) -> str:
    return f"{value:g}"
