"""The codes that people answer with: what they mean, and what is left to a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.sms.codes import HOURS_MOST, Coded, ReplyCode, read_codes
from notifiers.sms.config import SmsSettings
from notifiers.sms.inbound import parse_reply, read_code

SETTINGS = SmsSettings.model_validate(
    {
        "url": "https://gateway.example/send",
        "body": {"to": "{to}", "text": "{text}"},
        "reply": {"text": "text"},
    }
)
ENDING = [code for code in ReplyCode if code.stands_alone]
PRINTED = [code for code in ReplyCode if not code.stands_alone]
SENT_BEFORE = {"1": "GOT_IT", "2": "SOMEONE_ELSE", "3": "CALL_ME", "4": "DONE", "5": "NOT_DONE", "6": "PASSED_ON", "7": "HARMFUL"}  # noqa: E501  # fmt: skip


def _says(text: str) -> Coded | None:
    return parse_reply(SETTINGS, {"text": text}).answer


def _code(text: str) -> ReplyCode | None:
    coded = _says(text)
    return None if coded is None else coded.code


def test_a_message_sent_last_year_is_answered_with_the_same_digits() -> None:
    assert {code.value: code.name for code in PRINTED} == SENT_BEFORE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1 TC-4F2M9", ReplyCode.GOT_IT),
        ("7K3Q-92 4", ReplyCode.DONE),
        ("1 1 7K3Q-92", ReplyCode.GOT_IT),
        ("3 7K3Q-92 call me please", ReplyCode.CALL_ME),
        ("1 7K3Q-92 spasibo bolshoye vam", ReplyCode.GOT_IT),
        ("1 or 2? 7K3Q-92", None),
        ("1 7K3Q-92 8", None),
        ("yes 7K3Q-92", None),
        ("14 7K3Q-92", None),
        ("7K3Q-92", None),
    ],
)
def test_a_digit_that_we_print_may_stand_among_words_but_beside_no_other(
    text: str, code: ReplyCode | None
) -> None:
    assert _code(text) is code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("8 7K3Q-92", ReplyCode.NO),
        ("7k3q–92: 81.", ReplyCode.NOT_US),
        ("82, 7K3Q-92", ReplyCode.OUTSIDE_MANDATE),
        ("83 7K3Q-92", ReplyCode.INSIDE_INFORMATION),
        ("84 7K3Q-92", ReplyCode.NO_CAPACITY),
        ("\uff19 7K3Q-92", ReplyCode.CONFLICT),
        ("0 7K3Q-92", ReplyCode.ACTING),
    ],
)
def test_a_no_a_conflict_and_acting_already_take_a_code_alone(text: str, code: ReplyCode) -> None:
    assert _says(text) == Coded(code=code)


@pytest.mark.parametrize(
    "beside",
    [
        "?",
        "👎",
        "\ufffd\ufffd",
        "<",
        "is my desk number",
        "unfortunately",
        "нет",
        "لا",
        "؟",
        "1",
        "8M4R-33",
        "x" * 600,
    ],
)
@pytest.mark.parametrize("code", ENDING)
def test_with_anything_beside_it_a_code_that_ends_what_is_asked_goes_to_a_person(
    code: ReplyCode, beside: str
) -> None:
    assert _says(f"{code} 7K3Q-92 {beside}") is None
    assert _says(f"{beside} {code} 7K3Q-92") is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("0 24h 7K3Q-92", 24),
        ("0 7K3Q-92 24H", 24),
        ("7K3Q-92 0 4 h", 4),
        ("0 1h", 1),
        ("0, 168 h.", 168),
        ("0 ٢٤h", 24),
        ("0 08h", 8),
    ],
)
def test_acting_within_so_many_hours_is_a_promise(text: str, hours: int) -> None:
    assert _says(text) == Coded(code=ReplyCode.ACTING, hours=hours)


@pytest.mark.parametrize(
    "text",
    [
        "0 24",
        "0 3d",
        "0 0h",
        "0 169h",
        "0 9999h",
        "0 1-2h",
        "0 1 2h",
        "0 24h 48h",
        "0 24h?",
        "0 24h maybe later",
        "0 Tue 14:00",
        "0 by 14h",
        "24h 0",
        "24h",
        "1 24h 0",
        "4 24h 0",
        "0 24h " + "x" * 600,
    ],
)
def test_a_time_that_can_be_read_in_two_ways_is_no_promise_and_no_word_of_acting(
    text: str,
) -> None:
    assert _says(f"7K3Q-92 {text}") is None


@given(hours=st.integers(1, HOURS_MOST), joined=st.booleans(), first=st.booleans())
def test_every_hour_of_the_week_can_be_promised(hours: int, joined: bool, first: bool) -> None:
    said = f"0 {hours}{'' if joined else ' '}h"

    coded = _says(f"7K3Q-92 {said}" if first else f"{said} 7K3Q-92")

    assert coded == Coded(code=ReplyCode.ACTING, hours=hours)


@given(st.lists(st.sampled_from([*ReplyCode, "CALL", "24H", "24", "H"]), max_size=3), st.booleans())
def test_what_is_read_was_said_and_nothing_else_was(words: list[str], whole: bool) -> None:
    coded = read_codes(words, whole=whole)

    if coded is None:
        return
    if coded.hours:
        assert whole
        assert words[0] == ReplyCode.ACTING
        assert words[1].startswith(str(coded.hours))
        return
    assert set(words) & set(ReplyCode) == {coded.code}
    if coded.code.stands_alone:
        assert whole
        assert len(words) == 1


@given(st.text(max_size=40))
def test_whatever_is_written_beside_a_code_that_stands_alone_it_never_means_another(
    beside: str,
) -> None:
    for code in ENDING:
        coded = _says(f"{code} 7K3Q-92 {beside}")
        assert coded is None or coded.code is code
        read = read_code(f"{code} 7K3Q-92 {beside}")
        if coded is not None and not coded.hours:
            assert (read.reference, read.words) == ("7K3Q-92", (code,))
