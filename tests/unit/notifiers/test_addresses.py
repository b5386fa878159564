"""One address is one recipient: mail addresses, numbers, webhook targets."""

import pytest

from notifiers.email.address import one_address
from notifiers.sms.number import one_number
from notifiers.webhook.target import all_outside, outside, parse_target
from tests.unit.notifiers.messages import naughty_strings


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("desk@embassy.example", "desk@embassy.example"),
        ("Desk.Two+x@EMBASSY.Example", "Desk.Two+x@embassy.example"),
        ("desk@münchen.example", "desk@xn--mnchen-3ya.example"),
        ("desk@xn--mnchen-3ya.example", "desk@xn--mnchen-3ya.example"),
        ("desk@straße.example", "desk@xn--strae-oqa.example"),
    ],
)
def test_a_mail_address_is_taken_as_it_goes_on_the_wire(text: str, wire: str) -> None:
    assert one_address(text) == wire


@pytest.mark.parametrize(
    "text",
    [
        "",
        "desk",
        "@embassy.example",
        "desk@",
        "desk@localhost",
        "a@b.example,c@d.example",
        "a@b.example;c@d.example",
        "a@b.example c@d.example",
        "Desk <desk@embassy.example>",
        "<desk@embassy.example>",
        "desk@embassy.example\r\nBcc: spy@evil.example",
        "desk@embassy.example\n",
        " desk@embassy.example",
        "desk\0@embassy.example",
        '"a b"@embassy.example',
        "desk(comment)@embassy.example",
        "friends:a@b.example;",
        "=?utf-8?q?a=0ABcc=3A_x?=@embassy.example",
        "desk@embassy..example",
        "desk@-embassy.example",
        "desk@emb_assy.example",
        "desk@[127.0.0.1]",
        "desk@embassy.example.",
        "des\u202ek@embassy.example",
        "дежурный@embassy.example",
        "desk@embassy\uff0eexample",
        "desk@emb\u00adassy.example",
        "desk@xn--a.example",
        f"{'a' * 65}@embassy.example",
        f"desk@{'a' * 64}.example",
        f"desk@{'a.' * 130}example",
    ],
)
def test_what_is_not_exactly_one_mail_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        one_address(text)
    assert "evil" not in str(caught.value) and "embassy" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "+00",
        "0049 30 1",
        "+49 30",
        "+4930123456789012",
        "tel:+4930",
        "+49 30 1234567,+49 30 1234568",
        "+49\r\n301234567",
        "+\u0664\u0669\u0663\u0660\u0661\u0662\u0663\u0664",
    ],
)
def test_what_is_not_exactly_one_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="one number"):
        one_number(text)


def test_a_number_may_be_written_as_people_write_it() -> None:
    assert one_number("+49 (30) 123-45.67") == "+49301234567"


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:9.9.9.9",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001:0:53aa:64c:0:0:80ff:fffe",
        "2001:db8::1",
        "3fff::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "5f00::1",
        "100::1",
        "not an address",
        "",
    ],
)
def test_an_address_that_leads_inside_is_not_outside(address: str) -> None:
    assert not outside(address)


@pytest.mark.parametrize("address", ["9.9.9.9", "1.1.1.1", "2620:fe::9", "2a00:1450:4001::1"])
def test_a_public_address_is_outside(address: str) -> None:
    assert outside(address)


def test_one_private_address_among_public_ones_is_a_trap() -> None:
    assert not all_outside(["9.9.9.9", "10.0.0.1"])
    assert not all_outside([])


def test_a_webhooks_address_is_taken_apart() -> None:
    target = parse_target("https://Hooks.NGO.example:8443/a%20b?t=1")

    assert (target.https, target.host, target.port) == (True, "hooks.ngo.example", 8443)
    assert (target.path, target.authority) == ("/a%20b?t=1", "hooks.ngo.example:8443")
    assert "ngo" not in repr(target)
    assert parse_target("https://ngo.example").authority == "ngo.example"
    assert parse_target("http://[::1]:8080/x").authority == "[::1]:8080"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ftp://ngo.example/",
        "https:///path",
        "//ngo.example/",
        "https://user:pass@ngo.example/",
        "https://ngo.example@evil.example/",
        "https://ngo.example/#fragment",
        "https://ngo.example\\@evil.example/",
        "https://ngo.example/a b",
        "https://ngo.example/a\r\nHost: evil.example",
        "https://ngo.example:99999/",
        "https://ngo.example:0x50/",
        "https://ngo.example/ü",
        "https://[::1/",
        "https://n go.example/",
        "https://ngo..example/",
        "https://-ngo.example/",
        "file:///etc/passwd",
        "gopher://ngo.example/",
        "https://" + "a" * 600 + ".example/",
    ],
)
def test_a_webhooks_address_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_target(text)
    assert "ngo" not in str(caught.value)


def test_naughty_strings_are_nobodys_address() -> None:
    for naughty in naughty_strings():
        for check in (one_address, one_number):
            with pytest.raises(ValueError):
                check(naughty)
        try:
            target = parse_target(naughty)
        except ValueError:
            continue
        assert target.host.isascii() and target.path.isascii()
