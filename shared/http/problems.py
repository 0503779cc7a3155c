"""What operations say and take over HTTP: every refusal as problem+json (RFC 9457), common parameters."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

import orjson
import structlog
from fastapi import FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from shared import errors
from shared.database import is_passing
from shared.http import problem_types
from shared.http.faults import field_errors
from shared.http.methods import told_of
from shared.http.parameters import DIGITS

log = structlog.get_logger()

PROBLEM = "application/problem+json"
# No answer is kept by anybody on its way, nor taken for something else than it says, unless its app says otherwise.
ALWAYS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
LATE_S = 1.0
_NO_BODY = (
    "There is no body. Send a JSON object with Content-Type: application/json; which fields it has, and an example of"
    " it, stands with this operation at /docs."
)
NO_VERSION = "Read it first, and send the ETag of that answer in If-Match; or * to change whatever stands there."
_MOST_NAMED = 20
STATUS: Mapping[type[errors.Refusal], tuple[int, str]] = {
    errors.Malformed: (400, "The request cannot be read"),
    errors.Unauthenticated: (401, "Not signed in"),
    errors.Forbidden: (403, "Not allowed"),
    errors.NotFound: (404, "Not found"),
    errors.Conflict: (409, "Not possible now"),
    errors.Gone: (410, "No longer here"),
    errors.Stale: (412, "Changed in the meantime"),
    errors.TooLarge: (413, "Too large"),
    errors.Invalid: (422, "Not valid"),
    errors.TooMany: (429, "Too many requests"),
    errors.VersionNeeded: (428, "Say which version you saw"),
    errors.Unavailable: (503, "Not available now"),
}


class FieldProblem(BaseModel):
    """What is wrong with one field; never holds the value, which may be personal data."""

    field: str = Field(
        description="Of the body a JSON Pointer (RFC 6901), empty for all of it; else what the parameter is called.",
        examples=["/occurred_from"],
    )
    in_: Literal["body", "query", "path", "header"] = Field(
        alias="in", description="Where that stands.", examples=["body"]
    )
    code: str = Field(examples=["missing"])
    detail: str = Field(examples=["This field is needed."])
    about: str | None = Field(default=None, description="An area's code, or a file's form.", examples=["0112"])
    place: tuple[int, int] | None = Field(
        default=None, description="Of a text: the first and last character meant, counted from 1.", examples=[[17, 27]]
    )


class Problem(BaseModel):
    """Every answer that is not a success (RFC 9457)."""

    type: str = Field(description=problem_types.told(), examples=["urn:samsyn:problem:invalid"])
    title: str = Field(examples=["Not valid"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["Not valid: /severity."])
    request_id: str = Field(examples=["3f0c5f8e9d6b4b0f9f3a0c1d2e3f4a5b"])
    errors: list[FieldProblem] = []
    conflicts_with: list[str] | None = Field(
        default=None,
        description="Of a 409: the ids, or names, of what stands against it, where the caller may know them.",
        examples=[["01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18"]],
    )


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documented refusals of an operation: those every operation has, and the ones named here."""
    titles = dict(STATUS.values()) | {500: "Unexpected fault"}
    wanted = sorted({401, 403, 422, 500, 503, *statuses})
    return {status: {"model": Problem, "description": titles[status], "content": {PROBLEM: {}}} for status in wanted}


def problem(
    status: int,
    *,
    code: str,
    title: str,
    detail: str,
    request_id: str,
    fields: tuple[errors.FieldError, ...] = (),
    headers: Mapping[str, str] | None = None,
    conflicts_with: tuple[str, ...] = (),
    in_path: Collection[str] = (),
) -> Response:
    """One problem answer. in_path: the names in the request's address."""
    body: dict[str, Any] = {
        "type": f"{problem_types.PREFIX}{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": request_id,
        "errors": [
            {"field": each.field, "in": _where(each.field, in_path), "code": each.code, "detail": each.detail}
            | ({"about": each.about} if each.about is not None else {})
            | ({"place": each.place} if each.place is not None else {})
            for each in fields
        ],
    }
    if conflicts_with:
        body["conflicts_with"] = list(conflicts_with)
    return Response(orjson.dumps(body), status_code=status, media_type=PROBLEM, headers=dict(headers or {}))


def refusal_answer(refusal: errors.Refusal, *, request_id: str, in_path: Collection[str] = ()) -> Response:
    """A refusal as HTTP says it."""
    status, title = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    headers: dict[str, str] = {}
    if isinstance(refusal, errors.TooMany):
        headers["Retry-After"] = str(refusal.retry_after_s)
    if isinstance(refusal, errors.Unavailable):
        headers["Retry-After"] = "2"
    if isinstance(refusal, errors.Unauthenticated):
        # RFC 6750 §3.1: by the word a library knows that a new token helps.
        of_token = ', error="invalid_token"' if isinstance(refusal, errors.WrongToken) else ""
        headers["WWW-Authenticate"] = f'Bearer realm="samsyn"{of_token}'
    return problem(
        status,
        code=refusal.code,
        title=title,
        detail=refusal.detail,
        request_id=request_id,
        fields=refusal.errors,
        headers=headers,
        conflicts_with=refusal.of if isinstance(refusal, errors.Conflict) else (),
        in_path=in_path,
    )


def _where(field: str, in_path: Collection[str]) -> str:
    """Where a field stands. A body that is a file has no fields; headers are written large, parameters small."""
    if field in ("", "file") or field.startswith("/"):
        return "body"
    if field in in_path:
        return "path"
    return "header" if field[0].isupper() else "query"


async def refuse(refusal: errors.Refusal, *, request_id: str, in_path: Collection[str] = ()) -> Response:
    """The same, said late to who asks too often.

    Whoever asks again at once would otherwise cost more by being refused than by being answered: 500 refusals a second
    took a third of the gateway's time. `Retry-After` is a second at least, so nobody loses anything.
    """
    if isinstance(refusal, errors.TooMany):
        await asyncio.sleep(LATE_S)
    return refusal_answer(refusal, request_id=request_id, in_path=in_path)


def add_problem_handlers(app: FastAPI) -> None:
    """Make every refusal, validation fault and unknown path of this app a problem+json answer."""

    @app.exception_handler(errors.Refusal)
    async def on_refusal(request: Request, refusal: errors.Refusal) -> Response:
        return await refuse(refusal, request_id=request_id(request), in_path=request.path_params.keys())

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, wrong: RequestValidationError) -> Response:
        refusal = _refusal_of(wrong, model=_model_of(request))
        return refusal_answer(refusal, request_id=request_id(request), in_path=request.path_params.keys())

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, wrong: HTTPException) -> Response:
        if isinstance(wrong.__cause__, errors.Refusal):  # FastAPI makes a 400 of whatever goes wrong in reading a body
            return refusal_answer(wrong.__cause__, request_id=request_id(request))
        code, detail, allow = told_of(request, wrong.status_code)
        headers = {**(wrong.headers or {}), **allow}
        title, _, _ = detail.partition(".")
        return problem(
            wrong.status_code, code=code, title=title, detail=detail, request_id=request_id(request), headers=headers
        )

    @app.exception_handler(SQLAlchemyError)
    async def on_database(request: Request, wrong: SQLAlchemyError) -> Response:
        away = database_away(wrong)
        if not isinstance(away, errors.Refusal):
            raise wrong
        return refusal_answer(away, request_id=request_id(request))


def database_away(wrong: SQLAlchemyError) -> Exception:
    """The refusal while a database is away, for a fault that passes; any other fault as it is."""
    if not is_passing(wrong):
        return wrong
    log.warning("http.database_away", reason=type(wrong).__name__)
    return errors.Unavailable("The database does not answer. Send the same request again in a moment.")


def _model_of(request: Request) -> object:
    """What the body of a request was to be read as."""
    bodies: list[Any] = getattr(getattr(request.scope.get("route"), "dependant", None), "body_params", [])
    return bodies[0].field_info.annotation if len(bodies) == 1 else None


def _refusal_of(wrong: RequestValidationError, *, model: object) -> errors.Refusal:
    """What stands for what pydantic says of a request."""
    if isinstance(wrong.body, bytes):  # FastAPI reads as JSON what says that it is, and hands on the rest as it is
        return errors.Malformed("Send the body as JSON, with Content-Type: application/json.")
    fields = field_errors(wrong.errors(), sent=wrong.body, model=model)
    if any(each["type"] == "json_invalid" for each in wrong.errors()):
        return errors.Malformed("The body is no valid JSON.", errors=fields)
    if header := next((each for each in wrong.errors() if _is_missing_header(each)), None):
        if header["loc"][1] == "If-Match":
            return errors.VersionNeeded(NO_VERSION, errors=fields)
        return errors.Malformed(f"The header {header['loc'][1]} is missing.", errors=fields)
    if any(each["type"] == "missing" and tuple(each["loc"]) == ("body",) for each in wrong.errors()):
        return errors.Invalid(_NO_BODY, errors=fields)
    named = sorted({"the body as a whole" if each.field == "" else each.field for each in fields})
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return errors.Invalid(f"Not valid: {', '.join(named[:_MOST_NAMED])}{more}.", errors=fields)


def _is_missing_header(wrong: Mapping[str, Any]) -> bool:
    return bool(wrong["type"] == "missing" and wrong["loc"][0] == "header")


def request_id(request: Request) -> str:
    """The id under which this request stands in every log line, here and in the services it went through."""
    return str(request.scope.get("state", {}).get("request_id", ""))


Limit = Annotated[int, Field(ge=1, le=1000), DIGITS, Query(description="How many at most.", examples=[20])]
After = Annotated[
    str | None,
    Query(
        alias="cursor",
        max_length=500,
        description="`next_cursor` of the page before.",
        examples=["WyIwMTkzNmY1ZS04ZDJhIl0"],
    ),
]
RequestKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Your own key for this change. The same key again gives the same answer and changes nothing.",
        examples=["2026-11-22-weekly-0001"],
    ),
]
