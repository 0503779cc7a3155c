"""The pages: server-rendered, Swedish first and English, usable without JavaScript, nothing from anywhere else.

One module per page; `people` knows who is signed in, `rendering` makes pages of templates, `edge` stands round all.
"""

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from services.gateway.pages import (
    correct,
    docs,
    form,
    imports,
    overview,
    report,
    reports,
    review,
    sign_in,
    sign_in_oidc,
)
from services.gateway.pages.edge import PageEdge
from services.gateway.pages.errors import show_problem
from services.gateway.pages.people import is_secure
from services.gateway.pages.rendering import STATIC

router = APIRouter(include_in_schema=False)
for _page in (sign_in, sign_in_oidc, overview, reports, form, correct, report, review, imports, docs):
    router.include_router(_page.router)


def add_static(app: FastAPI) -> None:
    """Serve what pages need beside themselves."""
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def add_edge(app: FastAPI) -> None:
    """Give pages their headers, and browsers refusals they can read. Stands outside of everything else: add it last."""
    app.add_middleware(PageEdge, show_problem=show_problem, secure=is_secure(app.state.settings))
