"""What a reader may see, as conditions and columns of a query: the table of `access` in SQL."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Text, case, cast, false, null, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, array

from shared.access.table import TABLE, Principal


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


def all_of(principal: Principal, *, organisation: ColumnElement[Any]) -> ColumnElement[bool]:
    """The rows of which this reader has every detail: `Principal.has_all_of`."""
    return true() if principal.sees_everything else own(principal, organisation=organisation)


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
