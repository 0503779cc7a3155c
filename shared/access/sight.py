"""What a reader may see, as conditions and columns of a query: the table of `access` in SQL."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    and_,
    case,
    cast,
    false,
    not_,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from shared.access.table import COARSE, SHOWN, TABLE, Principal, Sight, roles_within, sharing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Rows of one thing of the table, and the columns by which it decides who sees them.

    `whose`: an organisation in any of these has the row as its own. `areas` is the service's own table of areas with
    the columns `code` and `path` (text[], codes from the root down to the area itself). `stands`: the rows that exist
    for who sees them coarsely; None: all. `made_in`: the role that a row was made in; it is own to roles that see all
    which that one does. `unless_in`: another area, '' for none; who sees such rows there does not see the row.
    `also_in`: another area, NULL for the same; only who sees such rows there too sees the row. Raises KeyError for what
    is not in the table.
    """

    thing: str
    whose: tuple[ColumnElement[Any], ...]
    area: ColumnElement[Any]
    areas: FromClause
    stands: ColumnElement[bool] | None = None
    made_in: ColumnElement[Any] | None = None
    unless_in: ColumnElement[Any] | None = None
    also_in: ColumnElement[Any] | None = None

    def __post_init__(self) -> None:
        if self.thing not in TABLE:
            raise KeyError(self.thing)


def visible(principal: Principal, of: Rows) -> ColumnElement[bool]:
    """The rows this reader may see one by one."""
    if of.unless_in is not None:
        there = replace(of, area=of.unless_in, unless_in=None)
        return and_(visible(principal, replace(of, unless_in=None)), not_(visible(principal, there)))
    if of.also_in is not None:
        there = replace(of, area=of.also_in, also_in=None)
        stayed = of.also_in.is_(None)
        return and_(visible(principal, replace(of, also_in=None)), or_(stayed, visible(principal, there)))
    if of.stands is None:
        return _with(principal, of, SHOWN)
    return or_(in_full(principal, of), and_(_with(principal, of, frozenset[Sight]({"coarse"})), of.stands))


def in_full(principal: Principal, of: Rows) -> ColumnElement[bool]:
    """The rows of which this reader has every detail: `Principal.has_all_of`."""
    return _with(principal, of, frozenset[Sight]({"everything"}))


def columns(principal: Principal, of: Rows, wanted: Iterable[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """Columns under their names, of what the reader may see: those that are not coarse are NULL but in full rows."""
    return [_detail(principal, of, column) for column in wanted]


def where(
    principal: Principal, of: Rows, column: ColumnElement[Any], condition: ColumnElement[bool]
) -> ColumnElement[bool]:
    """A condition on a column, asked by a reader: on one that is not coarse it finds only among rows seen in full.

    Else the answer would tell what the column may not.
    """
    return condition if _is_coarse(of, column) else and_(condition, in_full(principal, of))


def own(principal: Principal, *, organisation: ColumnElement[Any]) -> ColumnElement[bool]:
    """The rows of the reader's own organisation."""
    return organisation == principal.organisation_id


def inside(principal: Principal, *, area: ColumnElement[Any], areas: FromClause) -> ColumnElement[bool]:
    """The rows in the reader's own areas and all areas below them."""
    if not principal.areas:
        return false()
    below = areas.c.path.op("&&", is_comparison=True)(cast(array(principal.areas), ARRAY(Text)))
    return area.in_(select(areas.c.code).where(below))


def _own(principal: Principal, of: Rows) -> ColumnElement[bool]:
    theirs = or_(false(), *(own(principal, organisation=each) for each in of.whose))
    return theirs if of.made_in is None else and_(theirs, of.made_in.in_(sorted(roles_within(principal.role))))


def _with(principal: Principal, of: Rows, wanted: Collection[Sight]) -> ColumnElement[bool]:
    """The rows of which the table gives one of these sights. One's own are own wherever they are."""
    given = sharing(principal.role, of.thing)
    mine, around, rest = (each in wanted for each in (given.own, given.own_areas, given.elsewhere))
    if mine and around and rest:
        return true()
    own_rows, near_rows = _own(principal, of), inside(principal, area=of.area, areas=of.areas)
    others = [] if mine else [not_(own_rows)]
    terms = [own_rows] if mine else []
    if around:
        terms.append(and_(near_rows, *others))
    if rest:
        terms.append(and_(true(), *others, *([] if around else [not_(near_rows)])))
    return or_(false(), *terms)


def _is_coarse(of: Rows, column: ColumnElement[Any]) -> bool:
    named: Any = column
    return named.name in COARSE.get(of.thing, ())  # type: ignore[call-overload]


def _detail(principal: Principal, of: Rows, column: ColumnElement[Any]) -> ColumnElement[Any]:
    named: Any = column
    if _is_coarse(of, column) or principal.sees_all(of.thing):
        return column
    return case((in_full(principal, of), column), else_=null()).label(named.name)
