"""`/docs`: what partners' developers read: every operation, with an example that can be sent."""

from services.gateway.pages.docs.page import router
from services.gateway.pages.frame.menu import Entry, everybody
from services.gateway.pages.speech.language import marked

MENU = (Entry(href="/docs", name=marked("API"), may=everybody),)

__all__ = ["MENU", "router"]
