"""`/import`: files of reports sent, their columns understood, their reading followed."""

from fastapi import APIRouter

from services.gateway.pages.frame.addresses import Page
from services.gateway.pages.frame.menu import Entry, who_may
from services.gateway.pages.imports import following, page
from services.gateway.pages.speech.language import marked

router = APIRouter(route_class=Page, include_in_schema=False)
for _page in (page, following):
    router.include_router(_page.router)

MENU = (Entry(href="/import", name=marked("Import"), may=who_may("POST", "/imports")),)

__all__ = ["MENU", "router"]
