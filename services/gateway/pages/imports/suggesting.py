"""What the service suggests for a file that waits, and the words of the columns that a person chose in it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from services.gateway.pages.frame.asking import ask, fetch
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.imports.beginning import NotBegun, check_read
from services.gateway.pages.imports.codes import TOO_LARGE
from services.gateway.pages.imports.readings import lacks
from services.gateway.pages.imports.uploads import Upload
from services.gateway.pages.imports.words import are_to_be_said, by_hand, words_with
from services.gateway.pages.speech.language import gettext as _
from shared.errors import TooLarge

_HEAD = 500_000
_PLACES = ("sheet", "header_row")


@dataclass(slots=True)
class AtHand:
    """A file that waits, by the token of its address, and what the service suggests for it."""

    token: str
    upload: Upload
    suggestion: dict[str, Any]


async def list_words(request: Request, person: Person, at: AtHand, document: Mapping[str, Any]) -> None:
    """Have the suggestion list the words of the columns that this mapping has. Raises NotBegun."""
    if columns := by_hand(document, at.suggestion):
        at.suggestion = await suggested(request, person, at.upload, columns=columns)


async def with_tried(request: Request, person: Person, at: AtHand) -> None:
    """Have the suggestion list also the words that the last trial found in the whole file and did not know."""
    if (tried := at.upload.tried) is None:
        return
    found = await fetch(request, person, f"/imports/{tried.id}")
    at.suggestion = at.suggestion | {"words": words_with(at.suggestion["words"], found, tried.reading.document)}


def check_columns(document: Mapping[str, Any], suggestion: Mapping[str, Any]) -> None:
    """Raise NotBegun where a mapping asks for columns that the file does not have.

    To go on without them would read the file as if it said nothing of that field. Of another sheet or row of headings
    than the suggestion's the service knows the columns.
    """
    same = all(document.get(place) in (None, "auto", suggestion["mapping"].get(place)) for place in _PLACES)
    if same and (names := lacks(document, suggestion["header"])):
        why = _("The reading asks for columns that this file does not have: %(columns)s. Choose others for them.")
        raise NotBegun(why % {"columns": ", ".join(names)})


async def check_listed(
    request: Request, person: Person, at: AtHand, document: Mapping[str, Any], anew: Collection[str]
) -> None:
    """Raise NotBegun where a column was chosen whose words nobody has seen yet, and they are none of our codes."""
    if anew:
        await list_words(request, person, at, document)
    if are_to_be_said(at.suggestion, anew):
        raise NotBegun(_("The words of a column that you chose are listed now. Say what they mean."), field="words")


async def suggested(
    request: Request, person: Person, upload: Upload, *, columns: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """The service's suggestion, asked for once for the same columns. Raises NotBegun where it finds no table.

    Each costs as much as ten lists, and a page is loaded again and again.
    """
    if (known := upload.suggestions.get(tuple(columns))) is not None:
        return known
    head = await upload.head(_HEAD) if upload.kind == "text/csv" else upload.parts()
    try:
        answer = await ask(
            request,
            person,
            "POST",
            "/mappings/suggest",
            query=columns,
            body=head,
            headers={"Content-Type": upload.kind},
        )
    except TooLarge:
        raise NotBegun(_(TOO_LARGE)) from None
    check_read(answer)
    found: dict[str, Any] = answer.body
    upload.keep_suggestion(tuple(columns), found)
    return found
