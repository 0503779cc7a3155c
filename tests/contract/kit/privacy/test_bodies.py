"""Every text that any service takes passes the personal-data screen, before anything else is done with the request.

A new field of type `str` makes these tests fail until it is marked as `Screened`, or can hold nothing but a code.
"""

import importlib
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from deploy.services import BEHIND_THE_GATEWAY
from services.reports.intake.schemas import Misshapen
from shared.privacy import PersonalData
from shared.privacy.free_text import admit_texts
from shared.service import open_database
from tests.contract.kit.privacy.bodies import SOME_ID, Operation, _settings, example_of, operations, planted
from tests.support.servers.services import INTERNAL_PUBLIC, internal_token, make_principal, new_key

NUMBER = "811218-9876"
# In a sentence, alone, and as what an identifier may be made of.
PLANTS = (f"Killen {NUMBER} var där igen", NUMBER, "8112189876", f"https://example.org/{NUMBER}")
ALL = [each for service in BEHIND_THE_GATEWAY for each in operations(service)]
WITH_BODY = [each for each in ALL if each.body is not None]
# What takes raw bytes, or nothing, and where the texts in it are screened.
WITHOUT = {
    "reports DELETE /areas/files/{id}": "no body",
    "reports DELETE /mappings/{name}": "no body",
    "reports POST /imports/{id}/withdrawals": "no body",
    "reports POST /areas/files": "its examples are masked: tests/integration/reports/test_privacy.py",
    "reports POST /areas/imports/{version}/undo": "no body",
    "reports POST /areas/imports": "its names and codes: tests/integration/reports/test_privacy.py",
    "reports POST /areas/placements": "no body",
    "reports POST /imports": "its rows are masked: tests/integration/reports/test_privacy.py",
    "reports POST /mappings/suggest": "answers from it and keeps nothing",
    "events DELETE /gatherings/{id}": "no body",
    "walks DELETE /walks/{id}": "no body",
    "walks DELETE /findings/{id}": "no body",
    "notify DELETE /subscriptions/{id}": "no body",
    "notify POST /subscriptions/{id}/test": "no body",
    "notify POST /deliveries/{id}/replay": "no body",
}


def _admitted(body: Any) -> list[tuple[str, str]]:
    items = getattr(body, "reports", [body])  # each report of a batch is confirmed by itself
    return [each for item in items for each in admit_texts(item)]


def _confirmed(body: dict[str, Any]) -> dict[str, Any]:
    if "reports" in body:
        return {"reports": [each | {"confirmed_no_personal_data": True} for each in body["reports"]]}
    return body | {"confirmed_no_personal_data": True}


def _valid(operation: Operation) -> list[Any]:
    """Bodies with the number in them that the shapes let pass."""
    assert operation.body is not None
    return [body for body in planted(operation.body, NUMBER) if _is_valid(operation.body, body)]


def _is_valid(model: Any, body: object) -> bool:
    try:
        model.model_validate(body)
    except ValidationError:
        return False
    return True


# A batch answers for each of its reports: tests/integration/reports/test_privacy.py.
WITH_TEXT = [each for each in WITH_BODY if _valid(each) and each.path != "/reports/batch"]


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_every_text_in_a_body_is_screened(operation: Operation) -> None:
    """A personnummer in any field, item or key: the field cannot hold it, or the screen refuses it."""
    assert operation.body is not None
    operation.body.model_validate(example_of(operation.body))
    let_through = []
    for body in (body for text in PLANTS for body in planted(operation.body, text)):
        try:
            read = operation.body.model_validate(body)
            if any(isinstance(each, Misshapen) for each in getattr(read, "reports", ())):
                continue  # nothing of it is kept
            admit_texts(read)
        except ValidationError:
            continue
        except PersonalData:
            continue
        let_through.append(body)
    assert let_through == []


@pytest.mark.parametrize("operation", WITH_TEXT, ids=str)
async def test_it_is_refused_before_the_database_is_asked(operation: Operation) -> None:
    """The answer names field and kind, never the number; no database is there that could have been asked."""
    settings = _settings(operation.service).model_copy(update={"internal_public_key": INTERNAL_PUBLIC})
    app = importlib.import_module(f"services.{operation.service}.app").build(settings)
    app.state.database = open_database(operation.service, settings)
    token = internal_token(make_principal(), service=operation.service)
    headers = {"Authorization": f"Bearer {token}", "If-Match": '"1"', **new_key()}
    path = operation.path.replace("{id}", SOME_ID).replace("{name}", "granen")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as caller:
        for body in _valid(operation):
            answer = await caller.request(operation.method, path, json=body, headers=headers)
            assert answer.status_code == 422, (body, answer.text)
            assert [each["code"] for each in answer.json()["errors"]] == ["strong_personnummer"]
            assert NUMBER not in answer.text


def test_bodies_without_a_model_are_known() -> None:
    """Whoever adds an operation that takes raw bytes says here how texts in it are screened."""
    assert {str(each) for each in ALL if each.body is None} == set(WITHOUT)


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_what_weak_kinds_stop_can_be_confirmed(operation: Operation) -> None:
    """A body with a field that a phone number stops has `confirmed_no_personal_data`, and takes it then."""
    assert operation.body is not None
    for body in planted(operation.body, "Ring växeln 063-12 34 56"):
        try:
            admit_texts(operation.body.model_validate(body))
        except (ValidationError, PersonalData):
            if not _is_valid(operation.body, body):
                continue
            sure = operation.body.model_validate(_confirmed(body))
            assert [kind for _, kind in _admitted(sure)] == ["phone"]
