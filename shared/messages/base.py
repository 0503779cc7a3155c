"""What every message is: a fact in the past tense, frozen, without free text."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field


class Message(BaseModel):
    """A fact that travels. A subclass names its topic, its type and the field that is its key.

    `thing` is what it is about, a row of the access table: what has none there is shown to nobody. `whose` names the
    fields with the organisations whose that is; none for reference data, which is everybody's. Where something is
    stands in a field `area_code`, the area that it moved from or to in `moved_from` or `moved_to`. What is told of one
    of the two alone names the other's field by `unless_in`: who sees the thing there too is not told; what is told of
    both by `also_in`: only who sees it there too is told, where it moved ('' stands for no area). Of what kind it is
    stands in `category`, and of what it was in `category_from`. What a thing is followed by stands in each message of
    it, as it is and as it was: else who followed it is not told that it is another now. What an
    organisation keeps for some of its roles names by `made_in` the field with the role that it was made in.

    Producers are strict about what they send; consumers ignore fields they do not know, so that a newer producer
    never stops an older consumer. `sequence` is the aggregate's version: of two messages of a key the higher is newer.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    topic: ClassVar[str]
    type: ClassVar[str]
    keyed_by: ClassVar[str]
    thing: ClassVar[str] = ""
    whose: ClassVar[tuple[str, ...]] = ("organisation_id",)
    made_in: ClassVar[str] = ""
    unless_in: ClassVar[str] = ""
    also_in: ClassVar[str] = ""

    sequence: int = Field(ge=1, description="Version of the aggregate after this fact; grows by one with each.")

    @property
    def key(self) -> str:
        """What the message is ordered by: messages of one key stay in order."""
        return str(getattr(self, self.keyed_by))
