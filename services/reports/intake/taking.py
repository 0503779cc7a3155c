"""Takes what was sent: places it, screens it, stores it and says what became of it, one report or a thousand."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.ground import Ground
from services.reports.intake import commands, domain
from services.reports.intake.schemas import (
    BatchFault,
    BatchReceipt,
    BatchResult,
    Misshapen,
    NewReport,
    Receipt,
    recoded,
)
from shared.access import Principal
from shared.errors import Conflict, FieldError, Invalid, Refusal
from shared.http.problem_types import as_code
from shared.ids import uuid7
from shared.privacy import PersonalData
from shared.privacy.free_text import Kinds, admit_texts, keep_confirmed
from shared.turns import Way

_MOST_FAULTS = 5  # told of one report: a thousand reports may hold tens of thousands
_BETWEEN, _AT_ONCE = 5, 100
# The worst that the screen can be given takes 20 to 30 s for a million signs.
_SIGNS_AT_ONCE, _MOST_SIGNS = 20_000, 500_000


def placed_by(sent: NewReport, *, principal: Principal, ground: Ground) -> domain.Report:
    """A report as it was sent, in its place. Raises Invalid."""
    return domain.placed(
        sent.model_dump(),
        report_id=uuid7(),
        organisation_id=principal.organisation_id,
        client_id=principal.client_id,
        ground=ground,
        now=datetime.now(UTC),
    )


def receipt_of(report: domain.Report, *, sent: NewReport) -> Receipt:
    """What its sender is told of it."""
    return Receipt(
        recoded=recoded(report, sent=sent),
        id=report.id,
        area_code=report.place.area_code,
        cell=report.place.point.cell if report.place.point else None,
        occurred_on=report.when.occurred_on,
        band=report.when.band,
        dark=report.dark,
    )


async def take_batch(
    sent: Sequence[NewReport | Misshapen], session: AsyncSession, *, principal: Principal, ground: Ground, way: Way
) -> BatchReceipt:
    """Take or refuse each of a batch, in slices: between two of them others are given way. Raises Invalid."""
    _check_length(sent)
    placed: dict[int, domain.Report] = {}
    kinds: dict[int, Kinds] = {}
    confirmed: dict[object, Kinds] = {}
    results: dict[int, BatchResult] = {}
    shaped = {index: each for index, each in enumerate(sent) if isinstance(each, NewReport)}
    screened = await _screened_all(shaped, way=way)
    for index, each in enumerate(sent):
        if index % _BETWEEN == 0:
            await asyncio.sleep(0)  # others are answered meanwhile
        try:
            if isinstance(each, Misshapen):
                raise Invalid("This is no report.", errors=each.faults)
            found = screened[index]
            if isinstance(found, PersonalData):
                raise found
            kinds[index] = found
            placed[index] = placed_by(each, principal=principal, ground=ground)
        except Invalid as refused:
            results[index] = _refused(index, refused)
    for index, there in (await commands.take_batch(session, placed, way=way)).items():
        if index % _BETWEEN == 0:
            await asyncio.sleep(0)
        if there is not None and (there.withdrawn or not there.same):
            results[index] = _refused(index, there.refusal())
            continue
        receipt = receipt_of(placed[index], sent=shaped[index])
        if there is None:
            confirmed[receipt.id] = kinds[index]
        else:
            receipt = receipt.model_copy(update={"id": there.id})
        status: Literal["created", "unchanged"] = "created" if there is None else "unchanged"
        results[index] = BatchResult(index=index, status=status, receipt=receipt, faults=[])
    await keep_confirmed(session, confirmed, principal=principal)
    return _counted([results[index] for index in sorted(results)])


async def _screened_all(sent: Mapping[int, NewReport], *, way: Way) -> dict[int, Kinds | PersonalData]:
    """What the screen says of each: beside the loop, which goes on answering, and others are given way in between."""
    screened: dict[int, Kinds | PersonalData] = {}
    for some in _slices(sent):
        began = time.monotonic()
        screened |= zip(some, await asyncio.to_thread(list, map(_screened, some.values())), strict=True)
        await way(worked_s=time.monotonic() - began)
    return screened


def _slices(sent: Mapping[int, NewReport]) -> Iterator[dict[int, NewReport]]:
    some: dict[int, NewReport] = {}
    signs = 0
    for index, each in sent.items():
        some[index] = each
        signs += len(each.text or "")
        if len(some) == _AT_ONCE or signs > _SIGNS_AT_ONCE:
            yield some
            some, signs = {}, 0
    yield some


def _check_length(sent: Sequence[NewReport | Misshapen]) -> None:
    if sum(len(each.text or "") for each in sent if isinstance(each, NewReport)) > _MOST_SIGNS:
        much = f"The texts of a batch have at most {_MOST_SIGNS} characters together. Send it in parts."
        raise Invalid("The texts are too long together.", errors=(FieldError("/reports", "too_much_text", much),))


def _screened(sent: NewReport) -> Kinds | PersonalData:
    try:
        return admit_texts(sent)
    except PersonalData as refused:
        return refused


def _refused(index: int, refusal: Refusal) -> BatchResult:
    faults = [
        BatchFault(code=each.code, detail=each.detail, field=each.field, place=each.place) for each in refusal.errors
    ]
    if (more := len(faults) - _MOST_FAULTS) > 0:
        rest = BatchFault(code="more", detail=f"There are {more} more that are not told.", field=None)
        faults[_MOST_FAULTS:] = [rest]
    about = "/external_reference" if isinstance(refusal, Conflict) else None
    faults = faults or [BatchFault(code=as_code(refusal.code), detail=refusal.detail, field=about)]
    against = list(refusal.of) if isinstance(refusal, Conflict) else None
    return BatchResult(index=index, status="refused", receipt=None, faults=faults, conflicts_with=against)


def _counted(results: list[BatchResult]) -> BatchReceipt:
    count = Counter(result.status for result in results)
    return BatchReceipt(
        created=count["created"], unchanged=count["unchanged"], refused=count["refused"], results=results
    )
