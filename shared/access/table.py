"""Who may see what: the one table, as data. Default is deny: what is not in the table is not seen.

Every service filters *in the query* with it, never after it: `sight` makes it into conditions.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from functools import cache
from typing import Literal
from uuid import UUID

Kind = Literal["municipality", "police", "housing", "guard", "night_walk", "rescue", "region", "school", "association"]
Role = Literal["coordinator", "municipal_police", "member", "night_walker"]
Sight = Literal["everything", "coarse", "counts", "nothing"]

KINDS: tuple[Kind, ...] = (
    "municipality", "police", "housing", "guard", "night_walk", "rescue", "region", "school", "association",
)  # fmt: skip
# From the least to the most.
_AMOUNT: tuple[Sight, ...] = ("nothing", "counts", "coarse", "everything")
# What is seen one by one at all.
SHOWN: frozenset[Sight] = frozenset({"everything", "coarse"})

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


# What is shown one by one. "decision" is how a report was judged and that its sender took it back; "standing" that a
# report is not there any more, or there again, for those who may not know why; "whereabouts" the same of a gathering,
# of a walk and of a finding, which each have their own.
Thing = Literal[
    "report", "decision", "standing", "walk", "walk_whereabouts", "finding", "finding_whereabouts", "gathering",
    "whereabouts", "subscription", "housekeeping", "area", "organisation", "publication",
]  # fmt: skip
# Told to who sees things coarsely, instead of what others are told in full: nobody sees more by it.
_INSTEAD = frozenset({"standing", "whereabouts", "walk_whereabouts", "finding_whereabouts"})


@dataclass(frozen=True, slots=True)
class Sharing:
    """How much a role sees: of its own organisation's, of others' in its own areas, and of others' elsewhere."""

    own: Sight
    own_areas: Sight
    elsewhere: Sight


ALL = Sharing("everything", "everything", "everything")
OWN = Sharing("everything", "nothing", "nothing")
AROUND = Sharing("everything", "coarse", "nothing")
NONE = Sharing("nothing", "nothing", "nothing")
_COARSELY_NEAR = Sharing("nothing", "coarse", "nothing")


def _row(*, leaders: Sharing, member: Sharing, night_walker: Sharing) -> Mapping[Role, Sharing]:
    return {"coordinator": leaders, "municipal_police": leaders, "member": member, "night_walker": night_walker}


TABLE: Mapping[Thing, Mapping[Role, Sharing]] = {
    # Counts of reports elsewhere are everybody's; who walks at night acts on how much there is, not on which.
    "report": _row(
        leaders=ALL,
        member=Sharing("everything", "coarse", "counts"),
        night_walker=Sharing("everything", "counts", "counts"),
    ),
    "decision": _row(leaders=ALL, member=OWN, night_walker=OWN),
    # Whoever is told the decision needs no second message that says less.
    "standing": _row(leaders=NONE, member=_COARSELY_NEAR, night_walker=NONE),
    # Property owners take part and night walkers meet it out there; why it is walked, where it gathers and how many
    # come is for who leads it.
    "walk": _row(leaders=ALL, member=AROUND, night_walker=AROUND),
    # Who has a thing as its own sees where it goes.
    "walk_whereabouts": _row(leaders=NONE, member=_COARSELY_NEAR, night_walker=_COARSELY_NEAR),
    # What waits around a property, not whose neglect it is. Night walkers mend nothing: theirs are reports.
    "finding": _row(leaders=ALL, member=AROUND, night_walker=OWN),
    "finding_whereabouts": _row(leaders=NONE, member=_COARSELY_NEAR, night_walker=NONE),
    # A public event is public: what, in which area, when and how large. What was agreed with its organiser is not.
    "gathering": _row(leaders=ALL, member=AROUND, night_walker=AROUND),
    "whereabouts": _row(leaders=NONE, member=_COARSELY_NEAR, night_walker=_COARSELY_NEAR),
    # Where a partner's systems are helps nobody else, the municipality neither. Own are those of the same organisation
    # that were made in a role within the reader's (`roles_within`): a webhook knows what its maker's role may see.
    "subscription": _row(leaders=OWN, member=OWN, night_walker=OWN),
    # What services tell each other to keep house.
    "housekeeping": _row(leaders=NONE, member=NONE, night_walker=NONE),
    "area": _row(leaders=ALL, member=ALL, night_walker=ALL),
    "organisation": _row(leaders=ALL, member=ALL, night_walker=ALL),
    # That counts were published, and up to which day. What their tables hold is housekeeping, and shown rounded.
    "publication": _row(leaders=ALL, member=ALL, night_walker=ALL),
}
_REPORT = frozenset(
    {"id", "category", "subcategory", "area_code", "cell", "occurred_on", "band", "dark", "severity", "location_kind"}
)
_GATHERING = frozenset({"id", "name", "kind", "area_code", "starts_at", "ends_at", "scale_class", "status"})
_WALK = frozenset({"id", "area_code", "planned_on", "walked_on", "status"})
_FINDING = frozenset({"id", "walk_id", "kind", "area_code", "due_on", "status"})
# What "coarse" holds of each; all else is left out. Of a report the day and two-hour band, never the minute; the cell,
# never the point. A message names its thing by `<thing>_id` instead of `id`.
COARSE: Mapping[Thing, frozenset[str]] = {
    "report": _REPORT,
    "standing": _REPORT,
    "walk": _WALK,
    "walk_whereabouts": _WALK,
    "finding": _FINDING,
    "finding_whereabouts": _FINDING,
    "gathering": _GATHERING,
    "whereabouts": _GATHERING,
}
# What answers say besides, made of one of those fields alone: whoever has that knows it. By its name, of which.
SAID_BY: Mapping[Thing, Mapping[str, str]] = {"report": {"whole_day": "band"}}
# Counts of what is not seen one by one are multiples of this.
ROUND_TO = 3

SCOPES: Mapping[str, str] = {
    "reports:read": "Read reports and the lägesbild, as far as the access table goes",
    "reports:write": "Send reports and files of reports",
    "reports:review": "Review reports and mark duplicates",
    "areas:write": "Import the municipality's areas",
    "walks:read": "Read safety walks and findings",
    "walks:write": "Plan and record safety walks, answer findings",
    "events:read": "Read the register of gatherings",
    "events:write": "Register and change gatherings",
    "subscriptions:write": "Manage the organisation's own webhooks; to be told by one takes overview:read too",
    "overview:read": "Read the overview and the feed",
}
# To be told by a webhook is to read: what it brings stands in the feed too. Whoever makes one needs these, lets one go
# on, looks at what it told or sends that again, and whoever one is handed over to.
TO_BE_TOLD: tuple[str, ...] = ("subscriptions:write", "overview:read")
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
    # Which of the client's keys was shown; None for a token, and for people.
    key_id: str | None = None
    # How often its client ended, and which version its organisation had, when its token was issued.
    era: tuple[int, int] = (0, 0)

    @property
    def sees_everything(self) -> bool:
        """Whether the table gives this role every detail of every report."""
        return self.sees_all("report")

    def sees_all(self, thing: str) -> bool:
        """Whether the table gives this role every detail of all of them, everywhere."""
        return sharing(self.role, thing) == ALL

    def has_all_of(self, thing: str, *whose: UUID | None) -> bool:
        """Whether one of these organisations' is theirs in every detail, and to change where that is asked."""
        return self.sees_all(thing) or (sharing(self.role, thing).own == "everything" and self.organisation_id in whose)


def sharing(role: Role, thing: str) -> Sharing:
    """The table's answer; nothing for what is not in it."""
    rows: Mapping[str, Mapping[Role, Sharing]] = TABLE  # type: ignore[assignment]
    return rows.get(thing, {}).get(role, NONE)


def sight_of(principal: Principal, thing: str, *, whose: Collection[UUID | None], path: Sequence[str]) -> Sight:
    """How much this reader sees of one: of these organisations, in the area with this path (empty: nowhere).

    The same table as `sight`'s conditions, for one in memory.
    """
    given = sharing(principal.role, thing)
    if principal.organisation_id in whose:
        return given.own
    return given.elsewhere if set(path).isdisjoint(principal.areas) else given.own_areas


@cache
def roles_within(role: Role) -> frozenset[Role]:
    """The roles that see nothing which this one does not see as well; itself among them.

    What an organisation keeps for one role's eyes (its webhooks, with all they were told) is own to these alone. Asked
    for each delivery, and worked out once (measured: 0.3 ms).
    """
    return frozenset(each for each in ROLES if _sees_no_less(role, than=each))


def _sees_no_less(role: Role, *, than: Role) -> bool:
    return all(
        _AMOUNT.index(mine) >= _AMOUNT.index(theirs)
        for thing in TABLE
        if thing not in _INSTEAD
        for mine, theirs in zip(astuple(sharing(role, thing)), astuple(sharing(than, thing)), strict=True)
    )


def sees_each(principal: Principal, path: Sequence[str]) -> bool:
    """Whether the table shows this reader every single report in the area with this path, coarsely at least.

    The empty path stands for the municipality as a whole and for what lies nowhere. Where this is false the reader gets
    counts only, as `published` makes them.
    """
    return sight_of(principal, "report", whose=(), path=path) in SHOWN
