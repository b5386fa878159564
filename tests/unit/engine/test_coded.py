"""What a code says is what the page would have said; of our own people it takes no case."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coded import KINDS, needs_a_person, response_of
from notifiers.sms.codes import HOURS_MOST, Coded, ReplyCode
from schemas.codes import ActionKind
from schemas.responses import (
    DeclineReason,
    Refused,
    RefusedBecause,
    Response,
    ResponseKind,
    Way,
)

NOW = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
ACKNOWLEDGED_BEFORE = ("1", "3", "4", "5")
"""What one of our own could say before there were more codes, and no refusal."""


def _said(code: ReplyCode, *, hours: int = 0, ours: bool = False) -> Response | None:
    coded = Coded(code=code, hours=hours)
    return response_of(coded, way=Way.SMS, by="lea", ours=ours, now=NOW)


def test_every_kind_of_answer_has_a_code() -> None:
    assert {*KINDS.values(), ResponseKind.COMMITTED} == set(ResponseKind)
    assert set(KINDS) == set(ReplyCode)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("8", DeclineReason.OTHER),
        ("81", DeclineReason.NOT_US),
        ("82", DeclineReason.OUTSIDE_MANDATE),
        ("83", DeclineReason.INSIDE_INFORMATION),
        ("84", DeclineReason.NO_CAPACITY),
    ],
)
def test_a_no_has_its_reason_in_the_second_digit(code: str, reason: DeclineReason) -> None:
    said = _said(ReplyCode(code))

    assert said == Response(kind=ResponseKind.DECLINED, way=Way.SMS, by="lea", reason=reason)


def test_every_reason_can_be_said_in_a_code() -> None:
    said = [_said(code) for code in ReplyCode]

    assert {each.reason for each in said if each} - {None} == set(DeclineReason)


def test_a_zero_without_a_time_promises_nothing() -> None:
    said = _said(ReplyCode.ACTING)

    assert said == Response(
        kind=ResponseKind.ALREADY_ACTING, way=Way.SMS, by="lea", action=ActionKind.OTHER
    )


@given(st.integers(1, HOURS_MOST))
def test_a_promise_is_asked_for_after_as_many_hours_as_were_said(hours: int) -> None:
    said = _said(ReplyCode.ACTING, hours=hours)

    assert said is not None
    assert (said.kind, said.action) == (ResponseKind.COMMITTED, ActionKind.OTHER)
    assert said.due == NOW + timedelta(hours=hours)


@pytest.mark.parametrize("code", ReplyCode)
def test_no_new_code_lets_one_of_our_own_take_a_case(code: ReplyCode) -> None:
    said = _said(code, ours=True)

    if code in ACKNOWLEDGED_BEFORE:
        assert said == _said(code)
    else:
        refuses = (ResponseKind.DECLINED, ResponseKind.WRONG_CONTACT)
        assert said is None or said.kind in refuses


def test_one_of_our_own_promises_nothing_by_a_code() -> None:
    assert _said(ReplyCode.ACTING, hours=24, ours=True) is None


@pytest.mark.parametrize("code", ReplyCode)
def test_whoever_said_no_and_now_offers_help_is_heard_by_a_person(code: ReplyCode) -> None:
    kind = KINDS[code]
    says_no = kind in (
        ResponseKind.DECLINED,
        ResponseKind.CONFLICT,
        ResponseKind.WRONG_CONTACT,
    )

    assert needs_a_person(Refused(reason=RefusedBecause.ALREADY_ANSWERED), kind) is not says_no


@pytest.mark.parametrize("reason", [RefusedBecause.NOT_OPEN, RefusedBecause.PAGE_CLOSED])
def test_who_acts_or_warns_though_nothing_is_asked_any_more_was_heard_by_nobody(
    reason: RefusedBecause,
) -> None:
    """*This is harmful*, by text, to a case that is over: refused, and no screen said so."""
    heard = {code for code in ReplyCode if needs_a_person(Refused(reason=reason), KINDS[code])}

    assert heard == {
        ReplyCode.CALL_ME,
        ReplyCode.NOT_DONE,
        ReplyCode.DONE,
        ReplyCode.HARMFUL,
        ReplyCode.ACTING,
    }
    assert needs_a_person(Refused(reason=reason), ResponseKind.COMMITTED)


def test_what_cannot_be_taken_back_by_a_code_is_taken_back_by_a_person() -> None:
    refused = Refused(reason=RefusedBecause.INCOMPLETE)

    assert needs_a_person(refused, ResponseKind.WITHDRAWS)
