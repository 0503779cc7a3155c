"""Reports as their readers may see them. Rows, columns and filters are all decided in the query."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.errors import UnknownOrganisation
from services.reports.intake.domain import OF_A_ROW
from services.reports.intake.filters import Filter
from services.reports.tables import areas, organisations, report_history, reports
from services.reports.taxonomy import CATEGORIES, POSITIVE, also_called
from shared.access import Principal, sight
from shared.errors import FieldError, NotFound

# Everybody who may see a report one by one sees these; the others are for its sender and who sees everything.
OPEN = (
    "id", "category", "subcategory", "occurred_on", "band", "cell", "area_code", "dark", "severity", "location_kind",
)  # fmt: skip
GUARDED = (
    "organisation_id", "external_reference", "occurred_from", "occurred_to", "lon", "lat", "text", "certainty",
    "status", "incident_id", "version", "received_at", "updated_at",
)  # fmt: skip


# Nobody reads on behind it, and more would be counted for long.
MOST_COUNTED = 10_000

# To who sees them coarsely only those that count are there: the list has as many as the counts say, and why one no
# longer stands is not told by its absence.
REPORTS = sight.Rows(
    thing="report",
    whose=(reports.c.organisation_id,),
    area=reports.c.area_code,
    areas=areas,
    stands=reports.c.counts,
)


def columns(principal: Principal) -> list[sa.ColumnElement[Any]]:
    """The columns of a report; those the reader may not have of a row come as NULL."""
    return sight.columns(principal, REPORTS, map(_shown, (*OPEN, *GUARDED)))


def _shown(name: str) -> sa.ColumnElement[Any]:
    if name == "updated_at":
        return _updated_at().label(name)
    if name == "external_reference":
        return external_reference_shown()
    column: sa.ColumnElement[Any] = reports.c[name]
    return column


def external_reference_shown() -> sa.ColumnElement[Any]:
    """A reference as anybody sees it: none where it is what a row of a file is known by."""
    column = reports.c.external_reference
    # The beginning first: the pattern is looked at where it could fit.
    senders = sa.or_(~column.startswith("row:"), column.op("!~")(sa.literal(OF_A_ROW)))
    return sa.case((senders, column)).label("external_reference")


def _updated_at() -> sa.ColumnElement[Any]:
    """When a report came to be as it is: each version but the first stands in the log."""
    this = sa.and_(report_history.c.report_id == reports.c.id, report_history.c.version == reports.c.version)
    step = sa.select(report_history.c.at).where(this).scalar_subquery()
    return sa.case((reports.c.version == 1, reports.c.received_at), else_=sa.func.coalesce(step, reports.c.received_at))


def visible(principal: Principal) -> sa.ColumnElement[bool]:
    """The rows this reader may see one by one."""
    return sight.visible(principal, REPORTS)


def matching(wanted: Filter, *, principal: Principal, of_any_status: bool = False) -> sa.ColumnElement[bool]:
    """The rows that a filter lets through, and that the reader may see.

    A filter on a field that the reader may not see finds only what is the reader's own: else it would tell that field.
    Withdrawn reports are left out unless asked for: `Filter.of_any_status`.
    """
    terms: list[sa.ColumnElement[bool]] = [visible(principal)]
    if wanted.category is not None or wanted.subcategory is not None:
        terms.append(_of_category(wanted.category, wanted.subcategory))
    for name in ("severity", "dark"):
        value = getattr(wanted, name)
        if value is not None:
            terms.append(reports.c[name] == value)
    if wanted.area is not None:
        terms.append(within_area(wanted.area))
    if wanted.first is not None:
        terms.append(reports.c.occurred_on >= wanted.first)
    if wanted.last is not None:
        terms.append(reports.c.occurred_on <= wanted.last)
    hidden = _hidden(wanted)
    if wanted.of_an_import:
        terms += _of_an_import(wanted, principal)
    if hidden:
        hidden.append(sight.in_full(principal, REPORTS))
    if not (of_any_status or wanted.of_any_status):
        terms.append(reports.c.status != "withdrawn")
    return sa.and_(*terms, *_of_a_number(wanted), *hidden)


def _of_a_number(wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
    """What else decides whether a report is counted in a number; of fields that are nobody's secret."""
    if wanted.counted is not None:
        # Who sees reports coarsely sees those that count alone: of theirs it tells nothing.
        yield reports.c.counts == wanted.counted
    if wanted.positive is not None:
        good = _of_category(POSITIVE, None)
        yield good if wanted.positive else sa.not_(good)
    for column, known in ((reports.c.area_code, wanted.placed), (reports.c.band, wanted.timed)):
        if known is not None:
            yield column.is_not(None) if known else column.is_(None)
    if wanted.weekday is not None:
        yield sa.cast(sa.extract("isodow", reports.c.occurred_on), sa.Integer) == wanted.weekday
    for name in ("band", "cell"):
        if (value := getattr(wanted, name)) is not None:
            yield reports.c[name] == value


def _of_an_import(wanted: Filter, principal: Principal) -> Iterator[sa.ColumnElement[bool]]:
    """What came of the rows of a file. A file is its sender's alone, as `GET /imports/{id}` has it, and so is this."""
    yield sight.own(principal, organisation=reports.c.organisation_id)
    if wanted.new_in_import is not None:
        yield reports.c.import_id == wanted.new_in_import
    of_log = report_history.c
    if wanted.changed_in_import is not None:
        yield _in_log(of_log.import_id == wanted.changed_in_import, of_log.change != "withdrawn")
    if wanted.withdrawn_in_import is not None:
        yield _in_log(of_log.import_id == wanted.withdrawn_in_import, of_log.change == "withdrawn")


def _in_log(*steps: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Reports with a step like this in the log, by ix_report_history_import.

    As an array: else all reports are gone through in the order of the list, in the hope to meet some.
    """
    ids = sa.select(report_history.c.report_id).where(*steps).scalar_subquery()
    return reports.c.id == sa.any_(sa.func.array(ids, type_=ARRAY(reports.c.id.type)))


def local_hour(zone: str) -> sa.ColumnElement[int | None]:
    """The hour of the local day in which a report began; NULL where nobody knows it."""
    hour = sa.extract("hour", sa.func.timezone(zone, reports.c.occurred_from))
    return sa.case((reports.c.band.is_not(None), sa.cast(hour, sa.Integer)))


def within_area(code: str) -> sa.ColumnElement[bool]:
    """Reports in an area or in one below it."""
    return reports.c.area_code.in_(sa.select(areas.c.code).where(areas.c.path.contains([code])))


def _hidden(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    """What is asked of fields that not everybody may see."""
    terms: list[sa.ColumnElement[bool]] = []
    if wanted.status is not None:
        terms.append(reports.c.status == wanted.status)
    for name in ("organisation_id", "incident_id"):
        if (value := getattr(wanted, name)) is not None:
            terms.append(reports.c[name] == value)
    if wanted.external_reference is not None:
        terms.append(reports.c.external_reference == wanted.bound("external_reference", sa.Text()))
    if wanted.updated_since is not None:
        terms.append(_updated_at() >= wanted.bound("updated_since", reports.c.received_at.type))
    if wanted.hour is not None:
        terms.append(local_hour(wanted.zone) == wanted.hour)
    if wanted.words is not None:
        terms.append(found_in_texts(wanted, reports.c.text))
    return terms


def found_in_texts(wanted: Filter, text: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """The texts that hold the words of a filter."""
    # As text, not as a parameter: else a plan that is kept cannot use the index, which is of this very expression.
    rules: sa.ColumnElement[Any] = sa.literal_column(f"'{wanted.configuration}'")
    query = sa.func.websearch_to_tsquery(rules, wanted.bound("words", sa.Text()))
    return sa.func.to_tsvector(rules, text).bool_op("@@")(query)


def _of_category(category: str | None, subcategory: str | None) -> sa.ColumnElement[bool]:
    """Reports of these codes, and those of earlier days whose codes these took the place of."""
    mains = [category] if category else [main for main, each in CATEGORIES.items() if subcategory in each.subcategories]
    old = sorted({pair for main in mains for pair in also_called(main, subcategory)}, key=str)
    if category is not None and subcategory is None:
        whole = {category, *(main for main, sub in old if sub is None)}
        return sa.or_(reports.c.category.in_(sorted(whole)), *(_kept_as(*pair) for pair in old if pair[0] not in whole))
    exact = reports.c.subcategory == subcategory if category is None else _kept_as(category, subcategory)
    return sa.or_(exact, *(_kept_as(*pair) for pair in old))


def _kept_as(category: str, subcategory: str | None) -> sa.ColumnElement[bool]:
    within = [] if subcategory is None else [reports.c.subcategory == subcategory]
    return sa.and_(reports.c.category == category, *within)


async def get_report(session: AsyncSession, report_id: UUID, *, principal: Principal) -> dict[str, Any]:
    """One report, as far as this reader may see it; one statement. Raises NotFound."""
    query = sa.select(*columns(principal)).where(reports.c.id == report_id, visible(principal))
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("No such report.")
    return as_read(dict(row._mapping))


async def count_reports(session: AsyncSession, wanted: Filter, *, principal: Principal) -> int:
    """How many reports a filter lets through, up to one more than MOST_COUNTED."""
    one: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(reports)
    one = one.where(matching(wanted, principal=principal))
    found: int = (
        await session.execute(sa.select(sa.func.count()).select_from(one.limit(MOST_COUNTED + 1).subquery()))
    ).scalar_one()
    return found


async def check_organisation(session: AsyncSession, organisation_id: UUID) -> None:
    """Raise UnknownOrganisation unless there is or was one of this id; by the primary key."""
    known = sa.select(sa.exists().where(organisations.c.id == organisation_id))
    if not await session.scalar(known):
        there = "GET /organisations lists them; one that was added just now is known here in some seconds."
        fault = FieldError("organisation_id", "unknown_organisation", f"No organisation has this id. {there}")
        raise UnknownOrganisation("There is no such organisation.", errors=(fault,))


def as_read(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of `columns` as readers get it: with its point as it is sent, and whether it is of a whole day."""
    lon, lat = row["lon"], row["lat"]
    point = None if lon is None or lat is None else {"lon": lon, "lat": lat}
    return {**row, "point": point, "whole_day": row["band"] is None}
