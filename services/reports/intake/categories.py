"""The categories that reports fall into, as they are and as they were."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.reports.intake.schemas import Categories, Category, Recoded, Subcategory
from services.reports.taxonomy import CATEGORIES, RETIRED
from shared.access import Principal
from shared.access.door import may
from shared.http.operations import Operation
from shared.http.parameters import YesOrNo

router = APIRouter(route_class=Operation, tags=["reports"])

Reader = Annotated[Principal, may("reports:read")]


@router.get("/categories")
async def list_categories(
    _: Reader, retired: Annotated[YesOrNo, Query(description="Also codes that are out of use.")] = False
) -> Categories:
    """The categories of reports, with Swedish and English labels.

    A report that is sent with a code that was out of use on its day is taken, and kept under the code in its place; the
    receipt says so. Files likewise.
    """
    found = [
        Category(
            code=each.code,
            label_sv=each.sv,
            label_en=each.en,
            subcategories=[
                *(Subcategory(code=code, label_sv=sv, label_en=en) for code, (sv, en) in each.subcategories.items()),
                *(_retired_under(each.code) if retired else ()),
            ],
        )
        for each in CATEGORIES.values()
    ]
    return Categories(categories=found + (_retired() if retired else []))


def _retired() -> list[Category]:
    return [
        Category(code=code, label_sv=was.sv, label_en=was.en, subcategories=[], valid_from=was.valid_from,
                 valid_to=was.valid_to, replaced_by=Recoded(category=was.category, subcategory=was.subcategory))
        for (code, sub), was in RETIRED.items() if sub is None
    ]  # fmt: skip


def _retired_under(category: str) -> list[Subcategory]:
    return [
        Subcategory(code=sub, label_sv=was.sv, label_en=was.en, valid_from=was.valid_from, valid_to=was.valid_to,
                    replaced_by=Recoded(category=was.category, subcategory=was.subcategory))
        for (code, sub), was in RETIRED.items() if code == category and sub is not None
    ]  # fmt: skip
