"""What organisations are called, for whoever looks at a page."""

from fastapi import Request

from services.gateway.pages.frame.visitors import Person
from services.gateway.readmodel import queries as readmodel


async def organisation_names(request: Request, person: Person) -> dict[str, str]:
    """Organisations' names by id, as far as this person may know them."""
    async with request.app.state.database.sessions() as session, session.begin():
        return await readmodel.organisation_names(session, principal=person.principal)
