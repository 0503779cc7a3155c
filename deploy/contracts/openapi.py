"""The API description of each service, from its code alone: nothing is connected to and no real key is read."""

import base64
import importlib
import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from joserfc.jwk import OKPKey

from deploy.contracts.webhooks import webhooks
from deploy.services import BEHIND_THE_GATEWAY
from services.gateway.proxy import catalogue
from shared.settings import ServiceSettings


def openapis() -> dict[Path, str]:
    """What stands in each service's `openapi.json`, by path from the root of the repository.

    The gateway's is what partners read: its own operations and, under the public prefix, those of all services.
    """
    documents = {service: description(service) for service in BEHIND_THE_GATEWAY}
    whole = catalogue.merged(description("gateway"), documents, told=webhooks())
    return {path_of(service): _text(document) for service, document in {**documents, "gateway": whole}.items()}


def gateway_routes() -> dict[Path, str]:
    """The gateway's route table, made of what the services offer."""
    found = [route for each in BEHIND_THE_GATEWAY for route in catalogue.routes_of(each, description(each))]
    return {Path("services/gateway/proxy/routes.json"): catalogue.as_json(found)}


def description(service: str) -> dict[str, Any]:
    """The OpenAPI document of one service's own operations."""
    document: dict[str, Any] = built(service).openapi()
    if service == "gateway":
        document["info"]["title"] = "Samsyn"
    return document


def built(service: str) -> FastAPI:
    """A service put together; it is not started."""
    app: FastAPI = importlib.import_module(f"services.{service}.app").build(_settings(service))
    return app


def path_of(service: str) -> Path:
    """Where a service's API description stands, from the root of the repository."""
    return Path("services") / service / "openapi.json"


def _settings(service: str) -> ServiceSettings:
    """Settings with which a service can be put together and nothing else: their keys are made here and thrown away."""
    kind: type[ServiceSettings] = importlib.import_module(f"services.{service}.settings").Settings
    key = json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True))
    nowhere = "postgresql://nobody@127.0.0.1:9/nothing"
    wanted: dict[str, Any] = {
        "database_url": nowhere,
        "bus_url": nowhere,
        "internal_public_key": key,
        "token_key": key,
        "internal_key": key,
        "pepper": "x" * 32,
        "sealing_key": base64.b64encode(bytes(32)).decode(),
    }
    return kind(**{name: value for name, value in wanted.items() if name in kind.model_fields})


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
