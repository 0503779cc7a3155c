"""By what rows of files are known again where their sender gives no reference of their own.

A mapping has the ways in which its rows were known so far, the newest first: what is changed in it then changes no
row's identity. A row that an earlier way knows is the same row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.reports.mappings.domain.mapping import FIELDS, IDENTIFYING

# Further back nobody's files are.
MOST_WAYS = 6
# Of forms of dates, the first ones.
MOST_FORMS = 20
Columns = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way in which rows are known.

    said: field -> its columns, of all that a row tells. kin: the columns that say which incident it is, empty in a way
    of before they were kept. chosen: the mapping's maker named these, and did not leave it to what tells when, where
    and of what kind. meant: rows are known by what their cells mean, else by how they are written, as of old.
    """

    said: Mapping[str, Columns]
    kin: Columns
    chosen: bool = False
    meant: bool = True

    @property
    def columns(self) -> frozenset[str]:
        """All that a file needs for rows to be known so."""
        return frozenset(self.kin).union(*self.said.values())

    def document(self) -> dict[str, Any]:
        """As it is kept, and `way_from` reads it."""
        return {
            "said": {name: list(of) for name, of in self.said.items()},
            "kin": list(self.kin),
            "chosen": self.chosen,
            "meant": self.meant,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The ways in which a mapping's rows are known, the newest first, and the name that the mapping is kept under.

    forms: in which moments of its rows are read, the oldest first: a date means the same whatever is added later, and
    also where it was misread.
    """

    ways: tuple[Way, ...]
    mapping: str | None = None
    forms: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """As it is kept, and `identity_from` reads it."""
        return {
            "mapping": self.mapping,
            "ways": [way.document() for way in self.ways],
            "forms": list(self.forms),
        }


def identity_of(document: Mapping[str, Any], *, name: str | None, before: Identity | None) -> Identity:
    """The identity of a mapping from its document. before: of the mapping that it takes the place of, if there is one.

    Where nobody chose columns, those stay that were taken first, as long as the mapping reads them: what is added to it
    later changes none.
    """
    said = _said(document)
    chosen = document.get("identity")
    kin = tuple(chosen or (column for field in IDENTIFYING for column in said.get(field, ())))
    earlier = before.ways if before else ()
    if not chosen and earlier and not earlier[0].chosen and earlier[0].kin:
        mapped = {column for columns in said.values() for column in columns}
        kin = earlier[0].kin if mapped.issuperset(earlier[0].kin) else kin
    way = Way(said=said, kin=tuple(dict.fromkeys(kin)), chosen=bool(chosen))
    ways = (way, *(each for each in earlier if each != way))
    forms = dict.fromkeys((*(before.forms if before else ()), *_forms(document)))
    return Identity(ways=ways[:MOST_WAYS], mapping=name, forms=tuple(forms)[:MOST_FORMS])


def identity_of_before(document: Mapping[str, Any], *, name: str | None) -> Identity:
    """That of a mapping, or of a file, from before identities were kept: its rows were known by all that they said."""
    return identity_of(document, name=name, before=Identity(ways=(Way(said=_said(document), kin=(), meant=False),)))


def identity_from(kept: Mapping[str, Any] | None, *, document: Mapping[str, Any], name: str | None) -> Identity:
    """The identity as it is kept beside a document; None stands for one from before identities were kept.

    One from before rows were known by what they mean has that as its newest way, and finds its reports by the others.
    """
    if kept is None:
        return identity_of_before(document, name=name)
    ways = [
        Way(
            said=_said({"columns": each["said"]}),
            kin=tuple(each["kin"]),
            chosen=each["chosen"],
            meant=each.get("meant", False),
        )
        for each in kept["ways"]
    ]
    if not ways[0].meant:
        ways = [replace(ways[0], meant=True), *ways][:MOST_WAYS]
    forms = kept.get("forms") or _forms(document)
    return Identity(ways=tuple(ways), mapping=kept["mapping"], forms=tuple(forms))


def _forms(document: Mapping[str, Any]) -> tuple[str, ...]:
    forms: str | Sequence[str] = document.get("datetime_format") or ()
    return (forms,) if isinstance(forms, str) else tuple(forms)


def _said(document: Mapping[str, Any]) -> dict[str, Columns]:
    """Field to columns in the order of FIELDS, which hashes of rows depend on, and JSON in PostgreSQL does not keep."""
    columns: Mapping[str, str | Sequence[str]] = document["columns"]
    told = {field: columns[field] for field in FIELDS if columns.get(field)}
    return {field: (of,) if isinstance(of, str) else tuple(of) for field, of in told.items()}
