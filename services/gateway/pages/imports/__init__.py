"""`/import`: files of reports sent, their columns understood, their reading followed."""

from services.gateway.pages.frame.menu import Entry, who_may
from services.gateway.pages.imports.page import router

MENU = (Entry(href="/import", name="import", may=who_may("POST", "/imports")),)

__all__ = ["MENU", "router"]
