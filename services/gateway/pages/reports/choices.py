"""What the list of reports is asked for by its address: by its form, or by the number elsewhere that it is of."""

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.pages.frame.addresses import BLANK, Called, Mark
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.reports.deciding import Status
from services.gateway.pages.speech.codes import SEVERITIES, STATUSES
from services.gateway.pages.speech.language import marked, marked_in
from shared.shapes import DayOrMoment

OWN = "own"
# What the list goes by: as the service is asked, what the choice is called, and the heading of the list. Without a
# choice by when it happened: all of a file came in at once, and stands within its day by chance.
ORDERS: Mapping[str, tuple[Mapping[str, str], str, str]] = {
    "": (
        {"sort": "occurred", "direction": "desc"},
        marked("when it happened, the last first"),
        marked("Reports by when it happened, the last first"),
    ),
    "occurred-asc": (
        {"sort": "occurred", "direction": "asc"},
        marked("when it happened, the first first"),
        marked("Reports by when it happened, the first first"),
    ),
    "received": (
        {"sort": "received", "direction": "desc"},
        marked("when they came in, the last first"),
        marked("Reports by the day they came in, the last day first"),
    ),
    "received-asc": (
        {"sort": "received", "direction": "asc"},
        marked("when they came in, the first first"),
        marked("Reports by the day they came in, the first day first"),
    ),
    "updated": (
        {"sort": "updated", "direction": "desc"},
        marked("when they last changed, the last first"),
        marked("Reports by when they last changed, the last first"),
    ),
    "updated-asc": (
        {"sort": "updated", "direction": "asc"},
        marked("when they last changed, the first first"),
        marked("Reports by when they last changed, the first first"),
    ),
}
_Order = Literal["occurred", "occurred-asc", "received", "received-asc", "updated", "updated-asc"]
# What the form calls its choices, for who wrote an address by hand.
CHOSEN: Mapping[str, Called] = {
    "severity": Called(name=marked("Severity"), values={str(grade): said for grade, said in SEVERITIES.items()}),
    "dark": Called(
        name=marked_in("choice", "Light"), values={"true": marked("in the dark"), "false": marked("in daylight")}
    ),
    "status": Called(name=marked("Status"), values=STATUSES),
    "sender": Called(name=marked("Sent by"), values={OWN: marked("your organisation")}),
    "sort": Called(name=marked("Order by"), values={code: name for code, (_by, name, _heading) in ORDERS.items()}),
}
_Text = Annotated[str | None, BLANK]
_YesNo = Annotated[Literal["true", "false"] | None, BLANK]
_Weekday = Literal["1", "2", "3", "4", "5", "6", "7"]
_Band = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]
_Hour = Literal[_Band, "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23"]


class Choices(BaseModel):
    """Each as the service takes it, but for `sender`; fields left empty ask for nothing.

    What is typed or may have gone meanwhile is the service's to look at, and stands beside the form again.
    """

    model_config = ConfigDict(extra="ignore")

    area: _Text = None
    category: _Text = None
    first: _Text = Field(default=None, alias="from")
    last: _Text = Field(default=None, alias="to")
    severity: Annotated[Literal["1", "2", "3"] | None, BLANK] = None
    dark: _YesNo = None
    status: Annotated[Status | None, BLANK] = None
    sender: Annotated[Literal["own"] | UUID | None, BLANK] = None
    words: _Text = None
    counted: _YesNo = None
    positive: _YesNo = None
    placed: _YesNo = None
    timed: _YesNo = None
    weekday: Annotated[_Weekday | None, BLANK] = None
    band: Annotated[_Band | None, BLANK] = None
    hour: Annotated[_Hour | None, BLANK] = None
    cell: Annotated[str | None, BLANK, Field(pattern="^E-?[0-9]{1,8}N-?[0-9]{1,8}$")] = None
    incident_id: Annotated[UUID | None, BLANK] = None
    new_in_import: _Text = None
    changed_in_import: _Text = None
    withdrawn_in_import: _Text = None
    updated_since: Annotated[DayOrMoment | None, BLANK] = None
    # How links said `sender=own` before.
    own: Mark = None

    def wanted(self, person: Person) -> dict[str, str]:
        """Those that ask for something, by the names of the address.

        Since when a report stands as it does is told of one's own alone: for who does not see everything, whatever asks
        for that is of these, so that the count and the file are of the same reports as the list.
        """
        found: dict[str, str] = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        of_changes = "updated_since" in found or found.get("sort", "").startswith("updated")
        if found.pop("own", None) or (of_changes and not person.principal.sees_everything):
            found["sender"] = OWN
        return found


class Listed(Choices):
    """What the page takes beside that: its order, and where it goes on."""

    sort: Annotated[_Order | None, BLANK] = None
    cursor: Annotated[str, Field(max_length=500)] = ""

    def wanted(self, person: Person) -> dict[str, str]:
        """As above, with the order where that is not the usual one."""
        found = super().wanted(person)
        del found["cursor"]
        return {name: value for name, value in found.items() if (name, value) != ("sort", "occurred")}


class Exported(Choices):
    """What the file takes beside that: for whom it is. It has no order, for it is written as it is found."""

    format: Annotated[Literal["excel"] | None, BLANK] = None

    def wanted(self, person: Person) -> dict[str, str]:
        """As above, without the form."""
        found = super().wanted(person)
        found.pop("format", None)
        return found


OfList = Annotated[Listed, Query()]
OfFile = Annotated[Exported, Query()]


def asked(wanted: Mapping[str, str], person: Person) -> list[tuple[str, str]]:
    """Which reports the service is asked for; `own` stands for the sender that somebody belongs to."""
    called = {"sender": "organisation_id"}
    own = {"sender": str(person.principal.organisation_id)} if wanted.get("sender") == OWN else {}
    return [(called.get(name, name), value) for name, value in {**wanted, **own}.items() if name != "sort"]
