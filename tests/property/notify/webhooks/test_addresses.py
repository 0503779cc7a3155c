"""The address guard against an outside opinion: whatever it lets through, Python's own registry calls global too."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from hypothesis import example, given
from hypothesis import strategies as st

from services.notify.errors import BadAddress
from services.notify.webhooks.addresses import Address, blocked, read_url


@given(st.ip_addresses())
@example(ip_address("192.0.0.9"))
def test_what_passes_is_global(address: Address) -> None:
    """No address passes that the standard library's copy of the IANA registries calls private or special."""
    if blocked(address, port=443) is None:
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


@given(st.integers(0, 2**32 - 1))
def test_no_ipv6_form_of_an_ipv4_address_passes(number: int) -> None:
    """Mapped, compatible, NAT64, 6to4 and Teredo forms carry an IPv4 address past a guard that looks at IPv4 only."""
    v4 = IPv4Address(number)
    forms = (
        IPv6Address(f"::ffff:{v4}"),
        IPv6Address(number),
        IPv6Address(f"64:ff9b::{v4}"),
        IPv6Address(0x2002 << 112 | number << 80 | 1),
        IPv6Address(0x20010000 << 96 | number << 64 | 1),
    )
    assert all(blocked(form, port=443) for form in forms)


@given(st.text(max_size=40), st.sampled_from(["https://", "http://", ""]))
def test_any_text_is_read_or_refused(text: str, scheme: str) -> None:
    """Whatever is sent as a URL gives a target that is https on an allowed port, or a refusal; never a crash."""
    try:
        target = read_url(scheme + text)
    except BadAddress:
        return
    assert (target.scheme, target.port in {443, 8443}) == ("https", True)
