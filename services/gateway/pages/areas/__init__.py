"""`/areas`: the municipality's areas, put in from a file as it was downloaded, tried first, taken back if wrong."""

from fastapi import APIRouter

from services.gateway.pages.areas import files, page
from services.gateway.pages.frame.addresses import Page
from services.gateway.pages.frame.menu import Entry, who_may
from services.gateway.pages.speech.language import marked

router = APIRouter(route_class=Page, include_in_schema=False)
for _page in (files, page):
    router.include_router(_page.router)

MENU = (Entry(href="/areas", name=marked("Areas"), may=who_may("POST", "/areas/imports")),)

__all__ = ["MENU", "router"]
