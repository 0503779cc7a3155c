"""`/findings/{id}`: one finding of a safety walk, as far as its reader may see it."""

from services.gateway.pages.findings.page import router

MENU = ()

__all__ = ["MENU", "router"]
