"""Settings of the gateway that decide whom it believes."""

import pytest

from services.gateway.settings import Settings
from shared.settings import WrongSettings, read


@pytest.mark.parametrize(
    ("said", "fault"),
    [('["nobody"]', "neither an address nor a network"), ('["10.0.0.1/24"]', "neither an address nor a network"),
     ('["0.0.0.0/0"]', "everybody"), ('["10.0.0.5", "::/0"]', "everybody"), ('["10.0.0.5", "fd00:1::/64"]', None),
     ("[]", None)],
)  # fmt: skip
def test_a_trusted_proxy_is_somebody(said: str, fault: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """GATEWAY_TRUSTED_PROXIES: addresses and networks, and not everybody; what is wrong is one sentence."""
    monkeypatch.setenv("GATEWAY_TRUSTED_PROXIES", said)
    with pytest.raises(WrongSettings) as wrong:  # other settings are missing here
        read(Settings)
    told = [each for each in str(wrong.value).split("; ") if each.startswith("GATEWAY_TRUSTED_PROXIES")]
    assert [fault in each for each in told if fault] == ([True] if fault else [])
    assert said not in str(wrong.value)
