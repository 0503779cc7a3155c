"""How settings are read from the environment, and what is said of those that are wrong."""

import os
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import AliasChoices, BaseModel, ValidationError
from pydantic_settings import BaseSettings

from shared import texts
from shared.settings.kinds import MOST_SIGNS
from shared.settings.service import Municipality, ServiceSettings

Made = TypeVar("Made", bound=BaseSettings)
Kind = TypeVar("Kind", bound=ServiceSettings)


class WrongSettings(Exception):
    """The environment does not describe a service that can start; the text is one sentence per fault."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read(kind: type[Kind]) -> Kind:
    """The settings of one kind from the environment. Raises WrongSettings: names and faults, never values.

    A variable under the service's prefix, or the municipality's, that is no setting is a fault too: it was meant to
    say something. Those of other services are nobody's business here.
    """
    if faults := _unreadable(os.environ, kind, Municipality):
        raise WrongSettings(*faults)
    here, of_municipality = _made(Municipality, os.environ)
    found, of_service = _made(kind, os.environ, municipality=here or Municipality.model_construct())
    faults = of_municipality + of_service + _unknown(os.environ, kind, Municipality)
    if found is None or faults:
        raise WrongSettings(*faults)
    return found


def check(kind: type[Made], variables: Mapping[str, str]) -> Made:
    """One kind of settings from these variables. Raises WrongSettings as `read` does."""
    if faults := _unreadable(variables, kind):
        raise WrongSettings(*faults)
    told: dict[str, Any] = {name.removeprefix(_prefix(kind)).lower(): value for name, value in variables.items()}
    found, wrong = _made(kind, variables, **{name: value for name, value in told.items() if name in kind.model_fields})
    faults = wrong + _unknown(variables, kind)
    if found is None or faults:
        raise WrongSettings(*faults)
    return found


def _made(kind: type[Made], variables: Iterable[str], **told: Any) -> tuple[Made | None, list[str]]:
    try:
        return kind(**told), []
    except ValidationError as wrong:
        given = set(map(str.upper, variables))
        return None, list(dict.fromkeys(_sentence(kind, fault, given) for fault in wrong.errors()))


def names(kind: type[BaseSettings]) -> dict[str, tuple[str, ...]]:
    """The variables that each field may be told by, the usual one first. What is made of others' has none."""
    return {
        name: tuple(each for each in field.validation_alias.choices if isinstance(each, str) and each.isupper())
        if isinstance(field.validation_alias, AliasChoices)
        else (f"{_prefix(kind)}{name}".upper(),)
        for name, field in kind.model_fields.items()
        if not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel))
    }


def _unreadable(variables: Mapping[str, str], *kinds: type[BaseSettings]) -> list[str]:
    known = {each for kind in kinds for choices in names(kind).values() for each in choices}
    told = {name.upper(): value for name, value in variables.items() if name.upper() in known}
    odd = sorted(name for name, value in told.items() if not texts.is_kept(value))
    long = sorted(name for name, value in told.items() if len(value) > MOST_SIGNS)
    return [f"{name} holds a control character, or half of a character" for name in odd] + [
        f"{name} is longer than {MOST_SIGNS} characters" for name in long
    ]


def _unknown(variables: Iterable[str], *kinds: type[BaseSettings]) -> list[str]:
    prefixes = tuple(_prefix(kind) for kind in kinds)
    known = {each for kind in kinds for choices in names(kind).values() for each in choices}
    wrong = sorted(name for name in map(str.upper, variables) if name.startswith(prefixes) and name not in known)
    return [f"{name} is no setting; .env.example lists them all" for name in wrong]


def _prefix(kind: type[BaseSettings]) -> str:
    return str(kind.model_config.get("env_prefix", ""))


def _sentence(kind: type[BaseSettings], fault: Any, given: set[str]) -> str:
    """What is wrong, behind the name of the setting: of the whole one, for what stands within may be a secret."""
    text = fault["msg"].removeprefix("Value error, ")
    if not fault["loc"]:  # of several settings together, which it names itself
        return str(text)
    field = str(fault["loc"][0])
    choices = next((each for name, each in names(kind).items() if field in (name, *each)), (field,))
    name = next((each for each in choices if each in given), choices[0])
    if fault["type"] == "missing":
        return f"{name} is not set"
    return f"{name} {text[:1].lower()}{text[1:]}"
