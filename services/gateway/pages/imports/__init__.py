"""`/import`: files of reports sent, their columns understood, their reading followed."""

from services.gateway.pages.frame.menu import Entry, who_may
from services.gateway.pages.imports.page import router
from services.gateway.pages.speech.language import marked

MENU = (Entry(href="/import", name=marked("Files"), may=who_may("POST", "/imports")),)

__all__ = ["MENU", "router"]
