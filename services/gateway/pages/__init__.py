"""The pages: server-rendered, in every language that has a catalogue, usable without JavaScript, nothing from outside.

A room for each subject, with its pages and templates side by side. Subjects know nothing of each other; they stand on
`frame` and `maps`, and those on `speech`. Texts are English in code and templates; `locale/` has them in others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from services.gateway.languages import LOCALE
from services.gateway.pages import areas, docs, findings, gatherings, imports, overview, reports, sign_in
from services.gateway.pages.frame.addresses import Page
from services.gateway.pages.frame.carrying import MOST_SEALED
from services.gateway.pages.frame.categories import KnownCategories
from services.gateway.pages.frame.edge import PageEdge
from services.gateway.pages.frame.errors import show_problem
from services.gateway.pages.frame.menu import Entry
from services.gateway.pages.frame.rendering import STATIC
from services.gateway.pages.frame.visitors import find_person, is_secure
from services.gateway.pages.frame.waiting import KnownWaiting
from services.gateway.pages.imports.uploads import Uploads
from services.gateway.pages.maps.areas import KnownPlaces
from services.gateway.pages.sign_in.local import show_door_to
from services.gateway.pages.sign_in.oidc import KnownProvider
from services.gateway.pages.speech.catalogues import Languages, read_languages
from services.gateway.pages.speech.language import Marked
from shared.http.heads import HeadsAsGets

# In the order of the menu.
SUBJECTS = (sign_in, overview, findings, gatherings, reports, imports, areas, docs)

# A name and a password, beside what was typed before the session ended.
MOST_AT_SIGN_IN = MOST_SEALED + 16_384

# What happened, in words: each subject says it of its own facts, the overview of those that have no pages.
NEWS: Mapping[str, Marked] = {
    type_: said for subject in SUBJECTS for type_, said in getattr(subject, "NEWS", {}).items()
}

router = APIRouter(route_class=Page, include_in_schema=False)
for _subject in SUBJECTS:
    router.include_router(_subject.router)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the pages keep in memory between requests: `app.state.pages`. Each part is looked after by its own room."""

    languages: Languages
    menu: tuple[Entry, ...]
    news: Mapping[str, Marked]
    categories: KnownCategories
    places: KnownPlaces
    uploads: Uploads
    provider: KnownProvider
    waiting: KnownWaiting


def add_pages(app: FastAPI, *, locale: Path = LOCALE) -> None:
    """Give the pages their languages, their menu, and what they need beside themselves.

    `locale`: the folder of catalogues. Raises WrongSettings where it has none for the municipality's language.
    """
    app.state.pages = Kept(
        languages=read_languages(app.state.settings.municipality.language, folder=locale),
        menu=tuple(entry for subject in SUBJECTS for entry in subject.MENU),
        news=NEWS,
        categories=KnownCategories(),
        places=KnownPlaces(),
        uploads=Uploads(),
        provider=KnownProvider(),
        waiting=KnownWaiting(),
    )
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def add_edge(app: FastAPI) -> None:
    """Give pages their headers, and browsers refusals they can read. Stands outside of everything else: add it last."""
    secure, languages = is_secure(app.state.settings), app.state.pages.languages
    app.add_middleware(
        PageEdge,
        show_problem=show_problem,
        show_door=show_door_to,
        recognise=find_person,
        secure=secure,
        languages=languages,
    )
    app.add_middleware(HeadsAsGets)  # again: a refusal has to be whole to become a page
