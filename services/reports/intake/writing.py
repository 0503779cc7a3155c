"""Statements written out once: to build and to compile one anew takes longer than PostgreSQL takes to answer it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import visitors

# What may stand in a statement as it is, beside ids, days and numbers: codes of ours.
_CODE = re.compile("[a-z_]+")


@dataclass(frozen=True, slots=True)
class Written:
    """A statement as PostgreSQL reads it, and its values in their order; those that are named come with each call."""

    statement: str
    values: tuple[Any, ...]
    named: Mapping[str, int]

    async def run(self, session: AsyncSession, named: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows, by the names of their columns. `named`: a value for each name."""
        values = list(self.values)
        for name, place in self.named.items():
            values[place] = named[name]
        connection = await session.connection()
        found = await connection.exec_driver_sql(self.statement, tuple(values))
        names = tuple(found.keys())
        return [dict(zip(names, row, strict=True)) for row in found]


def written(query: sa.Select[Any], *, named: frozenset[str]) -> Written:
    """A query, with its ids, days, numbers and codes written out: so it is planned for these and no others.

    A plan that is kept for all values takes each category for as common as the mean, and looks for the rarest among all
    reports. `named`: the bound parameters whose values come later.
    """

    def plainly(bound: Any, **_: Any) -> Any:
        if bound.__visit_name__ != "bindparam" or bound.key in named or not _is_plain(bound.value):
            return None
        return sa.bindparam(None, bound.value, type_=bound.type, expanding=bound.expanding, literal_execute=True)

    plain: Any = visitors.replacement_traverse(query, {}, plainly)  # type: ignore[call-overload]
    asyncpg = dialect()  # type: ignore[no-untyped-call]
    compiled = plain.compile(dialect=asyncpg, compile_kwargs={"render_postcompile": True})
    names = compiled.positiontup or []
    values = tuple(compiled.params[name] for name in names)
    return Written(str(compiled), values, {name: place for place, name in enumerate(names) if name in named})


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, str):
        return _CODE.fullmatch(value) is not None
    return isinstance(value, bool | int | UUID | date) and not isinstance(value, datetime)
