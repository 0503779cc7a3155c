"""What a file's properties are, which could be code, name and parent, and how the file could be read. Pure.

A suggestion is made of what the properties are called, in some languages, and of what they say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from services.reports.areas.domain.choosing import CodeFrom, Reading
from services.reports.areas.domain.layers import Feature, Layer
from services.reports.areas.domain.parents import Above, InUse, above
from services.reports.areas.domain.values import folded, is_usable, said, slug
from services.reports.spoilt import spoilt
from shared.privacy import mask, screen

Kind = Literal["text", "integer", "number", "boolean", "mixed", "other", "empty"]
MOST_PROPERTIES = 100
_EXAMPLES, _LONGEST_EXAMPLE, _BESIDE = 5, 80, 40
_MOST_ROWS_NAMED = 20
# What a property is called whose values are that, folded; ends of longer names count too: LAN_KOD, Stadsdelsnamn.
_CODES = ("code", "kod", "kode", "koodi", "kennziffer", "schluessel", "schlussel", "schluesselnummer", "codigo",
          "codice", "deso", "regso", "nyko", "ags", "ars", "rs", "geoid", "insee", "nuts", "lau", "isocode", "iso",
          "key", "ref", "refscb", "scb", "nr", "nummer", "number", "num", "no", "beteckning", "plrid", "gmlid", "uuid",
          "id")  # fmt: skip
_NAMES = ("name", "namn", "navn", "nimi", "nom", "nombre", "nome", "nazwa", "naam", "gen", "bezeichnung", "benamning",
          "benevning", "label", "title", "titel", "stadsdel", "bydel", "district", "distrikt", "neighborhood", "hood",
          "neighbourhood", "quartier", "ortsteil", "bezirk", "kreis", "omrade", "area", "kommun", "municipality",
          "ward", "barrio", "suburb", "locality", "community", "tatort")  # fmt: skip
_PARENTS = ("parent", "parentcode", "parentid", "foralder", "overordnad", "overordnat", "tillhor", "tillhorkod",
            "moderkod", "partof", "upper", "superior")  # fmt: skip
# Areas of one name: more of them are called alike in no municipality.
_MOST_OF_A_NAME = 4
# Numbers that programs make and make anew; and measures.
_MADE = ("fid", "objectid", "ogcfid", "gid", "oid", "rownum", "index", "uuid", "gmlid", "globalid")
_MEASURES = ("length", "leng", "perimeter", "hektar", "hectares", "surface", "areakm2", "aream2", "ha", "flache",
             "shapearea", "starea", "population", "folkmangd", "invanare", "year", "date", "datum")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A property of a layer: how many features have it, and how many different values there are."""

    name: str
    kind: Kind
    filled: int
    distinct: int
    empty: Sequence[int]
    examples: Sequence[str]


@dataclass(frozen=True, slots=True)
class Offer:
    """Properties, the names of those that could be code, name and parent, best first, and a reading made of them."""

    properties: Sequence[Property]
    ranked: dict[str, list[str]]
    reading: Reading
    doubts: list[tuple[str, str]] = field(default_factory=list)


def offer(layer: Layer, *, municipality: str, known: frozenset[str], tree: Sequence[InUse] = ()) -> Offer:
    """What a layer offers. municipality: its code, to find what is its own in a file of a whole country.

    known: the codes of areas in use; tree: those areas.
    """
    names = list(dict.fromkeys(name for each in layer.features for name in each.properties))
    values = {name: [said(each.properties.get(name)) for each in layer.features] for name in names[:MOST_PROPERTIES]}
    properties = [_described(name, layer.features, texts) for name, texts in values.items()]
    # What lies below the root is in use as a level, of which a property names most, or none at all.
    known = (known | {municipality}) - {each.code for each in tree if each.level}
    ranked, features, part = _ranked(properties, values, known, tree), layer.features, dict[str, Any]()
    doubts = []
    if len(names) > MOST_PROPERTIES:
        doubts.append(("many-properties", f"Only the first {MOST_PROPERTIES} of {len(names)} properties are shown."))
    # Where areas lie in each other, the municipality is above them and not one of many.
    if not ranked["parent"] and (own := _own(values, municipality)):
        only, rows = own
        part = {"only": only, "only_values": [municipality]}
        told = f"{len(rows)} of {len(features)} features are the municipality's, by the code {municipality}."
        doubts.append(("larger-file", told))
        if len(rows) > 1:
            # What all of its own have alike tells none of them from the others.
            features = [features[row] for row in rows]
            values = {name: [texts[row] for row in rows] for name, texts in values.items() if name != only}
            described = [_described(name, features, texts) for name, texts in values.items()]
            ranked = _ranked(described, values, known, tree)
    if "letters-lost" not in dict(layer.notes):
        doubts += _of_letters(values)
    chosen, more = _suggested(features, ranked, values)
    if (level := _level(chosen, values, tree)) is not None:
        chosen["level"] = level
        told = f"The parents are areas in use, of level {level - 1}: read as level {level}, below them, which stay."
        more.append(("level-below", told))
    return Offer(properties, ranked, Reading(layer=layer.name, root="union", **chosen, **part), [*doubts, *more])


def _of_letters(values: Mapping[str, Sequence[str | None]]) -> list[tuple[str, str]]:
    """Which properties hold letters that were spoilt before the file was saved."""
    wrong = {name: sum(spoilt(text) is not None for text in texts if text) for name, texts in values.items()}
    named = ", ".join(f"{name!r} ({count})" for name, count in wrong.items() if count)
    told = f"Letters were lost or exchanged before the file was saved, in {named}. Save it anew in UTF-8."
    return [("spoilt-letters", told)] if named else []


def _own(values: Mapping[str, Sequence[str | None]], municipality: str) -> tuple[str, list[int]] | None:
    """A property that says which of a larger file's features are the municipality's, and the rows of those."""
    for name, texts in values.items():
        rows = [row for row, text in enumerate(texts) if text == municipality]
        if 0 < len(rows) < len(texts):
            return name, rows
    return None


def _described(name: str, features: Sequence[Feature], texts: Sequence[str | None]) -> Property:
    filled = [text for text in texts if text is not None]
    examples = list(dict.fromkeys(filled))
    return Property(
        name=name,
        kind=_kind(feature.properties.get(name) for feature in features),
        filled=len(filled),
        distinct=len(examples),
        empty=[feature.index + 1 for feature, text in zip(features, texts, strict=True) if text is None][
            :_MOST_ROWS_NAMED
        ],
        examples=[_struck(text) for text in examples[:_EXAMPLES]],
    )


def _struck(text: str) -> str:
    """An example without what a file may hold of a person; looked at is a little more, for half of a number is none."""
    seen = " ".join(text[: _LONGEST_EXAMPLE + _BESIDE].split())
    return mask(seen, screen(seen))[:_LONGEST_EXAMPLE]


def _kind(values: Iterable[Any]) -> Kind:
    kinds = {_kind_of(value) for value in values if value is not None and value != ""}
    if kinds == {"integer", "number"}:
        return "number"
    return "empty" if not kinds else kinds.pop() if len(kinds) == 1 else "mixed"


def _kind_of(value: Any) -> Kind:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    return "number" if isinstance(value, float) else "text" if isinstance(value, str) else "other"


def _ranked(
    properties: Sequence[Property], values: dict[str, list[str | None]], known: frozenset[str], tree: Sequence[InUse]
) -> dict[str, list[str]]:
    codes = _best({each.name: _as_code(each, values[each.name]) for each in properties})
    names = _best({each.name: _as_name(each, values[each.name]) for each in properties})
    own = {text for text in values[codes[0]] if text} if codes else set[str]()
    parents = _best(
        {
            each.name: _as_parent(each, values[each.name], own=own, known=known, tree=tree)
            for each in properties
            if each.name not in codes[:1]
        }
    )
    return {"code": codes, "name": names, "parent": parents}


def _best(scores: dict[str, int]) -> list[str]:
    return sorted((name for name, score in scores.items() if score > 0), key=lambda name: -scores[name])


def _called(name: str, words: Sequence[str]) -> int:
    """How much a property is called one of these: 4 is one, 3 ends with one, 2 begins with one, 0 is something else."""
    plain = folded(name)
    last = slug(name).split("-")[-1]
    if plain in words:
        return 4
    if last in words or any(len(word) > 2 and plain.endswith(word) for word in words):
        return 3
    return 2 if any(len(word) > 3 and plain.startswith(word) for word in words) else 0


def _as_code(each: Property, texts: Sequence[str | None]) -> int:
    called = _called(each.name, _CODES)
    unique = each.filled == each.distinct == len(texts)
    usable = all(text is not None and is_usable(text, "code") for text in texts[:1000] if text)
    kinds = ("text", "integer", "mixed") if called > 2 else ("text", "integer")
    if each.kind not in kinds or not usable or _called(each.name, _MEASURES) > 2 or not each.filled:
        return 0
    # A name is no code: codes are made of it, which is said.
    if not called and _called(each.name, _NAMES) and _is_wordy(texts):
        return 0
    short = max(len(text) for text in texts if text) <= 20 and not any(" " in text for text in texts if text)
    # One that is repeated is a code all the same, with a fault.
    if not unique and not (called > 2 and (each.distinct > 1 or called == 4) and each.filled == len(texts)):
        return 0
    made = folded(each.name) in _MADE
    return 6 * unique + 2 * called + 2 * short - 7 * made - 6 * (each.kind == "text" and not short and not called)


def _is_wordy(texts: Sequence[str | None]) -> bool:
    filled = [text for text in texts if text]
    wordy = sum(any(sign.isalpha() for sign in text) and not any(c.isdigit() for c in text) for text in filled)
    return 2 * wordy > len(filled)


def _as_name(each: Property, texts: Sequence[str | None]) -> int:
    called, most = _called(each.name, _NAMES), _is_wordy(texts)
    alike = each.distinct < 2 <= len(texts)
    if each.kind not in ("text", "mixed") or not each.filled or alike or not (called or most):
        return 0
    # A town that many areas lie in is the name of none of them.
    if not called and each.distinct * _MOST_OF_A_NAME < len(texts):
        return 0
    return 2 * called + 3 * most + 2 * (each.filled == len(texts)) + 4 * (each.distinct * 10 > len(texts) * 8)


def _as_parent(
    each: Property, texts: Sequence[str | None], *, own: set[str], known: frozenset[str], tree: Sequence[InUse]
) -> int:
    filled = {text for text in texts if text}
    called = _called(each.name, _PARENTS)
    if not filled or each.kind not in ("text", "integer", "mixed"):
        return 0
    among_known = 3 * (filled <= known and len(filled) < len(texts))
    among_tree = 0
    if (found := _above(texts, own=own, tree=tree)) is not None:
        # Numbers of parts begin at 1 in each district: they name a few of the districts, and the right property all.
        among_tree = 3 + round(3 * found.share) - (not found.by_code)
    best = 8 if _among_own(texts, own, known) else max(among_known, among_tree)
    return best + (2 * called if called > 2 else 0)


def _among_own(texts: Sequence[str | None], own: set[str], known: frozenset[str]) -> bool:
    """Whether parents are of the file itself: some are, and what is at the top has none or one that is in use."""
    filled = {text for text in texts if text}
    tops = any(text is None or text not in own for text in texts)
    return filled <= own | known and bool(filled & own) and filled != own and tops


def _above(texts: Sequence[str | None], *, own: set[str], tree: Sequence[InUse]) -> Above | None:
    """The level in use that areas lie in by a property, unless it is the one that they are themselves."""
    found = above(texts, tree)
    if found is None:
        return None
    there = {each.code for each in tree if each.level == found.level}
    return found if len(own & there) * 2 < len(there) or not own else None


def _level(chosen: Mapping[str, Any], values: Mapping[str, Sequence[str | None]], tree: Sequence[InUse]) -> int | None:
    """Which level of the tree in use the areas are, where their parents are in use and not in the file; else None."""
    texts, own = values.get(chosen["parent"] or "", ()), {text for text in values.get(chosen["code"] or "", ()) if text}
    if _among_own(texts, own, frozenset(each.code for each in tree if not each.level)):
        return None
    found = _above(texts, own=own, tree=tree)
    return None if found is None else found.level + 1


def _made_of(features: Sequence[Feature], names: Sequence[str | None]) -> CodeFrom:
    """What codes are made of where no property has them: ids that somebody gave, else names, else numbers of rows."""
    ids = [said(each.id) for each in features]
    numbered = all(each in (str(row), str(row + 1)) for row, each in enumerate(ids))
    if None not in ids and len({*ids}) == len(ids) and not numbered:
        return "id"
    slugs = {slug(text) for text in names if text} - {""}
    return "name" if len(slugs) == len(features) else "row"


def _suggested(
    features: Sequence[Feature], ranked: Mapping[str, list[str]], values: Mapping[str, Sequence[str | None]]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Where code, name and parent are read from, and what is doubtful in that."""
    doubts = []
    code, name, parent = (next(iter(ranked[role]), None) for role in ("code", "name", "parent"))
    if code is not None and code == name:
        name = next((other for other in ranked["name"] if other != code), None)
        if name is None and not _called(code, _CODES):
            code, name = None, code
    chosen: dict[str, Any] = {"code": code, "name": name, "parent": parent}
    if code is None:
        chosen["code_from"] = _made_of(features, values.get(name or "", []))
        doubts.append(("no-code", "No property has a code of its own for each area. Look what is taken for it."))
    elif repeated := len(features) - len({*values[code]}):
        pairs = {*zip(values[code], values[name] if name else values[code], strict=True)}
        # Parts of one area are called alike.
        chosen["merge"] = len(pairs) == len({*values[code]})
        told = f"{repeated} of {len(features)} features have the code of an earlier one, and another name."
        joined = ("repeated-codes", "Several features have the same code: they are joined into one area.")
        doubts.append(joined if chosen["merge"] else ("duplicate-codes", told))
    if name is not None and (several := len({*values[name]})) * _MOST_OF_A_NAME < len({*values.get(code or name, [])}):
        told = f"{name!r} has {several} different values for {len(features)} areas. Is it the name of each?"
        doubts.append(("names-repeat", told))
    if name is None:
        chosen["name_from"] = "code"
        doubts.append(("no-name", "No property looks like a name: areas are called by their codes."))
    return chosen, doubts
