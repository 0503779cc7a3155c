"""Reports as people read them in a spreadsheet: names beside codes and ids, local times, their own language's headings.

Excel opens a file by a double click when it begins with a byte order mark and has the separators of the language that
the machine is set to: where a number has a decimal comma, semicolons between the columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from babel import localedata
from fastapi import Query
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from sqlalchemy.dialects.postgresql import TIMESTAMP

from services.reports.tables import areas, organisations, reports
from services.reports.taxonomy import CATEGORIES, RETIRED
from shared.shapes import Written
from shared.texts import FORMULA

_A_LANGUAGE = "Write the tag of a language, such as fi: headings and names are in sv and en, and English in any other."


def _known(tag: str) -> str:
    if not localedata.exists(tag.replace("-", "_")):
        raise PydanticCustomError("unknown_language", _A_LANGUAGE)
    return tag


# A tag as BCP 47 writes it, that CLDR knows.
Tongue = Annotated[str, Written(r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$", _A_LANGUAGE), AfterValidator(_known)]
InForm = Annotated[
    Literal["rfc4180", "excel"],
    Query(
        alias="format",
        description="`rfc4180`: for systems, with commas, codes, and moments in UTC (RFC 3339). `excel`: as "
        "spreadsheets of a language open it, with its own separators, names beside codes and ids, and local times.",
        examples=["rfc4180"],
    ),
]
InLanguage = Annotated[
    Tongue | None,
    Query(
        description="Of `excel`: whoever opens it has their machine set to that. Headings and names are in Swedish "
        "for `sv`, in English for any other. The municipality's without it.",
        examples=["sv"],
    ),
]
Columns = Mapping[str, sa.ColumnElement[Any]]

# By column: its heading in Swedish and in English. `_name` is what a code or an id beside it is called.
_HEADINGS: Mapping[str, tuple[str, str]] = {
    "id": ("Rapport", "Report"),
    "occurred_on": ("Dag", "Day"),
    "band": ("Tvåtimmarsintervall", "Two-hour band"),
    "occurred_from": ("Från", "From"),
    "occurred_to": ("Till", "Until"),
    "category_name": ("Kategori", "Category"),
    "subcategory_name": ("Underkategori", "Sub-category"),
    "area_name": ("Område", "Area"),
    "severity": ("Allvarlighetsgrad", "Severity"),
    "status": ("Status", "Status"),
    "text": ("Text", "Text"),
    "organisation_name": ("Inskickad av", "Sent by"),
    "external_reference": ("Egen referens", "Own reference"),
    "location_kind": ("Typ av plats", "Kind of place"),
    "dark": ("I mörker", "In the dark"),
    "certainty": ("Hur säkert", "Certainty"),
    "lat": ("Latitud", "Latitude"),
    "lon": ("Longitud", "Longitude"),
    "cell": ("Ruta", "Cell"),
    "received_at": ("Inkom", "Came in"),
    "updated_at": ("Senast ändrad", "Last changed"),
    "category": ("Kategorikod", "Category code"),
    "subcategory": ("Underkategorikod", "Sub-category code"),
    "area_code": ("Områdeskod", "Area code"),
    "organisation_id": ("Inskickad av, id", "Sent by, id"),
    "incident_id": ("Räknas ihop med", "Counted together with"),
    "version": ("Version", "Version"),
}
_WORDS: Mapping[str, Mapping[Any, tuple[str, str]]] = {
    "status": {
        "received": ("mottagen", "received"), "accepted": ("godkänd", "accepted"),
        "question": ("fråga ställd", "question asked"), "duplicate": ("dubblett", "duplicate"),
        "rejected": ("avvisad", "rejected"), "withdrawn": ("tillbakadragen", "withdrawn"),
    },
    "location_kind": {
        "residential": ("bostadsmiljö", "residential"), "public": ("allmän plats", "public place"),
        "semi_public": ("halvoffentlig plats", "semi-public place"),
    },
    "certainty": {
        "certain": ("säker", "certain"), "likely": ("trolig", "likely"), "uncertain": ("osäker", "uncertain"),
    },
    "dark": {True: ("ja", "yes"), False: ("nej", "no")},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A spreadsheet in its reader's language (a tag; all but Swedish in English), times in a zone (its IANA name)."""

    language: str
    zone: str

    @property
    def delimiter(self) -> str:
        """Between columns. English alone has a decimal point, and commas between them."""
        return "," if self._is_english else ";"

    @property
    def _is_english(self) -> bool:
        return self.language.partition("-")[0].lower() == "en"

    def select(self, shown: Columns) -> sa.Select[Any]:
        """The query of its rows, from columns as the reader may see them: what is hidden stays empty."""
        columns = {**shown, **_names(shown, at=self._at)}
        cells = (self._cell(name, columns).label(headings[self._at]) for name, headings in _HEADINGS.items())
        senders = reports.outerjoin(organisations, organisations.c.id == reports.c.organisation_id)
        return sa.select(*cells).select_from(senders.outerjoin(areas, areas.c.code == reports.c.area_code))

    @property
    def _at(self) -> int:
        return 0 if self.language.partition("-")[0].lower() == "sv" else 1

    def _cell(self, name: str, columns: Columns) -> sa.ColumnElement[Any]:
        column = columns[name]
        if name in _WORDS:
            return sa.case(*((column == code, words[self._at]) for code, words in _WORDS[name].items()))
        if isinstance(column.type, sa.DateTime):
            local = sa.cast(sa.func.timezone(self.zone, column), TIMESTAMP(precision=0))
            return sa.cast(local, sa.Text)
        if isinstance(column.type, sa.Double) and not self._is_english:
            return sa.func.replace(sa.cast(column, sa.Text), ".", ",")
        if name == "band":
            return sa.case((column.is_not(None), sa.func.concat(column * 2, "–", column * 2 + 2)))
        return column


def _names(shown: Columns, *, at: int) -> dict[str, sa.ColumnElement[Any]]:
    """What codes and ids are called; nothing where they are not shown."""
    mains = {each.code: (each.sv, each.en) for each in CATEGORIES.values()}
    mains |= {old: (was.sv, was.en) for (old, sub), was in RETIRED.items() if sub is None}
    subs = {(each.code, code): said for each in CATEGORIES.values() for code, said in each.subcategories.items()}
    subs |= {(main, sub): (was.sv, was.en) for (main, sub), was in RETIRED.items() if sub is not None}
    category, sub = shown["category"], shown["subcategory"]
    return {
        "category_name": sa.case(*((category == code, said[at]) for code, said in mains.items())),
        "subcategory_name": sa.case(
            *((sa.and_(sub == code, category == main), said[at]) for (main, code), said in subs.items())
        ),
        "area_name": _defused(areas.c.name),
        "organisation_name": sa.case((shown["organisation_id"].is_not(None), _defused(organisations.c.name))),
    }


def _defused(name: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.regexp_replace(name, FORMULA, r"\1'", "g")
