"""`/gatherings/{id}`: one public gathering, as far as its reader may see it, and what it clashes with."""

from services.gateway.pages.gatherings.page import router

MENU = ()

__all__ = ["MENU", "router"]
