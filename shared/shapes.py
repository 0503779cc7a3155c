"""The shapes that requests of every service are made of: days, moments, texts, points, codes of areas. All are bounded.

A field of a body, of a query, of a path or of a header has one of these types, or lists what it may be; a test over all
OpenAPI documents holds every string to that (`tests/contract/openapi/test_bounds.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared import moments, texts
from shared.privacy.free_text import Screened
from shared.spelling import choices

_MOST_UNKNOWN = 20
_A_DAY = "Write the day alone, as 2026-11-20."
_A_MOMENT = "Write the day and the time of the day, as 2026-11-20T15:30:00Z (in an address + is %2B)."
_NOW_TOO = "Write now, or a day as 2026-11-20, or a time as 2026-11-20T15:30:00Z (in an address + is %2B)."


class Body(BaseModel):
    """An object of a request: its own fields and no other. Of some others each is named, of many that they are many.

    A fault is made for each before one is told, and a body of a megabyte has room for a hundred thousand.
    """

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _not_many_others(cls, sent: object) -> object:
        _check_size(sent, most=len(cls.model_fields) + _MOST_UNKNOWN)
        return sent


def fault(code: str, detail: str, *, at: Sequence[str] = ()) -> PydanticCustomError:
    """What a validator of a whole object raises about a field of it: by its names, from that object on."""
    return PydanticCustomError(code, "{said}", {"said": detail, "at": tuple(at)})


@dataclass(frozen=True, slots=True)
class AtMost:
    """Marks an object that may have so many members, looked at before any of them is."""

    members: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A dictionary as pydantic checks it."""
        return core_schema.no_info_before_validator_function(self._bounded, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A dictionary as callers read of it."""
        return {**handler(schema), "maxProperties": self.members}

    def _bounded(self, sent: object) -> object:
        _check_size(sent, most=self.members)
        return sent


def _check_size(sent: object, *, most: int) -> None:
    if isinstance(sent, dict) and len(sent) > most:
        raise PydanticCustomError("too_many_members", "At most {most} members.", {"most": most})


@dataclass(frozen=True, slots=True)
class Line:
    """Marks a text on one line: NFC, trimmed, without control characters, of `least` to `most` characters as sent.

    Blank is empty: refused where `least` is 1, the empty text where it is 0.
    """

    most: int
    least: int = 1
    several: ClassVar[bool] = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A text as pydantic checks it."""
        sent = core_schema.str_schema(min_length=self.least or None, max_length=self.most)
        return core_schema.no_info_after_validator_function(self._kept, sent)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A text as callers read of it."""
        return {**handler(schema), "pattern": texts.LINES_PATTERN if self.several else texts.LINE_PATTERN}

    def _kept(self, sent: str) -> str:
        try:
            kept = texts.lines(sent) if self.several else texts.one_line(sent)
        except ValueError as wrong:
            raise PydanticCustomError("untypable", str(wrong)) from None
        if len(kept) < self.least:
            raise PydanticCustomError("blank", "Holds nothing that can be seen.")
        if len(kept) > self.most:  # a few characters are longer in NFC
            most = {"max_length": self.most}
            raise PydanticCustomError("string_too_long", "At most {max_length} characters.", most)
        return kept


class Lines(Line):
    """Marks a text that may have several lines, and tabs; each line ends in one line feed."""

    __slots__ = ()
    several = True


@dataclass(frozen=True, slots=True)
class Written:
    """Marks a text of a fixed form: a pattern for machines, and for people a sentence that says what it means."""

    pattern: str
    means: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A text as pydantic checks it."""
        return core_schema.custom_error_schema(
            core_schema.str_schema(pattern=self.pattern),
            custom_error_type="not_its_form",
            custom_error_message=self.means,
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A text as callers read of it."""
        return {**handler(schema), "pattern": self.pattern}


@dataclass(frozen=True, slots=True)
class Among:
    """Marks a text that is one of these words; whoever writes another is told which there are."""

    words: frozenset[str]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A text as pydantic checks it."""
        return core_schema.no_info_plain_validator_function(self._one_of_them)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A text as callers read of it."""
        return {"type": "string", "enum": sorted(self.words)}

    def _one_of_them(self, sent: object) -> object:
        if isinstance(sent, str) and sent in self.words:
            return sent
        raise PydanticCustomError("unknown_word", choices(sorted(self.words), sent=sent))


def _written(value: object, *, else_said: str | None = None) -> object:
    """What a text says, bounded; a day or time that is one already, bounded; nothing stays nothing.

    else_said: what a field says that takes less than any day or time, to what is neither.
    """
    try:
        if isinstance(value, str):
            return moments.read(value)
        if isinstance(value, date):
            moments.check(value)
            return value
        if value is None:
            return value
        raise moments.Unwritten
    except moments.Unmeant as far:
        raise PydanticCustomError("impossible_time", str(far)) from None
    except moments.NoSuchTime as none:
        raise PydanticCustomError("not_a_date", str(none)) from None
    except moments.Unwritten as wrong:
        raise PydanticCustomError("not_a_date", "{said}", {"said": else_said or str(wrong)}) from None


def _day(value: object) -> object:
    found = _written(value, else_said=_A_DAY)
    if isinstance(found, datetime):
        raise PydanticCustomError("not_a_day", _A_DAY)
    return found


def _moment(value: object) -> object:
    found = _written(value, else_said=_A_MOMENT)
    if isinstance(found, date) and not isinstance(found, datetime):
        raise PydanticCustomError("not_a_moment", _A_MOMENT)
    return found


def _day_or_moment(value: object) -> date | datetime:
    if value is None:
        raise PydanticCustomError("not_a_date", "A day or a time is needed.")
    return cast("date | datetime", _written(value))


def _day_or_moment_or_now(value: object) -> object:
    return value if value == "now" else _written(value or "", else_said=_NOW_TOO)


class _AsWritten:
    """Marks a day or a moment, as it is written. A union would read a day as its midnight, or a midnight as a day."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_day_or_moment)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "format": each} for each in ("date", "date-time")]}


class _AsWrittenOrNow(_AsWritten):
    """The same, or the word `now`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_day_or_moment_or_now)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        written = super().__get_pydantic_json_schema__(schema, handler)
        return {"anyOf": [{"type": "string", "const": "now"}, *written["anyOf"]]}


@dataclass(frozen=True, slots=True)
class Within:
    """Marks a day or a time that a narrower rule bounds: who is beyond all years too is told that rule and no other.

    said: the rule's sentence.
    """

    said: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """What it marks, as pydantic checks it."""
        return core_schema.no_info_wrap_validator_function(self._told, handler(source))

    def _told(self, sent: object, read: ValidatorFunctionWrapHandler) -> object:
        try:
            return read(sent)
        except ValidationError as wrong:
            if any(each["type"] == "impossible_time" for each in wrong.errors(include_input=False)):
                raise PydanticCustomError("impossible_time", self.said) from None
            raise


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
DayOrMoment = Annotated[date | datetime, _AsWritten()]
DayOrMomentOrNow = Annotated[date | datetime | Literal["now"], _AsWrittenOrNow()]

MOST_AREA_CODE = 100
AreaCode = Annotated[str, Line(MOST_AREA_CODE), Screened(codes=True)]


@dataclass(frozen=True, slots=True)
class Code:
    """Marks a text that is one of the codes that its service knows.

    What is letters alone is let through to that service, which says what was meant; a number is nobody's slip.
    """

    pattern: str
    most: int
    means: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A text as pydantic checks it."""
        return core_schema.custom_error_schema(
            core_schema.str_schema(pattern=rf"^[\p{{L}} _-]{{1,{self.most}}}$"),
            custom_error_type="not_its_form",
            custom_error_message=self.means,
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A text as callers read of it: as all codes are written."""
        return {"type": "string", "pattern": self.pattern}


# Of a category or sub-category of reports; looked up before anything else is done with it.
CategoryCode = Annotated[
    str, Code(r"^[a-z][a-z_]{0,39}$", 40, "A category's code: small letters, at most 40. See GET /categories.")
]


class Point(Body):
    """A point in degrees, WGS 84."""

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False, strict=True, examples=[14.64])
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False, strict=True, examples=[63.1765])
