"""Who may see what: the one table, as data. Default is deny: what is not in the table is not seen.

Every service filters *in the query* with it, never after it: `sight` makes it into conditions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

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
# The same of a message about a report, which names it by `report_id`: neither who sent it nor how it was judged.
COARSE_FACTS = COARSE_FIELDS | {"report_id", "sequence"}
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
# What a role's clients get unless fewer are asked for. Areas are the municipality's own to change.
SCOPES_OF_ROLE: Mapping[Role, frozenset[str]] = {
    "coordinator": frozenset(SCOPES),
    "municipal_police": frozenset(SCOPES) - {"areas:write"},
    "member": frozenset(SCOPES) - {"areas:write", "reports:review"},
    "night_walker": frozenset(
        {"reports:read", "reports:write", "walks:read", "events:read", "subscriptions:write", "overview:read"}
    ),
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

    def has_all_of(self, organisation_id: UUID | None) -> bool:
        """Whether what is of that organisation is theirs in every detail, and theirs to change where that is asked."""
        return self.sees_everything or organisation_id == self.organisation_id


def may_receive(principal: Principal, *, organisation_id: UUID | None, path: Sequence[str]) -> bool:
    """Whether a message about something of that organisation, at that place, may be sent to this reader.

    The same table as `sight.rows`, for one message in memory: messages hold coarse facts only.
    """
    if principal.has_all_of(organisation_id):
        return True
    return TABLE[principal.role].own_areas in ("coarse", "everything") and not set(path).isdisjoint(principal.areas)


def sees_each(principal: Principal, path: Sequence[str]) -> bool:
    """Whether the table shows this reader every single report in the area with this path, coarsely at least.

    The empty path stands for the municipality as a whole and for what lies nowhere. Where this is false the reader gets
    counts only, and `suppression` says which of them.
    """
    sharing = TABLE[principal.role]
    near = not set(path).isdisjoint(principal.areas)
    return (sharing.own_areas if near else sharing.elsewhere) in ("everything", "coarse")
