"""A placement as its requester follows it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.reports.placements.domain import State


class Placement(BaseModel):
    """How far placing all reports by the areas as they are now is."""

    id: UUID = Field(examples=["01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18"])
    state: State
    tree_version: int = Field(description="Of the areas it places by; it begins again when they change.", examples=[3])
    looked_at: int = Field(description="Reports.", examples=[28000])
    moved: int = Field(description="Of these: reports that lie in another area now.", examples=[412])
    unplaced: int = Field(description="Of the moved ones: reports that lie in no area now.", examples=[3])
    requested_at: datetime
    finished_at: datetime | None


class Placing(BaseModel):
    """Whether reports still stand in the areas of before these were drawn anew.

    Reports alone: gatherings, walks and findings follow the areas by themselves, within seconds.
    """

    tree_version: int = Field(description="Of the areas in use.", examples=[3])
    waiting: bool = Field(description="Some do, or may: until they are moved, areas count them where they lay.")
    moving: bool = Field(description="They are being moved just now, or that is still being told.")
    reports_to_move: int | None = Field(
        description="How many; null where it is not known, and for those who get counts only.", examples=[412]
    )
