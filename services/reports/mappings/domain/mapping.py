"""How an organisation's files are read: which column is what, in which words, on which clock, in which coordinates."""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from typing import Literal, get_args
from zoneinfo import ZoneInfo

FieldName = Literal[
    "external_reference", "category", "subcategory", "occurred_from", "occurred_to", "x", "y", "place_code",
    "location_kind", "severity", "text", "point",
]  # fmt: skip
FIELDS: tuple[str, ...] = get_args(FieldName)
# What a file says in words of its own, which are looked up in the mapping's.
CodedField = Literal["category", "subcategory", "location_kind", "severity", "place_code"]
CODED: tuple[str, ...] = get_args(CodedField)
# By Python's names: of Unicode, of Windows, of the web and Unix, of the Macintosh, of DOS.
ENCODINGS = (
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso8859-1", "iso8859-15", "mac-roman", "cp850", "cp437",
)  # fmt: skip
Delimiter = Literal[",", ";", "\t", "|", "^", "~"]
# Of one organisation, and of one mapping as JSON: all of them are read and checked again when they are listed.
MOST_MAPPINGS = 100
MOST_BYTES = 262_144
MOST_BYTES_OF_ALL = 1_048_576
# A draft is made for the trial that follows it: the older ones of an organisation go.
MOST_DRAFTS = 20
DELIMITERS: tuple[str, ...] = get_args(Delimiter)
# Questions of a survey stand as names of columns.
MOST_COLUMN = 500
# As Excel has them: the last row, the longest name of a sheet; and as many sheets as one may be chosen from.
MOST_HEADER_ROW = 1_048_576
MOST_SHEET_NAME = 31
MOST_SHEETS = 1000
# Of dates, tried in order.
MOST_FORMATS = 5

# How two numbers in one column are a point; what is written as WKT or GeoJSON is read as such in any case.
PointForm = Literal["auto", "lat,lon", "lon,lat", "wkt"]
# Whether 00:00 is a time of day, or what a system writes where nobody knows one.
Midnight = Literal["known", "unknown"]
# The fields whose columns say which incident a row is about, whatever else becomes known of it.
IDENTIFYING: tuple[str, ...] = ("occurred_from", "x", "y", "point", "place_code", "category")

Value = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A mapping, checked. The texts of several columns of one field are joined by a space.

    values: field -> {their text: our code, or None for none}, texts also as `words.folded` makes them; one that is not
    in it is an error of its row unless `defaults` has the field, or it is an area's own code or name.
    datetime_formats: of `forms`, tried in order; one without hours gives a whole local day.
    mend_letters: cells that were written in UTF-8 and read in another encoding before are taken back to what they were.
    sheet: of a workbook, by its name or number, or auto; header_row: 0 for none, None to look for it.
    """

    columns: ReadOnly[str, tuple[str, ...]]
    constants: ReadOnly[str, Value]
    values: ReadOnly[str, ReadOnly[str, Value]] = field(default_factory=dict)
    defaults: ReadOnly[str, Value] = field(default_factory=dict)
    datetime_formats: tuple[str, ...] = ("%Y-%m-%d %H:%M",)
    time_zone: ZoneInfo | None = None
    crs: str | None = None
    point_form: PointForm = "auto"
    midnight: Midnight = "known"
    mend_letters: bool = False
    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    sheet: str | int = "auto"
    header_row: int | None = None

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names of the columns that it asks for, each once."""
        return tuple(dict.fromkeys(name for names in self.columns.values() for name in names))
