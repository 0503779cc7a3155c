"""A setting that cannot work ends the start with one sentence: every field of every Settings class, given anything."""

import os
import re
from typing import Any

import pytest
from pydantic_settings import BaseSettings

from deploy.services import SERVICES
from shared.bus.opening import open_bus
from shared.errors import Invalid
from shared.geo import geometry, register
from shared.settings import Municipality, ServiceSettings, WrongSettings, read
from tests.support.make.settings import settings_class, settings_classes, sufficient, variables

# Nothing that any setting is asked for in full, so that a sentence which holds it repeats it.
HOSTILE = (
    "", " ", "MARKER", "-1", "0", "1.5", "1e308", "1_000", "NaN", "inf", "９９９９", "²", "9" * 400, "x" * 100_000,
    "\udcff", "MARKER\nMARKER", "\x1b[31mMARKER", "[", "[" * 15_000, "[]", "{}", "null", "[-1]", "[NaN]", "[1e999]",
    "[true]", "[[1]]", '["MARKER"]', '[""]', '["0.0.0.0/0"]', '{"MARKER": 1}',
    '{"MARKER": {"organisation": "", "role": "boss"}}', '{"kty":"OKP","crv":"X25519","x":"MARKER"}', "10.0.0.0/8",
    "mysql://a", "postgresql://", "postgresql://h", "postgresql://h:x/d", "postgresql://MARKER@[::/d",
    "postgresql://u:MARKER/x@h/d", "kafka://", "kafka://a:b:c", "kafka://a,,b", "kafka://MARKER/../x", "ftp://MARKER",
    "http://", "http://[", "http://h:99999", "http://u:MARKER@h", "http://h/?MARKER", "http://h\\@MARKER", "//h",
    "0001-01-01", "9999-12-31", "2026-02-30", "2026-11-20T00:00:00Z", "1704067200", "EPSG:99999", "EPSG:4326",
    "EPSG:3435", "Mars/MARKER", "../../etc/MARKER", "zz", "sv_SE", "MARKER" * 300,
)  # fmt: skip

# What was once taken, or ended in a traceback.
ONCE_TAKEN = [
    ("reports", "MUNICIPALITY_CRS", "EPSG:99999"), ("events", "MUNICIPALITY_CRS", "EPSG:4326"),
    ("walks", "MUNICIPALITY_CRS", "EPSG:3435"), ("walks", "MUNICIPALITY_NAME", ""),
    ("reports", "MUNICIPALITY_LANGUAGE", "zz"), ("walks", "MUNICIPALITY_CYCLE_DAYS", "１４"),
    ("gateway", "MUNICIPALITY_CYCLE_START", "0001-01-01"), ("gateway", "MUNICIPALITY_CYCLE_START", "9999-12-31"),
    ("notify", "NOTIFY_ALLOWED_NETWORKS", "10.0.0.0/8"), ("notify", "NOTIFY_SEALING_OLD_KEYS", "x"),
    ("notify", "NOTIFY_RETRY_STEPS_S", "0,5"), ("notify", "NOTIFY_RETRY_STEPS_S", "[-1]"),
    ("notify", "NOTIFY_RETRY_STEPS_S", "[NaN]"), ("gateway", "GATEWAY_TRUSTED_PROXIES", "x"),
    ("gateway", "GATEWAY_OIDC_ROLES", "zz"),
    ("gateway", "GATEWAY_OIDC_ROLES", '{"g": {"organisation": "", "role": "coordinator"}}'),
    ("gateway", "GATEWAY_OIDC_ROLES", '{"g": {"organisation": "Kommunen", "role": "boss"}}'),
    ("reports", "REPORTS_DATABASE_URL", ""), ("reports", "REPORTS_DATABASE_URL", "mysql://a"),
    ("reports", "REPORTS_DATABASE_URL", "postgresql://r@h:port/d"), ("reports", "REPORTS_INNER_PORT", "8001"),
    ("reports", "BUS_URL", ""), ("walks", "BUS_URL", "kafka://a:b:c"), ("gateway", "GATEWAY_REPORTS_URL", "zz"),
    ("gateway", "GATEWAY_PUBLIC_URL", ""), ("gateway", "GATEWAY_PUBLIC_URL", "ftp://x"),
    ("reports", "REPORTS_AREAS_RELOAD_S", "1e308"), ("walks", "WALKS_HOST", "zz"), ("walks", "WALKS_PORT", "0"),
    ("walks", "WALKS_INSTANCE", ""), ("walks", "WALKS_MUNICIPALITY", "{}"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment says nothing about Samsyn."""
    prefixes = ("MUNICIPALITY_", "BUS_", "KAFKA_", "INTERNAL_", "LOG_", *(each.prefix for each in SERVICES.values()))
    for name in os.environ:
        if name.startswith(prefixes):
            monkeypatch.delenv(name)


def wanted(service: str, monkeypatch: pytest.MonkeyPatch, **changes: str) -> ServiceSettings:
    """The settings of a service that is told what it needs, with changes. Raises WrongSettings."""
    with monkeypatch.context() as told:
        for name, value in (sufficient(service) | changes).items():
            told.setenv(name, value)
        return read(settings_class(service))


def faults(service: str, monkeypatch: pytest.MonkeyPatch, told: dict[str, str]) -> dict[str, str]:
    """What is said of each setting, by its name."""
    try:
        wanted(service, monkeypatch, **told)
    except WrongSettings as wrong:
        return {each.partition(" ")[0]: each for each in wrong.faults}
    return {}


def borne(service: str, monkeypatch: pytest.MonkeyPatch, told: dict[str, str]) -> None:
    """Make of settings what a start makes of them: nothing of it may raise, but two that do not fit each other."""
    try:
        found = wanted(service, monkeypatch, **told)
    except WrongSettings as wrong:
        assert [each for each in wrong.faults if "MARKER" in each or each.split()[0] not in told] == []  # noqa: PT017
        return
    open_bus(found.bus_url)
    geometry.require_metres(found.municipality.crs)
    for name, each in vars(type(found)).items():
        if isinstance(each, property):
            getattr(found, name)


@pytest.mark.parametrize("service", SERVICES)
def test_a_hostile_value_is_one_sentence_or_can_be_borne(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every field at once: each sentence is about one of them and repeats nothing. What was taken starts, alone."""
    names = [*variables(settings_class(service)), *variables(Municipality)]
    refused: set[str] = set()
    for value in HOSTILE:
        told = faults(service, monkeypatch, dict.fromkeys(names, value))
        assert set(told) <= set(names), (value[:99], told)
        assert [each for each in told.values() if "MARKER" in each or not each.isprintable() or len(each) > 300] == []
        refused |= set(told)
        borne(service, monkeypatch, dict.fromkeys(set(names) - set(told), value))
    assert set(names) - refused == set()


@pytest.mark.parametrize(("service", "name", "value"), ONCE_TAKEN)
def test_what_was_once_taken_is_refused(service: str, name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each under its own name, and alone."""
    with pytest.raises(WrongSettings) as wrong:
        wanted(service, monkeypatch, **{name: value})
    assert [each.partition(" ")[0] for each in wrong.value.faults] == [name]


@pytest.mark.parametrize("kind", settings_classes())
def test_every_field_is_bounded(kind: type[BaseSettings]) -> None:
    """A number has two ends, a text a greatest length or a form, a list a greatest number: whatever the field is."""
    schema = kind.model_json_schema(by_alias=False)
    loose = {name for name, field in schema["properties"].items() if not bounded(field, schema.get("$defs", {}))}
    assert loose - {"municipality"} == set()


def bounded(field: dict[str, Any], named: dict[str, Any]) -> bool:
    """Whether a JSON Schema admits only so much."""
    if "$ref" in field:
        return all(bounded(each, named) for each in named[field["$ref"].rpartition("/")[2]]["properties"].values())
    if "anyOf" in field:
        return all(bounded(each, named) for each in field["anyOf"])
    if "enum" in field or "const" in field or field["type"] in ("boolean", "null"):
        return True
    ends = {name.removeprefix("exclusive").lower() for name in field}
    if field["type"] in ("integer", "number"):  # pydantic calls them otherwise where a field has its own
        return bool({"maximum", "le", "lt"} & ends) and bool({"minimum", "ge", "gt"} & ends)
    if field["type"] == "string":
        formed = re.search(r"[*+]|,}", field.get("pattern", "*")) is None
        return "maxLength" in field or field.get("format") == "date" or formed
    if field["type"] == "array":
        return "maxItems" in field and bounded_or_plain(field["items"], named)
    return "maxProperties" in field and bounded(field["additionalProperties"], named)


def bounded_or_plain(item: dict[str, Any], named: dict[str, Any]) -> bool:
    """Whether what a list holds is bounded; texts of it are looked at one by one, and the whole value is bounded."""
    return item == {"type": "string"} or bounded(item, named)


def test_what_is_right_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The forms that people use: addresses by name and number, with options, by socket, several brokers, spaces."""
    for url in (
        "postgresql://r@[::1]:5432/d",
        "postgresql://r:p%2Fw@db.example/d?sslmode=require",
        "postgresql:///d?host=/run/x",
    ):
        assert wanted("reports", monkeypatch, REPORTS_DATABASE_URL=url).database_url == url
    for url in ("kafka://one:9092,two:9092/name", "kafka://[::1]:9092", "postgresql://b@h/bus"):
        assert wanted("reports", monkeypatch, BUS_URL=url).bus_url == url
    assert wanted("reports", monkeypatch, BUS_URL="one:9092,two").bus_url == "kafka://one:9092,two"
    found: Any = wanted(
        "gateway", monkeypatch, GATEWAY_REPORTS_URL="http://reports_1:80/", GATEWAY_PUBLIC_URL="https://a.example/",
        GATEWAY_OIDC_ROLES='{"g": {"organisation": "Kommunen", "role": "member"}}',
        GATEWAY_HOST="::", GATEWAY_PORT="81 ",
    )  # fmt: skip
    assert (found.port, found.oidc_roles["g"].role) == (81, "member")
    notify: Any = wanted("notify", monkeypatch, NOTIFY_RETRY_STEPS_S="[0, 0.5]", NOTIFY_DEMO_RECEIVER_PORT="")
    assert (notify.retry_steps_s, notify.demo_receiver_port) == ([0, 0.5], None)


def test_a_fault_within_a_list_is_told_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a place in it nor a name that was given there becomes the name of a setting."""
    roles = '{"MARKER": {"organisation": "Kommunen", "role": "MARKER", "MARKER": 1}}'
    with pytest.raises(WrongSettings) as wrong:
        wanted("gateway", monkeypatch, GATEWAY_OIDC_ROLES=roles)
    assert "MARKER" not in str(wrong.value)
    assert {each.partition(" ")[0] for each in wrong.value.faults} == {"GATEWAY_OIDC_ROLES"}


def test_a_fault_is_told_under_the_name_that_was_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """KAFKA_BOOTSTRAP_SERVERS is read where BUS_URL is not set; the municipality's faults stand beside the others."""
    monkeypatch.delenv("BUS_URL", raising=False)
    told = {name: value for name, value in sufficient("walks").items() if name != "BUS_URL"}
    for name, value in {**told, "KAFKA_BOOTSTRAP_SERVERS": "a:b:c", "MUNICIPALITY_NAME": "", "WALKS_PORT": "x"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings) as wrong:
        read(settings_class("walks"))
    names = sorted(each.partition(" ")[0] for each in wrong.value.faults)
    assert names == ["KAFKA_BOOTSTRAP_SERVERS", "MUNICIPALITY_NAME", "WALKS_PORT"]


def test_settings_of_two_that_do_not_fit_are_told_in_their_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """What concerns two settings names both."""
    with pytest.raises(WrongSettings, match=r"^NOTIFY_LEASE_S must be longer than two NOTIFY_SEND_TIMEOUT_S"):
        wanted("notify", monkeypatch, NOTIFY_LEASE_S="10")
    with pytest.raises(WrongSettings, match=r"^GATEWAY_OIDC_ISSUER needs GATEWAY_OIDC_CLIENT_ID"):
        wanted("gateway", monkeypatch, GATEWAY_OIDC_ISSUER="https://issuer.example")


def test_the_register_says_what_the_projection_says() -> None:
    """PROJ's database, read by itself, and pyproj agree on one system in 400 and on those that were mistaken."""
    codes = [f"EPSG:{code}" for code in register.codes()[::400]]
    for crs in (
        *codes,
        "EPSG:4326",
        "EPSG:99999",
        "EPSG:3435",
        "EPSG:3006",
        "EPSG:4979",
        "EPSG:5613",
        "epsg",
        "EPSG:30٠6",
    ):
        try:
            geometry.require_metres(crs)
            fits = True
        except Invalid:
            fits = False
        assert register.counts_metres(crs) is fits, crs
