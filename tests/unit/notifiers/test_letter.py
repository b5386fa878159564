"""The bytes of a mail, and what must never be among them."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from notifiers.email.letter import Letterhead, UnsafeMailError, _read_back
from notifiers.render import plain
from tests.unit.notifiers.messages import KEY, naughty_strings, saying, told

TO = "desk@embassy.example"
LETTERHEAD = Letterhead(sender="desk@tocsin.example", sender_name="", domain="tocsin.example")
HEADERS = {
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
}


def _text(read: EmailMessage) -> str:
    return str(read.get_content()).replace("\r\n", "\n").rstrip("\n")


def test_a_mail_says_what_it_must_and_no_more() -> None:
    read = message_from_bytes(LETTERHEAD.write(told(), recipient=TO), policy=policy.default)

    assert set(read.keys()) == HEADERS and len(read.keys()) == len(HEADERS)
    assert read["To"] == TO
    assert read["Subject"] == "Request for a reply"
    assert read["Message-ID"] == f"<{KEY}@tocsin.example>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Date"] == "Mon, 01 Mar 2027 11:00:00 +0000"
    assert _text(read) == told().body


def test_no_line_is_longer_than_mail_servers_take() -> None:
    raw = LETTERHEAD.write(saying("word " * 4000 + "ü"), recipient=TO)

    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "subject",
    [
        "=?utf-8?q?a=0ABcc=3A_x=40evil.example?=",
        "Request\r\nBcc: x@evil.example",
        "Request\nBcc: x@evil.example",
        "Request\rBcc: x@evil.example",
        "Request\0",
    ],
)
def test_a_subject_cannot_become_a_header(subject: str) -> None:
    """CVE-2024-6923: some Pythons write such a subject as a Bcc of its own."""
    with pytest.raises(UnsafeMailError):
        LETTERHEAD.write(saying("text", subject=subject), recipient=TO)


def test_a_translated_subject_arrives_whole() -> None:
    subject = "Просьба ответить на наше письмо, пожалуйста, до завтрашнего полудня"

    raw = LETTERHEAD.write(saying("текст", subject=subject), recipient=TO)

    read = message_from_bytes(raw, policy=policy.default)
    assert read["Subject"] == subject
    assert set(read.keys()) == HEADERS


def test_a_senders_name_may_be_in_any_script() -> None:
    letterhead = Letterhead(sender="desk@tocsin.example", sender_name="Bürö", domain="t.example")

    read = message_from_bytes(letterhead.write(told(), recipient=TO), policy=policy.default)

    assert read["From"] == "Bürö <desk@tocsin.example>"


@pytest.mark.parametrize(
    "body",
    [
        ".",
        ".\n.\n",
        "From x",
        "a\nFrom b\n..c",
        " lead\ttab ",
        "a=\n=3D=",
        "ü" * 500,
        "\u05de\u05d4\n\u05e9\u05dc\u05d5\u05dd",
    ],
)
def test_a_body_arrives_as_it_was_written(body: str) -> None:
    read = message_from_bytes(LETTERHEAD.write(saying(body), recipient=TO), policy=policy.default)

    assert _text(read) == body.rstrip("\n")


@pytest.mark.parametrize(
    "raw",
    [
        b"To: desk@embassy.example\r\nBcc: x@evil.example\r\n\r\ntext\r\n",
        b"To: desk@embassy.example\r\nTo: x@evil.example\r\n\r\ntext\r\n",
        b"To: x@evil.example\r\n\r\ntext\r\n",
        b"To: desk@embassy.example\r\n\r\nother\r\n",
        b"To: desk@embassy.example\r\n",
        b"\r\nTo: desk@embassy.example\r\n\r\ntext\r\n",
    ],
)
def test_a_mail_that_reads_back_otherwise_never_leaves(raw: bytes) -> None:
    with pytest.raises(UnsafeMailError):
        _read_back(raw, headers=[("To", TO)], recipient=TO, body="text\n")


def test_naughty_strings_arrive_or_are_refused_and_never_become_headers() -> None:
    for naughty in naughty_strings():
        text = plain(naughty)
        read = message_from_bytes(
            LETTERHEAD.write(saying(text), recipient=TO), policy=policy.default
        )
        assert set(read.keys()) == HEADERS
        assert _text(read) == text.rstrip("\n")
        try:
            raw = LETTERHEAD.write(saying("text", subject=naughty), recipient=TO)
        except (UnsafeMailError, UnicodeError):
            continue
        assert set(message_from_bytes(raw, policy=policy.compat32).keys()) == HEADERS
