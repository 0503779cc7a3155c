"""Wrong settings stop the start with a sentence for each fault: the variable's name, what is wrong, never its value."""

import json
import os
from typing import Any

import pytest
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from services.notify.settings import Settings as NotifySettings
from services.reports.settings import Settings
from shared.settings import Municipality, WrongSettings, read

KEY = json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=False))
GOOD = {
    "REPORTS_DATABASE_URL": "postgresql://reports@127.0.0.1/reports",
    "BUS_URL": "postgresql://bus@127.0.0.1/bus",
    "INTERNAL_PUBLIC_KEY": KEY,
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment says nothing about Samsyn."""
    for name in os.environ:
        if name.startswith(("REPORTS_", "NOTIFY_", "MUNICIPALITY_", "BUS_", "KAFKA_", "INTERNAL_", "LOG_")):
            monkeypatch.delenv(name)


def given(monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    """Set what a reports service needs, with changes."""
    for name, value in (GOOD | changes).items():
        monkeypatch.setenv(name, value)


def test_an_empty_environment_is_told_what_is_not_set() -> None:
    """All at once, so that nobody starts four times."""
    with pytest.raises(WrongSettings) as wrong:
        read(Settings)
    assert str(wrong.value).split("; ") == [
        "REPORTS_DATABASE_URL is not set", "BUS_URL is not set", "INTERNAL_PUBLIC_KEY is not set",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("BUS_URL", "amqp://MARKER", "BUS_URL must begin with kafka:// or postgresql://"),
        ("INTERNAL_PUBLIC_KEY", "MARKER", "INTERNAL_PUBLIC_KEY is no Ed25519 key in JWK form"),
        ("INTERNAL_PUBLIC_KEY", '{"kty":"oct","k":"MARKER"}', "INTERNAL_PUBLIC_KEY is no Ed25519 key in JWK form"),
        ("REPORTS_PORT", "70000", "REPORTS_PORT input should be less than or equal to 65535"),
        ("REPORTS_PORT", "MARKER", "REPORTS_PORT is no whole number"),
        (
            "REPORTS_DATABASE_CONNECTIONS",
            "1",
            "REPORTS_DATABASE_CONNECTIONS input should be greater than or equal to 2",
        ),
        ("MUNICIPALITY_TIME_ZONE", "Mars/MARKER", "MUNICIPALITY_TIME_ZONE is no time zone of the IANA list"),
        ("MUNICIPALITY_TIME_ZONE", "localtime", "MUNICIPALITY_TIME_ZONE is no time zone of the IANA list"),
        ("MUNICIPALITY_CRS", "MARKER", "MUNICIPALITY_CRS must be the EPSG code"),
        ("MUNICIPALITY_CYCLE_DAYS", "13", "MUNICIPALITY_CYCLE_DAYS input should be 7, 14 or 28"),
        ("LOG_FORMAT", "MARKER", "LOG_FORMAT input should be 'json', 'text' or 'auto'"),
    ],
)
def test_each_fault_has_its_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str) -> None:
    """It names the variable as it is set, and does not repeat what stood there: it may be a secret."""
    given(monkeypatch, **{name: value})
    with pytest.raises(WrongSettings) as wrong:
        read(Settings)
    assert sentence in str(wrong.value)
    assert "MARKER" not in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_several_faults_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence for each."""
    given(monkeypatch, BUS_URL="x://y", REPORTS_PORT="-1")
    with pytest.raises(WrongSettings) as wrong:
        read(Settings)
    assert len(str(wrong.value).split("; ")) == 2


def test_good_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """With their defaults, and the municipality's under its own prefix; of other services nothing is read."""
    given(monkeypatch, MUNICIPALITY_CYCLE_DAYS="28", WALKS_PORT="nonsense", REPORTS_DRAIN_TIMEOUT_S="0")
    found = read(Settings)
    assert (found.port, found.municipality.cycle_days, found.drain_timeout_s) == (8001, 28, 0)


def test_what_is_no_setting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that was mistyped says nothing else, and would be missed by nobody. Beside other faults, as they are."""
    given(monkeypatch, REPORTS_PROT="MARKER", MUNICIPALITY_NAM="MARKER", reports_foo="1")
    with pytest.raises(WrongSettings) as wrong:
        read(Settings)
    told = [f"{name} is no setting; .env.example lists them all" for name in ("REPORTS_FOO", "REPORTS_PROT")]
    assert str(wrong.value).split("; REP")[0].startswith("MUNICIPALITY_NAM is no setting")
    assert all(each in str(wrong.value) for each in told)
    assert "MARKER" not in str(wrong.value)
    monkeypatch.setenv("REPORTS_PORT", "nonsense")
    with pytest.raises(WrongSettings, match=r"REPORTS_PORT is .*; MUNICIPALITY_NAM is no setting"):
        read(Settings)


def test_what_is_no_field_is_told() -> None:
    """Code that sets what nobody reads is wrong at once."""
    needed: dict[str, Any] = {"database_url": "postgresql://r@h/r", "bus_url": "postgresql://b@h/b"}
    with pytest.raises(ValidationError, match="actor"):
        Settings(**needed | {"internal_public_key": KEY, "actor": "x"})
    with pytest.raises(ValidationError, match="town"):
        Municipality.model_validate({"town": "x"})


@pytest.mark.parametrize("name", ["BUS_URL", "KAFKA_BOOTSTRAP_SERVERS"])
def test_brokers_may_be_named_as_every_kafka_client_does(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Hosts without a scheme are Kafka."""
    given(monkeypatch)
    monkeypatch.delenv("BUS_URL")
    monkeypatch.setenv(name, "one:9092,two:9092")
    assert read(Settings).bus_url == "kafka://one:9092,two:9092"


def test_a_secret_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in the sentence nor in what is printed of the settings."""
    given(monkeypatch, NOTIFY_DATABASE_URL="postgresql://n@127.0.0.1/n", NOTIFY_SEALING_KEY="MARKER" * 4)
    with pytest.raises(WrongSettings, match="NOTIFY_SEALING_KEY") as wrong:
        read(NotifySettings)
    assert "MARKER" not in str(wrong.value)
