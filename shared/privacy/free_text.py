"""Texts in people's own words: which fields of a body hold them, and the personal-data screen they pass at the door.

A field is marked by its type: `Annotated[str, ..., Screened()]`. Every route whose body has such fields calls
`shared.privacy.beside.admit` before it does anything else, and `keep_confirmed` once it knows what it made.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access import Principal
from shared.privacy.screening import check_texts


@dataclass(frozen=True, slots=True)
class Screened:
    """Marks a text that passes the screen. `codes`: references and the like, where plates do not count.

    Three letters and three digits are a plate in a sentence, and a likely case number in a reference.
    """

    codes: bool = False


# Bodies with texts that weak kinds can stop have this field: `confirmed_no_personal_data: Confirmed = False`.
Confirmed = Annotated[
    bool,
    Field(
        strict=True,
        exclude=True,  # it is about the texts, and no part of what is stored or told
        description="The texts were read again, and what looked like personal data (a `weak_…` error of an earlier "
        "answer) concerns no person. It is written down who confirmed it. Kinds that are certain, such as a "
        "personnummer (`strong_…`), are refused all the same.",
        examples=[False],
    ),
]
_FIELD = re.compile("[a-z_]{1,40}")
_NAME = "confirmed_no_personal_data"
_KEEP = text("""
    INSERT INTO confirmations (organisation_id, client_id, subject, field, kind)
    VALUES (:organisation_id, :client_id, :subject, :field, :kind)
""")

Kinds = Sequence[tuple[str, str]]


def admit_texts(body: BaseModel) -> Kinds:
    """Screen every marked text of a body, in nested models too.

    Returns what was confirmed: JSON Pointer of the field and kind. Raises PersonalData.
    """
    found = list(_texts(body, "", None))
    return check_texts(
        {field: said for field, said, _ in found},
        confirmed=bool(getattr(body, _NAME, False)),
        codes=frozenset(field for field, _, mark in found if mark.codes),
    )


def length_of(body: BaseModel) -> int:
    """How many characters the marked texts of a body have together."""
    return sum(len(said) for _, said, _ in _texts(body, "", None))


async def keep_confirmed(session: AsyncSession, confirmed: Mapping[object, Kinds], *, principal: Principal) -> None:
    """Write down who confirmed what of which subjects (`subject id -> kinds`); one statement, none for none."""
    rows = [
        {
            "organisation_id": principal.organisation_id,
            "client_id": principal.client_id,
            "subject": str(subject),
            "field": field,
            "kind": kind,
        }
        for subject, kinds in confirmed.items()
        for field, kind in kinds
    ]
    if rows:
        await session.execute(_KEEP, rows)


def _texts(value: Any, at: str, mark: Screened | None) -> Iterator[tuple[str, str, Screened]]:
    """The marked texts below a value; `mark` is that of the field it stands in."""
    if isinstance(value, BaseModel):
        for name, field_mark in _marks(type(value)).items():
            yield from _texts(getattr(value, name), f"{at}/{name}", field_mark)
    elif isinstance(value, str) and mark:
        yield at, value, mark
    elif isinstance(value, Mapping) and mark:
        for number, (key, each) in enumerate(value.items()):
            # A key may be the sender's own text: it is screened as well, and a pointer then holds its number.
            below = f"{at}/{key if _FIELD.fullmatch(str(key)) else number}"
            yield from _texts(key, f"{below}/key", mark)
            yield from _texts(each, below, mark)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for number, each in enumerate(value):
            yield from _texts(each, f"{at}/{number}", mark)


@lru_cache
def _marks(model: type[BaseModel]) -> Mapping[str, Screened | None]:
    return {name: _mark([*field.metadata, field.annotation]) for name, field in model.model_fields.items()}


def _mark(parts: Sequence[Any]) -> Screened | None:
    """The mark anywhere in a type: on the field, in `X | None`, in a list of such texts."""
    for part in parts:
        if isinstance(part, Screened):
            return part
        if get_origin(part) is not None and (found := _mark([*get_args(part), *getattr(part, "__metadata__", ())])):
            return found
    return None
