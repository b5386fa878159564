"""How long a text is, and what an answer by SMS means."""

import pytest

from notifiers.sms.config import SmsSettings
from notifiers.sms.inbound import (
    Reply,
    parse_receipt,
    parse_reply,
    read_code,
    reports_in,
)
from notifiers.sms.length import cut, segments, units
from tests.unit.notifiers.messages import naughty_strings

SETTINGS = SmsSettings.model_validate(
    {
        "url": "https://gateway.example/send",
        "body": {"to": "{to}", "text": "{text}"},
        "receipt": {
            "provider_id": "message.id",
            "key": "ref",
            "status": "message.states.0",
            "delivered": ["DELIVRD", 1],
            "failed": ["UNDELIV"],
        },
        "reply": {"text": "sms.body", "sender": "sms.from", "id": "sms.id"},
    }
)


@pytest.mark.parametrize(
    ("text", "length", "gsm7", "count"),
    [
        ("", 0, True, 1),
        ("a" * 160, 160, True, 1),
        ("a" * 161, 161, True, 2),
        ("a" * 306, 306, True, 2),
        ("a" * 307, 307, True, 3),
        ("€" * 80, 160, True, 1),
        ("€" * 81, 162, True, 2),
        ("{}[]~|^\\", 16, True, 1),
        ("я" * 70, 70, False, 1),
        ("я" * 71, 71, False, 2),
        ("a" * 69 + "ę", 70, False, 1),
        ("😀" * 35, 70, False, 1),
        ("😀" * 36, 72, False, 2),
    ],
)
def test_a_text_is_as_long_as_networks_count_it(
    text: str, length: int, gsm7: bool, count: int
) -> None:
    assert units(text) == (length, gsm7)
    assert segments(text) == count


@pytest.mark.parametrize("text", ["a" * 5000, "я" * 5000, "😀" * 5000, "short"])
def test_a_text_too_long_is_cut_at_the_end(text: str) -> None:
    short = cut(text, most=2)

    assert text.startswith(short)
    assert segments(short) <= 2
    assert short == text or segments(text[: len(short) + 1]) > 2


@pytest.mark.parametrize(
    ("text", "reference", "words"),
    [
        ("1 TC-4F2M9", "TC-4F2M9", ("1",)),
        ("1 7K3Q-92", "7K3Q-92", ("1",)),
        ("7k3q-92 1", "7K3Q-92", ("1",)),
        ("  1\n7K3Q-92.\n", "7K3Q-92", ("1",)),
        ("1, ref 7K3Q–92!", "7K3Q-92", ("1", "REF")),
        ("1 - 7K3Q-92", "7K3Q-92", ("1",)),
        ("1-7K3Q-92", "7K3Q-92", ("1",)),
        ("\uff11 \uff17\uff2b\uff13\uff31\uff0d\uff19\uff12", "7K3Q-92", ("1",)),
        ("\u0661 7K3Q-92", "7K3Q-92", ("1",)),
        ("\u202e1 7K3Q-92", "7K3Q-92", ("1",)),
        ("1", "", ("1",)),
        ("3 call me please", "", ("3", "CALL", "ME")),
        ("1 7K3Q-92 8M4R-33", "", ("1",)),
        ("1 7K3Q-92 7k3q-92", "7K3Q-92", ("1",)),
        ("2 7K3Q-92 after-hours", "7K3Q-92", ("2", "AFTER", "HOURS")),
        ("1 7K3Q-92 code 4821-93", "7K3Q-92", ("1", "CODE", "4821")),
        ("", "", ()),
        ("a" * 100000 + " 1 7K3Q-92", "", ()),
    ],
)
def test_an_answer_names_its_alert_however_it_is_typed(
    text: str, reference: str, words: tuple[str, ...]
) -> None:
    written = read_code(text)

    assert (written.reference, written.words) == (reference, words)


def test_an_answer_is_found_where_the_gateway_puts_it() -> None:
    reply = parse_reply(SETTINGS, {"sms": {"body": "1 7K3Q-92", "from": "+491", "id": 17}})

    assert reply == Reply(reference="7K3Q-92", words=("1",), sender="+491", id="17")
    assert "+491" not in repr(reply)


@pytest.mark.parametrize(
    ("payload", "delivered"),
    [
        ({"message": {"id": "m1", "states": ["DELIVRD"]}}, True),
        ({"message": {"id": "m1", "states": [1]}}, True),
        ({"message": {"id": "m1", "states": [True]}}, None),
        ({"message": {"id": "m1", "states": ["UNDELIV"]}}, False),
        ({"message": {"id": "m1", "states": ["BUFFERED"]}}, None),
    ],
)
def test_a_receipt_says_what_became_of_a_text(payload: object, delivered: bool | None) -> None:
    receipt = parse_receipt(SETTINGS, payload)

    assert (receipt.provider_id, receipt.delivered) == ("m1", delivered)


@pytest.mark.parametrize(
    "payload", [None, [], "x", 3, {}, {"message": 1}, {"message": {"states": ["DELIVRD"]}}]
)
def test_a_receipt_that_says_nothing_is_an_error(payload: object) -> None:
    with pytest.raises(ValueError, match="receipt"):
        parse_receipt(SETTINGS, payload)


@pytest.mark.parametrize("payload", [None, [], "x", {}, {"sms": {"body": 7}}, {"sms": []}])
def test_a_reply_without_text_is_an_error(payload: object) -> None:
    with pytest.raises(ValueError, match="reply"):
        parse_reply(SETTINGS, payload)


def test_naughty_strings_answer_nothing() -> None:
    for naughty in naughty_strings():
        reply = parse_reply(SETTINGS, {"sms": {"body": naughty, "from": naughty, "id": naughty}})
        assert reply.reference == ""
        assert all(word.isascii() and word.isalnum() for word in reply.words)


# A gateway that gives replies a status too, and repeats our own text in its receipts.
ONE_ADDRESS = SmsSettings.model_validate(
    {
        "url": "https://gateway.example/send",
        "body": {"to": "{to}", "text": "{text}"},
        "receipt": {
            "provider_id": "id",
            "status": "status",
            "delivered": ["delivered"],
            "failed": ["failed"],
            "underway": ["sent"],
            "each": "results",
        },
        "reply": {"text": "text", "sender": "from"},
    }
)


@pytest.mark.parametrize(
    ("payload", "receipts"),
    [
        ({"id": "1", "status": "delivered"}, 1),
        ({"id": "1", "status": "sent", "text": "1 7K3Q-92"}, 1),
        ({"id": "1", "status": "failed", "text": "1 7K3Q-92"}, 1),
        ({"id": "1", "status": "received", "text": "1 7K3Q-92"}, 0),
        ({"id": "1", "status": "somewhere"}, 1),
        ({"text": "1 7K3Q-92"}, 0),
        ({"results": [{"id": "1", "status": "sent"}, {"id": "2", "status": "failed"}]}, 2),
        ({"results": []}, 0),
        ({"results": "none"}, 0),
        ([], 0),
        (None, 0),
    ],
)
def test_a_receipt_is_never_taken_for_a_reply_nor_a_reply_for_a_receipt(
    payload: object, receipts: int
) -> None:
    assert len(reports_in(ONE_ADDRESS, payload)[0]) == receipts


def test_a_reply_among_receipts_is_not_overlooked() -> None:
    receipt, reply = {"id": "1", "status": "failed"}, {"text": "1 7K3Q-92"}

    assert reports_in(ONE_ADDRESS, {"results": [receipt, reply]}) == ([receipt], [reply])


def test_a_bare_list_of_receipts_needs_no_setting() -> None:
    one = {"message": {"id": "m1", "states": ["DELIVRD"]}}

    assert reports_in(SETTINGS, [one, one]) == ([one, one], [])
