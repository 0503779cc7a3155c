"""Settings of the notify service; `NOTIFY_` in the environment."""

import base64
import binascii
from ipaddress import ip_network
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from services.notify.webhooks import ladder, sealing
from services.notify.webhooks.addresses import Reach, loopback
from shared.settings import ServiceSettings
from shared.settings.kinds import (
    JSON_LIST,
    JSON_NUMBERS,
    MOST_S,
    WHOLE,
    Absent,
    Networks,
    Port,
    Seconds,
    Secret,
)

# A wait before an attempt; the first is none. As a number, not as a text of one.
Step = Annotated[float, Field(strict=True, ge=0, le=MOST_S, allow_inf_nan=False)]


class Settings(ServiceSettings):
    """What the notify service needs beside what every service needs."""

    model_config = SettingsConfigDict(env_prefix="NOTIFY_")

    port: Port = 8004
    inner_port: Port = 8009
    sealing_key: Secret = Field(description="32 bytes as base64; seals the signing secrets of webhooks.")
    sealing_old_keys: Annotated[list[Secret], JSON_LIST] = Field(
        default=[], max_length=100, description="Keys before that one; they still open."
    )
    allowed_networks: Networks = Field(default=[], description="CIDRs that webhooks may reach although private.")
    demo_receiver_port: Annotated[Port | None, Absent] = Field(
        default=None, description="Of this machine, where the demonstration's receiver listens."
    )
    send_timeout_s: Seconds = Field(default=15, le=60, description="One attempt, from look-up to last byte.")
    retry_steps_s: Annotated[list[Step], JSON_NUMBERS] = Field(
        default=list(ladder.STEPS_S), min_length=1, max_length=50
    )
    cool_down_s: Seconds = Field(default=30, description="First wait after ten failures in a row.")
    lease_s: Seconds = Field(default=35, description="After it, what a dead process held is sent by another.")
    most_in_flight: Annotated[int, WHOLE] = Field(default=1000, ge=1, le=10_000)
    poll_s: Seconds = Field(default=0.5, le=3600, description="How soon work of other processes and retries are seen.")

    @model_validator(mode="after")
    def _lease_is_long_enough(self) -> Self:
        if self.lease_s < 2 * self.send_timeout_s + 1:
            raise ValueError("NOTIFY_LEASE_S must be longer than two NOTIFY_SEND_TIMEOUT_S and a second")
        return self

    @field_validator("sealing_key")
    @classmethod
    def _sealing_key(cls, value: SecretStr) -> SecretStr:
        _key(value)
        return value

    @field_validator("sealing_old_keys")
    @classmethod
    def _sealing_old_keys(cls, value: list[SecretStr]) -> list[SecretStr]:
        for each in value:
            _key(each)
        return value

    @property
    def ring(self) -> sealing.Ring:
        """The sealing keys, ready for use."""
        return sealing.ring(_key(self.sealing_key), *(_key(each) for each in self.sealing_old_keys))

    @property
    def reach(self) -> tuple[Reach, ...]:
        """What webhooks may reach although it is private, ready for use."""
        networks = tuple(Reach(ip_network(each)) for each in self.allowed_networks)
        return networks + (loopback(self.demo_receiver_port) if self.demo_receiver_port else ())


def _key(value: SecretStr) -> bytes:
    try:
        key = base64.b64decode(value.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not base64") from None
    if len(key) != sealing.KEY_BYTES:
        raise ValueError(f"does not hold {sealing.KEY_BYTES} bytes")
    return key
