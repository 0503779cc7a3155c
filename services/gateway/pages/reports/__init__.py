"""`/reports` and `/review`: reports found, read, sent, corrected and decided on."""

from fastapi import APIRouter

from services.gateway.pages.frame.addresses import Page
from services.gateway.pages.frame.menu import Entry, who_may
from services.gateway.pages.reports import answer, correct, form, listing, report, review
from services.gateway.pages.reports.sentences import NEWS
from services.gateway.pages.speech.language import marked

router = APIRouter(route_class=Page, include_in_schema=False)
# `/reports/new` comes before `/reports/{id}`.
for _page in (listing, form, correct, answer, report, review):
    router.include_router(_page.router)

MENU = (
    Entry(href="/reports", name=marked("Reports"), may=who_may("GET", "/reports")),
    Entry(href="/review", name=marked("Review"), may=who_may("GET", "/review-queue"), counted=True),
)

__all__ = ["MENU", "NEWS", "router"]
