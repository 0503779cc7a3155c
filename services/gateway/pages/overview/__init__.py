"""`/`: how it stands in a cycle: the map and table of areas, the lägesbild, what waits, and what happened last."""

from services.gateway.pages.frame.menu import Entry, everybody
from services.gateway.pages.overview.page import router

MENU = (Entry(href="/", name="overview", may=everybody),)

__all__ = ["MENU", "router"]
