"""`/sign-in`: by a local account, or by the municipality's own identity provider. Not in the menu."""

from fastapi import APIRouter

from services.gateway.pages.frame.addresses import Page
from services.gateway.pages.frame.menu import Entry
from services.gateway.pages.sign_in import local, oidc

router = APIRouter(route_class=Page, include_in_schema=False)
router.include_router(local.router)
router.include_router(oidc.router)

MENU: tuple[Entry, ...] = ()

__all__ = ["MENU", "router"]
