"""A mapping as organisations write it: how their files are read."""

import codecs
from collections.abc import Sequence
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, field_validator, model_validator

from services.reports.mappings.domain import mapping as domain
from services.reports.mappings.domain.formats import check_format
from services.reports.mappings.domain.forms import DATE_FORMS
from services.reports.mappings.domain.mapping import CodedField, FieldName
from services.reports.mappings.domain.words import Wrong, alike, categories_of, code_of, looked_up, under
from shared import moments
from shared.errors import Invalid
from shared.geo.geometry import coordinate_system
from shared.privacy.free_text import Confirmed, Screened
from shared.shapes import MOST_AREA_CODE, AtMost, Body, Line, Lines, Written, fault
from shared.spelling import choices, nearest

Name = Annotated[
    str,
    Written(r"^[a-z0-9][a-z0-9-]{0,39}$", "A name of small letters a to z, digits and hyphens: at most 40, as granen."),
    Field(examples=["granen"]),
]
# As it stands in the file: a cell of a header may hold a line break.
Column = Annotated[str, Lines(domain.MOST_COLUMN)]
# What stands in the file, and our code for it.
Word = Annotated[str, Lines(100)]
Value = Annotated[str, Line(MOST_AREA_CODE)] | Annotated[int, Field(ge=0, le=1_000_000, strict=True)] | None
Sheet = Annotated[
    Annotated[int, Field(ge=1, le=domain.MOST_SHEETS, strict=True)] | Annotated[str, Line(domain.MOST_SHEET_NAME)],
    Screened(codes=True),
]
HeaderRow = Annotated[int, Field(ge=0, le=domain.MOST_HEADER_ROW, strict=True)] | Literal["auto"]
DateFormat = Annotated[str, Line(40)]
# What a report calls them is otherwise in a file, where coordinates may be in any system.
_NAMES_OF_REPORTS = {
    **dict.fromkeys(("lat", "lon", "latitude", "longitude"), "lon and lat are x and y here, with crs EPSG:4326"),
    "area_code": "area_code is place_code here",
}
# More than there are fields: of a few that are none each is named.
_FIELDS = 40


class Mapping(Body):
    """How an organisation's files are read. The same mapping serves every file of that kind."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "delimiter": ";",
                    "encoding": "cp1252",
                    "decimal": ",",
                    "columns": {
                        "external_reference": "Ärendenr",
                        "occurred_from": ["Datum", "Kl"],
                        "category": "Ärendetyp",
                        "x": "Öst (X)",
                        "y": "Nord (Y)",
                        "text": "Anteckning",
                    },
                    "constants": {"location_kind": "residential"},
                    "values": {"category": {"Klotter": "damage", "Buller": "order"}},
                    "defaults": {"category": "other"},
                    "datetime_format": "%Y-%m-%d %H:%M",
                    "time_zone": "Europe/Stockholm",
                    "crs": "EPSG:3006",
                }
            ]
        },
    )

    delimiter: Literal[domain.Delimiter, "auto"] = Field(default="auto", description="auto: found out.")
    encoding: Annotated[str, Line(20)] = Field(
        default="auto",
        description="auto: found out. Or utf-8, utf-16, cp1252, iso-8859-1, iso-8859-15, mac-roman, cp850, cp437; marks"
        " are fine.",
    )
    decimal: Literal[".", ",", "auto"] = Field(default="auto", description="auto: found out.")
    sheet: Sheet = Field(
        default="auto",
        description="Of a workbook: the name of the sheet, or its number (the first is 1). auto: the first one to be"
        " seen that has the columns.",
        examples=["auto"],
    )
    header_row: HeaderRow = Field(
        default="auto",
        description="In which row the headings stand, as Excel numbers them, or in which line of a text; 0: there are"
        " none, and the columns are called Column 1, Column 2 and so on. auto: the first row that has the columns.",
        examples=["auto"],
    )
    columns: Annotated[
        dict[FieldName, Column | Annotated[list[Column], Field(min_length=1, max_length=5)]],
        AtMost(_FIELDS),
        Screened(codes=True),
    ] = Field(
        description="Field to column; the texts of several columns are joined by a space. Other columns are ignored."
        " x is longitude or east, y latitude or north, place_code the code or name of an area."
    )
    constants: Annotated[dict[CodedField, Value], AtMost(_FIELDS), Screened(codes=True)] = Field(
        default_factory=dict, description="Field to value, for fields that the file has no column for."
    )
    values: Annotated[
        dict[CodedField, Annotated[dict[Word, Value], AtMost(5000)]], AtMost(_FIELDS), Screened(codes=True)
    ] = Field(default_factory=dict, description="Field to their text to our code, or null for none.")
    defaults: Annotated[dict[CodedField, Value], AtMost(_FIELDS), Screened(codes=True)] = Field(
        default_factory=dict,
        description="Field to the value of empty texts and of those not in `values`; without it these are errors.",
    )
    datetime_format: Annotated[
        DateFormat | Annotated[list[DateFormat], Field(min_length=1, max_length=domain.MOST_FORMATS)],
        Screened(codes=True),
    ] = Field(
        default=["iso", "%Y-%m-%d %H:%M"],
        description=(
            "How dates are written, or several ways to try in turn. iso: any of ISO 8601; ymd, dmy, mdy: day, month and"
            " year in this order, in numbers or with the month's name, with or without a clock; week: 2026-W47 or"
            " v. 47 2026, all of its days; excel: days since 1900; unix_s, unix_ms: seconds and milliseconds since"
            " 1970. Or a format of strptime. Without hours it is a whole local day."
        ),
        examples=["ymd"],
    )
    midnight: domain.Midnight = Field(
        default="known",
        description="unknown: 00:00 stands where nobody knows the time, and the row is of the whole day.",
    )
    mend_letters: bool = Field(
        default=False,
        strict=True,
        description="Cells that were written in UTF-8 and read in another encoding before the file was saved (Ã¶ for ö)"
        " are taken back to what they were. Without it their rows are errors.",
        examples=[False],
    )
    time_zone: Annotated[str, Line(60)] | None = Field(
        default=None,
        description="Of times without an offset; else the municipality's. Where the clocks go back, the first of two.",
    )
    crs: Annotated[str, Line(16)] | None = Field(
        default=None, description="EPSG code of x (east) and y (north), and of point; that is in degrees without one."
    )
    point_form: domain.PointForm = Field(
        default="auto",
        description=(
            "How a point in one column is written. auto: two numbers are latitude and longitude, or east and north"
            " in metres. Letters (63.17N 14.63E), WKT and GeoJSON are read in any case."
        ),
    )

    identity: Annotated[list[Column], Field(min_length=1, max_length=20), Screened(codes=True)] | None = Field(
        default=None,
        description=(
            "Columns of the file that say which incident a row without a reference is about: one that says the same in"
            " them and else something other is a corrected row. Without them those are taken that told when, where and"
            " of what kind when the mapping was first kept; what is added to it later changes nothing in that."
        ),
        examples=[["Datum", "Kl", "Plats", "Ärendetyp"]],
    )

    def kept(self) -> dict[str, Any]:
        """As it is kept: without what goes without saying, so that two which read every file alike are the same."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @field_validator("columns", mode="before")
    @classmethod
    def _fields_of_files(cls, value: Any) -> Any:
        asked = _NAMES_OF_REPORTS.keys() & value.keys() if isinstance(value, dict) else ()
        if asked:
            told = dict.fromkeys(_NAMES_OF_REPORTS[each] for each in sorted(asked))
            raise fault("unknown_field", f"{'; '.join(told)}.")
        return value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        if value == "auto":
            return value
        try:
            name = codecs.lookup(value).name.removesuffix("-sig")
        except LookupError:
            name = ""
        if name not in domain.ENCODINGS:
            raise fault("unknown_word", choices(["auto", *domain.ENCODINGS], sent=value))
        return name

    @field_validator("datetime_format")
    @classmethod
    def _whole_date(cls, value: str | list[str]) -> str | list[str]:
        for place, form in enumerate([value] if isinstance(value, str) else value):
            try:
                if form not in DATE_FORMS:
                    check_format(form)
            except ValueError as wrong:
                raise fault("unknown_format", str(wrong), at=() if isinstance(value, str) else (str(place),)) from None
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        try:
            return value and moments.zone_named(value).key
        except ValueError:
            near = nearest(moments.zones(), sent=value)
            meant = "" if near is None else f" Did you mean {near}?"
            raise fault("unknown_time_zone", f"The IANA list has no such time zone.{meant}") from None

    @field_validator("crs")
    @classmethod
    def _known_crs(cls, value: str | None) -> str | None:
        try:
            if value is not None:
                coordinate_system(value)
        except Invalid as wrong:
            raise fault("unknown_crs", wrong.detail) from None
        return value.upper() if value else None

    @model_validator(mode="after")
    def _whole(self) -> "Mapping":
        if "occurred_from" not in self.columns:
            raise fault("needed", "A column is needed: a report has a date.", at=("columns", "occurred_from"))
        if not {"category"} & {*self.columns, *self.constants}:
            raise fault("needed", "A category needs a column or a constant.", at=("columns", "category"))
        for twice in sorted(self.columns.keys() & self.constants.keys()):
            raise fault("said_twice", "It has both a column and a constant.", at=("constants", twice))
        if lone := {"x", "y"} - self.columns.keys() if {"x", "y"} & self.columns.keys() else ():
            raise fault("needed", "x and y come together.", at=("columns", *lone))
        if {"x", "point"} <= self.columns.keys():
            detail = "A place is told by point, or by x and y. Leave one of them out."
            raise fault("said_twice", detail, at=("columns", "point"))
        if "x" in self.columns and self.crs is None:
            raise fault("needed", "crs is needed: which EPSG code are x and y in?", at=("crs",))
        self._check_codes()
        return self

    def _check_codes(self) -> None:
        plan = self.plan()
        for name, words in self.values.items():
            for place, text in enumerate(words, 1):
                _refuse(code_of(plan, name, text), ("values", name), word=place)
        for where, told in (("constants", self.constants), ("defaults", self.defaults)):
            for name in told:
                _refuse(code_of(plan, name, ""), (where, name))

    def plan(self) -> domain.Mapping:
        """The mapping as the domain works with it."""
        forms = self.datetime_format
        return domain.Mapping(
            columns={k: (v,) if isinstance(v, str) else tuple(v) for k, v in self.columns.items()},
            constants=dict(self.constants.items()),
            values={name: looked_up(words) for name, words in self.values.items()},
            defaults=dict(self.defaults.items()),
            datetime_formats=(forms,) if isinstance(forms, str) else tuple(forms),
            time_zone=ZoneInfo(self.time_zone) if self.time_zone else None,
            crs=self.crs or ("EPSG:4326" if "point" in self.columns else None),
            point_form=self.point_form,
            midnight=self.midnight,
            mend_letters=self.mend_letters,
            delimiter=self.delimiter,
            encoding=self.encoding,
            decimal=self.decimal,
            sheet=self.sheet,
            header_row=None if self.header_row == "auto" else self.header_row,
        )


def _refuse(code: Any, at: Sequence[str], *, word: int | None = None) -> None:
    """Refuse what is wrong with a code; of words, which may say anything, the place among them is named, from 1."""
    if isinstance(code, Wrong) and code.code != "missing":
        raise fault(code.code, code.detail if word is None else f"Word {word}: {code.detail}", at=at)


class ToldApart(Mapping):
    """A mapping whose words mean one thing each, and whose sub-categories belong to its categories."""

    @model_validator(mode="after")
    def _told_apart(self) -> "ToldApart":
        # Asked of new ones alone: those that were kept before are read as they were, word by word.
        for name, words in self.values.items():
            if pair := alike(words):
                first, second = pair
                detail = f"Words {first} and {second} are the same but for case or spaces, and have different codes."
                raise fault("said_twice", detail, at=("values", name))
        return self

    @model_validator(mode="after")
    def _belong_together(self) -> "ToldApart":
        beside = categories_of(self.plan())
        for place, code in enumerate(self.values.get("subcategory", {}).values(), 1):
            _refuse(under(beside, code), ("values", "subcategory"), word=place)
        for where, told in (("constants", self.constants), ("defaults", self.defaults)):
            _refuse(under(beside, told.get("subcategory")), (where, "subcategory"))
        return self


class NewMapping(ToldApart):
    """A mapping as it is sent: what its sender says of the texts in it is no part of what is kept."""

    confirmed_no_personal_data: Confirmed = False
