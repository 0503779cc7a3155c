"""The pages: server-rendered, Swedish, usable without JavaScript, nothing from anywhere else."""

from fastapi import APIRouter, FastAPI

router = APIRouter(include_in_schema=False)


def add_static(app: FastAPI) -> None:
    """Serve what pages need beside themselves."""
