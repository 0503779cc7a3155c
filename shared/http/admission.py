"""Who asks is known before what they send is read.

FastAPI reads a body first and asks an operation's dependencies afterwards. So the edge asks those that say who asks
itself, before the first byte of a body: no operation can forget it, and one that asks nobody gets little.
"""

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from starlette.requests import Request
from starlette.types import Scope

from shared.access.door import Admission

# Of a body that nobody answers for: a sign-in, a request for a token.
BEFORE_SIGN_IN_BYTES = 16_384


async def admit_first(scope: Scope) -> None:
    """Ask who sends this request, if the operation that the router chose wants to know. Raises what that would."""
    dependant: Dependant | None = getattr(scope.get("route"), "dependant", None)
    for admission in _admissions(dependant) if dependant else ():
        await admission.ask(Request(scope))


def _admissions(dependant: Dependant) -> Iterator[Admission[object]]:
    for each in dependant.dependencies:
        if isinstance(each.call, Admission):
            yield each.call
        yield from _admissions(each)
