"""Mappings under their names: as they are read, listed, tried, and sent back as they were read."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Discriminator, Field, Tag

from services.reports.mappings.schemas import Mapping, Name, NewMapping, ToldApart
from shared.privacy.free_text import Confirmed
from shared.resent import Resent


class NamedMapping(BaseModel):
    """A mapping of the caller's organisation, under its name."""

    name: Name
    version: int = Field(description="As the ETag has it, which If-Match wants for a change.", examples=[1])
    changed_at: datetime = Field(examples=["2026-11-22T08:15:00Z"])
    changed_by: str | None = Field(
        description="The account or client of yours that changed it last; null where that was not written down.",
        examples=["client_01a205c2"],
    )
    mapping: Mapping

    @classmethod
    def kept_as(cls, row: dict[str, Any]) -> "NamedMapping":
        """One as it is kept, not looked at again: five thousand words take 13 ms to check and half a one to write."""
        told = {name: row[name] for name in cls.model_fields}
        return cls.model_construct(**told | {"mapping": Mapping.model_construct(**row["mapping"])})


class MappingAsRead(Resent):
    """A mapping as GET gives it, sent back: what stands in `mapping` is kept."""

    shown = NamedMapping

    mapping: ToldApart
    confirmed_no_personal_data: Confirmed = False

    def kept(self) -> dict[str, Any]:
        """As it is kept."""
        return self.mapping.kept()


def _is_as_read(sent: Any) -> str:
    return _AS_READ if isinstance(sent, dict) and "mapping" in sent else _ALONE


# Names that no field has: they stand in no place of a fault.
_ALONE, _AS_READ = "mapping:alone", "mapping:as-read"
# A mapping alone, or what GET gave.
SentMapping = Annotated[
    Annotated[NewMapping, Tag(_ALONE)] | Annotated[MappingAsRead, Tag(_AS_READ)], Discriminator(_is_as_read)
]


class MappingDraft(BaseModel):
    """A mapping to try files with. It has no name, and is forgotten when newer ones have come."""

    id: UUID = Field(examples=["019aa2f0-6c1e-7c3a-9a55-3f0d8a1b2c4d"])
    mapping: Mapping


class Mappings(BaseModel):
    """The mappings of the caller's organisation, by name."""

    mappings: list[NamedMapping]
