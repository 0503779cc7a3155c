"""What the environment of a service may hold: read from the Settings classes themselves."""

import base64
import importlib
import json
from functools import cache

from joserfc.jwk import OKPKey
from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from deploy.services import SERVICES
from shared.settings import Municipality, ServiceSettings


def settings_class(service: str) -> type[ServiceSettings]:
    """The Settings of a service."""
    found: type[ServiceSettings] = importlib.import_module(f"services.{service}.settings").Settings
    return found


def settings_classes() -> list[type[BaseSettings]]:
    """The municipality's settings, then those of every service."""
    return [Municipality, *(settings_class(service) for service in SERVICES)]


def variables(kind: type[BaseSettings]) -> dict[str, FieldInfo]:
    """The variables that a class reads, by the first name that each of its fields has."""
    named = {name: field for name, field in kind.model_fields.items() if field.annotation is not Municipality}
    return {_variable(kind, name, field): field for name, field in named.items()}


def _variable(kind: type[BaseSettings], name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return alias if isinstance(alias, str) else f"{kind.model_config.get('env_prefix', '')}{name}".upper()


@cache
def sufficient(service: str) -> dict[str, str]:
    """What a service must be told, and no more: it starts with it, were its database there."""
    key = OKPKey.generate_key("Ed25519")
    values = {
        "DATABASE_URL": "postgresql://role:secret@127.0.0.1/database",
        "BUS_URL": "kafka://127.0.0.1:9092",
        "INTERNAL_PUBLIC_KEY": json.dumps(key.as_dict(private=False)),
        "TOKEN_KEY": json.dumps(key.as_dict(private=True)),
        "INTERNAL_KEY": json.dumps(key.as_dict(private=True)),
        "PEPPER": "x" * 32,
        "SEALING_KEY": base64.b64encode(bytes(32)).decode(),
    }
    prefix = SERVICES[service].prefix
    needed = [name for name, field in variables(settings_class(service)).items() if field.is_required()]
    return {name: values[name.removeprefix(prefix)] for name in needed}
