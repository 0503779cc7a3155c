"""`/`: how it stands in a cycle: the map and table of areas, the lägesbild, what waits, and what happened last."""

from services.gateway.pages.frame.menu import Entry, everybody
from services.gateway.pages.overview.page import router
from services.gateway.pages.overview.sentences import NEWS
from services.gateway.pages.speech.language import marked

MENU = (Entry(href="/", name=marked("Overview"), may=everybody),)

__all__ = ["MENU", "NEWS", "router"]
