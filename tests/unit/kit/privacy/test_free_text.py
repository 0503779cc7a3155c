"""Which texts of a body are screened, wherever their mark stands."""

from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from shared.privacy import PersonalData
from shared.privacy.free_text import Confirmed, Screened, admit_texts

NUMBER = "811218-9876"
Text = Annotated[str, Field(max_length=100), Screened()]


class Item(BaseModel):
    """Something in a list."""

    note: Text = ""
    code: str = ""


class Body(BaseModel):
    """A body with marks in every place where one can stand."""

    plain: Text = ""
    perhaps: Text | None = None
    several: list[Text] = []
    items: list[Item] = []
    words: Annotated[dict[str, str | int | None], Screened()] = {}
    reference: Annotated[str, Screened(codes=True)] | None = None
    unmarked: str = ""
    confirmed_no_personal_data: Confirmed = False


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (Body(plain=NUMBER), "/plain"),
        (Body(perhaps=NUMBER), "/perhaps"),
        (Body(several=["", NUMBER]), "/several/1"),
        (Body(items=[Item(), Item(note=NUMBER)]), "/items/1/note"),
        (Body(words={"area": NUMBER}), "/words/area"),
        (Body(words={"area": 1, NUMBER: 2}), "/words/1/key"),
        (Body(reference=NUMBER), "/reference"),
    ],
)
def test_a_mark_is_found(body: Body, field: str) -> None:
    """The pointer of the refusal names the place; a key of the sender's own is named by its number."""
    with pytest.raises(PersonalData) as refused:
        admit_texts(body)
    assert [each.field for each in refused.value.errors] == [field]
    assert NUMBER not in f"{refused.value.detail} {refused.value.errors}"


def test_what_is_not_marked_is_not_read() -> None:
    """A field without a mark passes; the contract tests see to it that no service has such a field for texts."""
    assert admit_texts(Body(unmarked=NUMBER, items=[Item(code=NUMBER)])) == []


def test_a_confirmation_is_for_weak_kinds() -> None:
    """Confirmed weak kinds are returned with their fields; in references they never count."""
    phone = "063-12 34 56"
    with pytest.raises(PersonalData):
        admit_texts(Body(plain=phone))
    sure = Body(plain=phone, perhaps="grannen Anders", reference="ABC123", confirmed_no_personal_data=True)
    assert admit_texts(sure) == [("/perhaps", "name"), ("/plain", "phone")]
    with pytest.raises(PersonalData):
        admit_texts(Body(plain=f"{phone} {NUMBER}", confirmed_no_personal_data=True))


def test_the_confirmation_is_no_part_of_what_is_stored() -> None:
    """Routes hand `model_dump()` to their commands: the flag is not in it."""
    assert "confirmed_no_personal_data" not in Body(confirmed_no_personal_data=True).model_dump()
