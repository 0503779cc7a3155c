"""Webhook URLs that must never be dialled: forms that parsers read differently, and addresses that are not public."""

# Every notation is refused before anything is dialled.
_FORMS = """
    http://example.org/hook
    http://example.org:443/hook
    ftp://example.org/
    file:///etc/passwd
    gopher://example.org/
    javascript:alert(1)
    https:/example.org/
    https:example.org
    //example.org/
    example.org/hook
    https://
    https:///hook
    https://user@example.org/
    https://user:pass@example.org/
    https://example.org@127.0.0.1/
    https://127.0.0.1@example.org/
    https://example.org#@127.0.0.1/
    https://example.org/#fragment
    https://example.org\\@127.0.0.1/
    https://example.org\\.evil.example/
    https://example.org:80/
    https://example.org:22/
    https://example.org:6379/
    https://example.org:0443/
    https://example.org:0/
    https://example.org:65536/
    https://example.org:99999/
    https://example.org:443:80/
    https://example.org:/
    https://example.org:+443/
    https://exa mple.org/
    https://example.org/a b
    https://example.org/%zz\t
    https://example.org/<script>
    https://example..org/
    https://.example.org/
    https://example.org./
    https://-example.org/
    https://example-.org/
    https://ex_ample.org/
    https://exämple.org/
    https://①②⑦.⓪.⓪.①/
    https://127。0。0。1/
    https://127.0.0.1%2f.example.org/
    https://%31%32%37.0.0.1/
    https://127.0.0.1%00.example.org/
    https://0x7f.1/
    https://0x7f.0.0.1/
    https://0x7f000001/
    https://0X7F000001/
    https://2130706433/
    https://017700000001/
    https://0177.0.0.1/
    https://0177.0.0.01/
    https://127.1/
    https://127.0.1/
    https://127.0.0.1./
    https://0/
    https://1/
    https://0.0/
    https://127.0.0.256/
    https://127.0.0.0x1/
    https://example.0x/
    https://10.0.0.1.1/
    https://999.1.1.1/
    https://[::1/
    https://::1/
    https://[::1]extra/
    https://[::1%25lo]/
    https://[::1%lo]/
    https://[fe80::1%25eth0]/
    https://[v1.::1]/
    https://[]/
    https://[127.0.0.1]/
    https://[::127.0.0.1.1]/
"""
BAD_FORMS = tuple(line.strip(" ") for line in _FORMS.splitlines() if line.strip())

# Each address stands for a range that is not the open net, with the reason that the guard gives.
BAD_ADDRESSES = {
    "0.0.0.0": "this network",  # noqa: S104
    "0.1.2.3": "this network",
    "10.0.0.1": "private",
    "10.255.255.255": "private",
    "100.64.0.1": "carrier-grade NAT",
    "100.100.100.200": "carrier-grade NAT",
    "100.127.255.255": "carrier-grade NAT",
    "127.0.0.1": "loopback",
    "127.0.0.2": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "cloud metadata",
    "169.254.0.1": "link-local",
    "169.254.169.254": "link-local",
    "169.254.170.2": "link-local",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.1": "protocol assignments",
    "192.0.0.192": "protocol assignments",
    "192.0.2.1": "documentation",
    "192.31.196.1": "AS112",
    "192.52.193.1": "multicast tunnelling",
    "192.88.99.1": "6to4 relay",
    "192.168.0.1": "private",
    "192.168.255.255": "private",
    "192.175.48.1": "AS112",
    "198.18.0.1": "benchmarking",
    "198.19.255.255": "benchmarking",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "::2": "IPv4-compatible",
    "::7f00:1": "IPv4-compatible",
    "::127.0.0.1": "IPv4-compatible",
    "::ffff:127.0.0.1": "IPv4-mapped",
    "::ffff:7f00:1": "IPv4-mapped",
    "::ffff:10.0.0.1": "IPv4-mapped",
    "::ffff:8.8.8.8": "IPv4-mapped",
    "::ffff:0:127.0.0.1": "not a global address",
    "64:ff9b::7f00:1": "NAT64",
    "64:ff9b::10.0.0.1": "NAT64",
    "64:ff9b:1::1": "NAT64",
    "64:ff9b:1:ffff::a00:1": "NAT64",
    "100::1": "discard",
    "100:0:0:1::1": "discard",
    "200::1": "not a global address",
    "1fff::1": "not a global address",
    "2001::1": "Teredo",
    "2001:0:7f00:1::1": "Teredo",
    "2001:2::1": "benchmarking",
    "2001:3::1": "protocol assignments",
    "2001:10::1": "protocol assignments",
    "2001:20::1": "protocol assignments",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "6to4",
    "2002:7f00:1::1": "6to4",
    "2002:a00:1::1": "6to4",
    "2620:4f:8000::1": "AS112",
    "3ffe::1": "6bone",
    "3fff::1": "documentation",
    "3fff:fff:ffff::1": "documentation",
    "4000::1": "not a global address",
    "5f00::1": "segment routing",
    "fc00::1": "unique local",
    "fd00:ec2::254": "unique local",
    "fdff::1": "unique local",
    "fe80::1": "link-local",
    "febf::1": "link-local",
    "fec0::1": "site-local",
    "fe00::1": "not a global address",
    "ff02::1": "multicast",
    "ff0e::1": "multicast",
}

GOOD_URLS = (
    "https://example.org",
    "https://example.org/",
    "https://example.org/hook?key=a%20b&x=1",
    "https://hooks.example.org:8443/a/b.c~d/e",
    "https://xn--exmple-cua.se/hook",
    "https://EXAMPLE.org/hook",
    "https://1e100.example/",
    "https://8.8.8.8/hook",
    "https://100.63.255.255/",
    "https://100.128.0.1/",
    "https://172.15.255.255/",
    "https://172.32.0.1/",
    "https://[2606:4700::1111]/hook",
    "https://[2001:200::1]:8443/",
    "https://[2a00:801::1]/",
)
