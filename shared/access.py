"""Who may see what: the one table, as data, and the conditions it puts into queries.

Every service filters *in the query* with it, never after it. Default is deny: what is not in the table is not seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Text, case, cast, false, null, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, array

Kind = Literal["municipality", "police", "housing", "guard", "night_walk", "rescue", "region", "school", "association"]
Role = Literal["coordinator", "municipal_police", "member", "night_walker"]
Sight = Literal["everything", "coarse", "counts", "nothing"]

KINDS: tuple[Kind, ...] = (
    "municipality", "police", "housing", "guard", "night_walk", "rescue", "region", "school", "association",
)  # fmt: skip
ROLES: tuple[Role, ...] = ("coordinator", "municipal_police", "member", "night_walker")
# A role is given to people and systems of these kinds of organisation only.
ROLES_OF_KIND: Mapping[Kind, tuple[Role, ...]] = {
    "municipality": ("coordinator", "member"),
    "police": ("municipal_police", "member"),
    "housing": ("member",),
    "guard": ("member",),
    "night_walk": ("night_walker",),
    "rescue": ("member",),
    "region": ("member",),
    "school": ("member",),
    "association": ("member",),
}


@dataclass(frozen=True, slots=True)
class Sharing:
    """How much a role sees of reports: its own organisation's, others' in its own areas, and others' elsewhere."""

    own: Sight
    own_areas: Sight
    elsewhere: Sight


TABLE: Mapping[Role, Sharing] = {
    "coordinator": Sharing("everything", "everything", "everything"),
    "municipal_police": Sharing("everything", "everything", "everything"),
    "member": Sharing("everything", "coarse", "counts"),
    "night_walker": Sharing("everything", "counts", "counts"),
}
# What "coarse" holds of a report; all else is left out. The day and two-hour band, never the minute; the cell, never
# the point.
COARSE_FIELDS = frozenset(
    {"id", "category", "subcategory", "area_code", "cell", "occurred_on", "band", "dark", "severity", "location_kind"}
)
SUPPRESS_BELOW = 3

SCOPES: Mapping[str, str] = {
    "reports:read": "Read reports and the lägesbild, as far as the access table goes",
    "reports:write": "Send reports and files of reports",
    "reports:review": "Review reports and mark duplicates",
    "areas:write": "Import the municipality's areas",
    "walks:read": "Read safety walks and findings",
    "walks:write": "Plan and record safety walks, answer findings",
    "events:read": "Read the register of gatherings",
    "events:write": "Register and change gatherings",
    "subscriptions:write": "Manage the organisation's own webhooks",
    "overview:read": "Read the overview and the feed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks: an organisation, in a role, with scopes and areas. Never a person's name."""

    client_id: str
    organisation_id: UUID
    kind: Kind
    role: Role
    scopes: frozenset[str]
    areas: tuple[str, ...] = field(default=())

    @property
    def sees_everything(self) -> bool:
        """Whether the table gives this role every detail everywhere."""
        sharing = TABLE[self.role]
        return sharing.own_areas == sharing.elsewhere == "everything"


def rows(
    principal: Principal, *, organisation: ColumnElement[Any], area: ColumnElement[Any], areas: FromClause
) -> ColumnElement[bool]:
    """The rows this reader may see one by one.

    `organisation` and `area` are columns of the rows; `areas` is the service's own table of areas with the columns
    `code` and `path` (text[], codes from the root down to the area itself).
    """
    if principal.sees_everything:
        return true()
    seen = [own(principal, organisation=organisation)]
    if TABLE[principal.role].own_areas == "coarse":
        seen.append(inside(principal, area=area, areas=areas))
    return or_(*seen)


def own(principal: Principal, *, organisation: ColumnElement[Any]) -> ColumnElement[bool]:
    """The rows of the reader's own organisation."""
    return organisation == principal.organisation_id


def inside(principal: Principal, *, area: ColumnElement[Any], areas: FromClause) -> ColumnElement[bool]:
    """The rows in the reader's own areas and all areas below them."""
    if not principal.areas:
        return false()
    below = areas.c.path.op("&&", is_comparison=True)(cast(array(principal.areas), ARRAY(Text)))
    return area.in_(select(areas.c.code).where(below))


def detail(principal: Principal, column: ColumnElement[Any], *, organisation: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column that only "everything" holds: itself where the reader may have it, else NULL, decided in the query."""
    if principal.sees_everything:
        return column
    return case((own(principal, organisation=organisation), column), else_=null())


def may_receive(principal: Principal, *, organisation_id: UUID | None, path: Sequence[str]) -> bool:
    """Whether a message about something of that organisation, at that place, may be sent to this reader.

    The same table as `rows`, for one message in memory: messages hold coarse facts only.
    """
    if principal.sees_everything or organisation_id == principal.organisation_id:
        return True
    return TABLE[principal.role].own_areas in ("coarse", "everything") and not set(path).isdisjoint(principal.areas)
