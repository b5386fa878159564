"""Statuses, waiting times and signatures."""

import base64

import pytest

from notifiers.http_answers import reason_of, retry_after
from notifiers.outcome import OutcomeReason
from notifiers.webhook.signature import sign, verified
from tests.unit.notifiers.messages import AT


@pytest.mark.parametrize(
    ("status", "gateway", "webhook"),
    [
        (200, "accepted", "accepted"),
        (202, "accepted", "accepted"),
        (204, "accepted", "accepted"),
        (301, "redirect", "redirect"),
        (307, "redirect", "redirect"),
        (400, "refused_message", "refused_message"),
        (401, "auth_error", "refused_message"),
        (403, "auth_error", "refused_message"),
        (404, "refused_message", "refused_address"),
        (408, "busy", "busy"),
        (410, "refused_message", "refused_address"),
        (413, "refused_message", "refused_message"),
        (425, "busy", "busy"),
        (429, "rate_limited", "rate_limited"),
        (500, "server_error", "server_error"),
        (503, "server_error", "server_error"),
        (999, "unreadable_answer", "unreadable_answer"),
    ],
)
def test_a_status_means_one_thing(status: int, gateway: str, webhook: str) -> None:
    assert reason_of(status, gateway=True) is OutcomeReason(gateway)
    assert reason_of(status, gateway=False) is OutcomeReason(webhook)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("30", 30.0),
        (" 0 ", 0.0),
        ("86400", 900.0),
        ("9" * 5000, 900.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣٠", None),
        ("Mon, 01 Mar 2027 11:01:00 GMT", 60.0),
        ("Mon, 01 Mar 2027 11:01:00", 60.0),
        ("Tue, 02 Mar 2027 11:01:00 GMT", 900.0),
        ("Mon, 01 Mar 2027 10:00:00 GMT", 0.0),
        ("Mon, 01 Mar 999999 10:00:00 GMT", None),
    ],
)
def test_we_wait_as_told_but_never_for_ever(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, at=AT, at_most=900) == seconds


def test_a_recipient_can_check_our_signature_with_any_library() -> None:
    """The example of the Standard Webhooks specification."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    stated = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    made = sign(body, key=key, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330)

    assert made == stated


def test_a_changed_body_time_or_id_is_noticed() -> None:
    key = b"k" * 32
    good = sign(b"{}", key=key, message_id="m", timestamp=1)

    assert verified(f"v1,other {good}", b"{}", key=key, message_id="m", timestamp=1)
    assert not verified(good, b"{ }", key=key, message_id="m", timestamp=1)
    assert not verified(good, b"{}", key=key, message_id="m", timestamp=2)
    assert not verified(good, b"{}", key=key, message_id="n", timestamp=1)
    assert not verified("ü", b"{}", key=key, message_id="m", timestamp=1)
