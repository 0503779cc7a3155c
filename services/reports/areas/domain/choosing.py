"""Which features become areas, and what of their properties is code, name and parent. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from services.reports.areas.domain.layers import Feature
from services.reports.areas.domain.values import LONGEST, is_usable, said, slug
from services.reports.spoilt import spoilt
from shared.errors import FieldError, Invalid
from shared.privacy import check_texts
from shared.spelling import PLAIN_KEY

CodeFrom = Literal["property", "id", "row", "name"]
NameFrom = Literal["property", "code"]
ParentFrom = Literal["none", "property", "place"]
Root = Literal["file", "union"]
# NYKO, the deepest Swedish division in use, has five levels. The bound also finds circles among parents.
MOST_LEVELS = 12
MOST_FAULTS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file is read, and what becomes of its areas; see `schemas.AreaReading`. None is found out or left out."""

    layer: str | None = None
    crs: str | None = None
    swapped: bool | None = None
    code: str | None = None
    code_from: CodeFrom = "property"
    name: str | None = None
    name_from: NameFrom = "property"
    parent: str | None = None
    parent_from: ParentFrom = "property"
    only: str | None = None
    only_values: Sequence[str] = ()
    merge: bool = False
    level: int | None = None
    clip: bool = False
    tolerance_m: float = 10.0
    simplify_m: float = 0.0
    root: Root = "file"
    root_code: str | None = None
    root_name: str | None = None


@dataclass(slots=True)
class Chosen:
    """An area of a file before its shape is looked at: its features, and what they say or do not say of it."""

    features: list[Feature]
    code: str | None
    name: str | None
    parent: str | None
    unusable: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    depth: int = 0
    pointers: Mapping[str, str] = field(default_factory=dict)

    @property
    def index(self) -> int:
        """The place of its first feature."""
        return self.features[0].index

    def error(self, role: str, code: str, detail: str) -> FieldError:
        """A fault of its code, name or parent, at the property that it was read from."""
        return self.features[0].error(self.pointers[role], code, detail, about=self.code)


def choose(features: Sequence[Feature], reading: Reading, *, confirmed: bool) -> tuple[list[Chosen], list[FieldError]]:
    """The areas that features become, and what is wrong with what they say.

    confirmed: what looks like personal data in the names concerns nobody. Raises PersonalData, and Invalid where no
    feature is left. What is wrong with an area is told with its code.
    """
    wanted = _only(features, reading)
    pointers = {role: f"properties/{_plain(getattr(reading, role), role)}" for role in LONGEST}
    chosen = [_chosen(feature, reading, pointers) for feature in wanted]
    # First: what is wrong with an area is told with its code.
    _admit(chosen, confirmed=confirmed)
    merged = _merged(chosen) if reading.merge else chosen
    _leave_to_the_root(merged, reading)
    return merged, list(_faults(merged, reading))


def _only(features: Sequence[Feature], reading: Reading) -> Sequence[Feature]:
    if reading.only is None:
        return features
    values = {said(value) for value in reading.only_values}
    wanted = [each for each in features if said(each.properties.get(reading.only)) in values]
    if not wanted:
        fault = FieldError("/only_values", "empty", "No feature has one of these values there.")
        raise Invalid("No feature of the file is left by `only`.", errors=(fault,))
    return wanted


def _plain(name: str | None, role: str) -> str:
    """A property's name in a pointer, where it can be nothing but a name."""
    return name if name is not None and PLAIN_KEY.fullmatch(name) else role


def _chosen(feature: Feature, reading: Reading, pointers: Mapping[str, str]) -> Chosen:
    def of(name: str | None) -> str | None:
        return said(feature.properties.get(name)) if name is not None else None

    # Where a map breaks a name, it is one.
    name = " ".join((of(reading.name) or "").split()) or None
    code = {
        "property": of(reading.code),
        "id": said(feature.id),
        "row": str(feature.index + 1),
        "name": slug(name or "") or None,
    }[reading.code_from]
    if reading.name_from == "code":
        name = code
    texts: dict[str, str | None] = {
        "code": code, "name": name, "parent": of(reading.parent) if reading.parent_from == "property" else None,
    }  # fmt: skip
    unusable = {role: _why(text, role) for role, text in texts.items() if text and not is_usable(text, role)}
    kept = {role: None if role in unusable else text for role, text in texts.items()}
    return Chosen([feature], kept["code"], kept["name"], kept["parent"], unusable, pointers=pointers)


def _why(text: str, role: str) -> tuple[str, str]:
    """Why a text cannot be used, by code and sentence."""
    if (wrong := spoilt(text)) is not None:
        return "unusable-text" if wrong.before is None else "spoilt-letters", wrong.detail
    detail = f"At most {LONGEST[role]} characters on one line, none of them a control character."
    return "unusable-text", detail if role == "name" else f"{detail} A code has no slash, and not dots alone."


def _admit(chosen: Sequence[Chosen], *, confirmed: bool) -> None:
    texts = {
        f"/features/{each.index}/{each.pointers[role]}": text
        for each in chosen
        for role, text in (("code", each.code), ("name", each.name), ("parent", each.parent))
        # Longer ones are refused for that, and nothing of them is kept.
        if text is not None
    }
    names = {f"/features/{each.index}/{each.pointers['name']}" for each in chosen}
    check_texts(texts, confirmed=confirmed, codes=[field for field in texts if field not in names])


def _leave_to_the_root(chosen: Sequence[Chosen], reading: Reading) -> None:
    """Who lies in the root that is made of them all needs no parent: the root is not in the file."""
    if reading.root == "union" and reading.level is None and all(each.code != reading.root_code for each in chosen):
        for each in chosen:
            each.parent = None if each.parent == reading.root_code else each.parent


def _merged(chosen: Sequence[Chosen]) -> list[Chosen]:
    """Those of one code as one, named as the first."""
    found: dict[str, Chosen] = {}
    rest = []
    for each in chosen:
        if each.code is None or each.code not in found:
            rest.append(each)
            if each.code is not None:
                found[each.code] = each
        else:
            found[each.code].features += each.features
    return rest


def _faults(chosen: Sequence[Chosen], reading: Reading) -> Iterator[FieldError]:
    seen: set[str] = set()
    for each in chosen:
        for role, (code, detail) in each.unusable.items():
            yield each.error(role, code, detail)
        if "code" not in each.unusable:
            if each.code is None:
                yield each.error("code", "missing", f"Every area needs a code; feature {each.index + 1} has none.")
            elif each.code in seen:
                yield each.error("code", "duplicate", "An earlier feature has the same code. `merge` makes them one.")
            else:
                seen.add(each.code)
        if each.name is None and "name" not in each.unusable and not (reading.name_from == "code" and not each.code):
            yield each.error("name", "missing", f"Every area needs a name; feature {each.index + 1} has none.")


def tree_faults(chosen: Sequence[Chosen], known: Mapping[str, int]) -> list[FieldError]:
    """What is wrong with how areas hang together; sets the depth of each, 1 for a root, 0 where it leads to none.

    known: the depths of areas that are there already, by code.
    """
    parents = {each.code: each.parent for each in chosen}
    faults = []
    for each in chosen:
        depth, code = 1, each.parent
        while code is not None and code not in known and depth < MOST_LEVELS:
            depth, code = depth + 1, parents.get(code)
        each.depth = depth if code is None else depth + known[code] if code in known else 0
        if each.parent is not None and each.parent not in parents and each.parent not in known:
            faults.append(each.error("parent", "unknown-parent", _UNKNOWN[bool(known)]))
        elif not each.depth and _in_circle(each, parents):
            faults.append(each.error("parent", "cycle", "From parent to parent it comes back to where it was."))
        elif not each.depth or each.depth > MOST_LEVELS:
            faults.append(each.error("parent", "too-deep", f"There is no root within {MOST_LEVELS} levels."))
    return faults


_UNKNOWN = {
    False: "No feature of the file has this code.",
    True: "No area of the level above has this code, or alone this name, and no feature of the file has the code."
    " `parent_from=place` goes by the map.",
}


def _in_circle(each: Chosen, parents: Mapping[Any, str | None]) -> bool:
    """Whether the way up from an area leads into a circle, of as many areas as anybody draws by mistake."""
    seen, code = {each.code}, each.parent
    while code is not None and code not in seen and len(seen) < 100:
        seen.add(code)
        code = parents.get(code)
    return code in seen
