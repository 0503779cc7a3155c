"""Settings of the notify service; `NOTIFY_` in the environment."""

import base64
import binascii
from ipaddress import ip_network
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from services.notify.webhooks import ladder, sealing
from services.notify.webhooks.addresses import Reach, loopback
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """What the notify service needs beside what every service needs."""

    model_config = SettingsConfigDict(env_prefix="NOTIFY_", extra="forbid", populate_by_name=True)

    port: int = Field(default=8004, ge=0, le=65535)
    inner_port: int = Field(default=8009, ge=0, le=65535)
    sealing_key: SecretStr = Field(description="32 bytes as base64; seals the signing secrets of webhooks.")
    sealing_old_keys: list[SecretStr] = Field(default=[], description="Keys before that one; they still open.")
    allowed_networks: list[str] = Field(default=[], description="CIDRs that webhooks may reach although private.")
    demo_receiver_port: int | None = Field(
        default=None, ge=1, le=65535, description="Of this machine, where the demonstration's receiver listens."
    )
    send_timeout_s: float = Field(default=15, gt=0, le=60, description="One attempt, from look-up to last byte.")
    retry_steps_s: list[float] = Field(default=list(ladder.STEPS_S), min_length=1, max_length=50)
    cool_down_s: float = Field(default=30, gt=0, description="First wait after ten failures in a row.")
    lease_s: float = Field(default=35, gt=0, description="After it, what a dead process held is sent by another.")
    most_in_flight: int = Field(default=1000, ge=1, le=10_000)
    poll_s: float = Field(default=0.5, gt=0, description="How soon work of other processes and retries are seen.")

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

    @field_validator("allowed_networks")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for each in value:
            try:
                ip_network(each)
            except ValueError:
                raise ValueError("holds something that is no network such as 10.0.0.0/8") from None
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
