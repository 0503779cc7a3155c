"""Where webhooks may go: every form and address of the corpus is refused, the open net and allowed networks are not."""

from ipaddress import ip_address, ip_network

import pytest

from services.notify.errors import BadAddress
from services.notify.webhooks.addresses import Reach, blocked, loopback, read_address, read_url
from tests.support.make.bad_urls import BAD_ADDRESSES, BAD_FORMS, GOOD_URLS

LOOPBACK = (Reach(ip_network("127.0.0.0/8")),)


def test_corpus_is_large_enough() -> None:
    """Forms and addresses together are at least 150 different ones."""
    assert len(set(BAD_FORMS)) + len(BAD_ADDRESSES) >= 150


@pytest.mark.parametrize("url", BAD_FORMS)
def test_bad_form_is_refused(url: str) -> None:
    """A URL that parsers may read differently, or that is not plain https, is refused."""
    with pytest.raises(BadAddress):
        read_url(url)


@pytest.mark.parametrize("text", BAD_ADDRESSES)
def test_address_outside_the_open_net_is_refused(text: str) -> None:
    """The guard names the reason, and a URL with that literal is refused, on any port."""
    address = ip_address(text)
    assert blocked(address, port=443) == BAD_ADDRESSES[text]
    host = f"[{text}]" if address.version == 6 else text
    for url in (f"https://{host}/", f"https://{host}:8443/hook"):
        with pytest.raises(BadAddress):
            read_url(url)


@pytest.mark.parametrize("url", GOOD_URLS)
def test_open_net_is_allowed(url: str) -> None:
    """Plain https to a name or a public address goes; the address behind a literal is public on port 443."""
    target = read_url(url)
    assert target.port in {443, 8443}
    assert target.address is None or blocked(target.address, port=target.port) is None


@pytest.mark.parametrize("port", [1, 22, 25, 80, 5432, 6379, 9200, 65_535])
def test_public_address_on_another_port_is_refused(port: int) -> None:
    """Only 443 and 8443 of public addresses are dialled, so that we are no port scanner."""
    assert blocked(ip_address("8.8.8.8"), port=port) == f"port {port}"
    with pytest.raises(BadAddress):
        read_url(f"https://8.8.8.8:{port}/")


def test_allowed_network_opens_itself_only() -> None:
    """127.0.0.0/8 allows plain http and any port there, and neither 10.0.0.1 nor the mapped form of 127.0.0.1."""
    for url in ("http://127.0.0.1:8080/hook", "https://127.9.9.9/", "http://127.0.0.1/", "http://127.0.0.1:443/"):
        assert read_url(url, allowed=LOOPBACK).address is not None
    for url in ("http://10.0.0.1:8080/", "http://[::ffff:127.0.0.1]/", "http://[::1]/", "http://0x7f.1/", "http://0/"):
        with pytest.raises(BadAddress):
            read_url(url, allowed=LOOPBACK)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "127.1.2.3", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.1"])
@pytest.mark.parametrize("port", [22, 80, 443, 5432, 8000, 8004, 8009, 8010, 8011, 8443])
def test_the_demonstration_opens_one_port_of_this_machine(host: str, port: int) -> None:
    """Its receiver's, by the two addresses that every machine has; a name that leads there is judged when dialled."""
    address = ip_address(host.strip("[]"))
    theirs = port == 8010 and host in ("127.0.0.1", "[::1]")
    assert (blocked(address, port=port, allowed=loopback(8010)) is None) is theirs
    if theirs:
        assert read_url(f"http://{host}:{port}/", allowed=loopback(8010)).address == address
    else:
        for scheme in ("http", "https"):
            with pytest.raises(BadAddress):
                read_url(f"{scheme}://{host}:{port}/", allowed=loopback(8010))


def test_name_with_http_never_reaches_the_open_net() -> None:
    """With an allowed network a name may use http, on a port that the guard refuses for public addresses."""
    target = read_url("http://receiver.internal:8000/hook", allowed=LOOPBACK)
    assert blocked(ip_address("8.8.8.8"), port=target.port, allowed=LOOPBACK) == "port 8000"
    for url in ("http://receiver.internal:443/hook", "http://receiver.internal:8443/hook"):
        with pytest.raises(BadAddress):
            read_url(url, allowed=LOOPBACK)
    with pytest.raises(BadAddress):
        read_url("http://receiver.internal:8000/hook")


def test_address_with_a_zone_cannot_be_read() -> None:
    """A zone names an interface of ours, so such an address counts as unreadable and is never dialled."""
    assert read_address("fe80::1%eth0") is None
    assert read_address("example.org") is None


def test_long_url_is_refused() -> None:
    """2,000 characters are enough for a webhook."""
    with pytest.raises(BadAddress):
        read_url("https://example.org/" + "a" * 2_000)


def test_refusal_never_repeats_the_url() -> None:
    """A refused URL may hold a password, so the answer does not echo any of it."""
    with pytest.raises(BadAddress) as refusal:
        read_url("https://user:s3cret@example.org/")
    assert "s3cret" not in refusal.value.detail
    assert "user name" in refusal.value.detail
