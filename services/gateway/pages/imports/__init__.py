"""`/import`: files of reports sent, their columns understood, their reading followed."""

from services.gateway.pages.frame.menu import Entry, holders_of
from services.gateway.pages.imports.page import router

MENU = (Entry(href="/import", name="import", may=holders_of("reports:write")),)

__all__ = ["MENU", "router"]
