"""What a code by SMS or by mail says: the same answer as on the page. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from notifiers.sms.codes import Coded, ReplyCode
from schemas.codes import ActionKind
from schemas.responses import (
    DeclineReason,
    Refused,
    RefusedBecause,
    Response,
    ResponseKind,
    Way,
)

KINDS: Mapping[ReplyCode, ResponseKind] = {
    ReplyCode.GOT_IT: ResponseKind.ACKNOWLEDGED,
    ReplyCode.SOMEONE_ELSE: ResponseKind.WRONG_CONTACT,
    ReplyCode.CALL_ME: ResponseKind.ASKS,
    ReplyCode.DONE: ResponseKind.ACTED,
    ReplyCode.NOT_DONE: ResponseKind.ASKS,
    ReplyCode.TAKES_BACK: ResponseKind.WITHDRAWS,
    ReplyCode.PASSED_ON: ResponseKind.PASSED_ON,
    ReplyCode.HARMFUL: ResponseKind.WARNS,
    ReplyCode.NO: ResponseKind.DECLINED,
    ReplyCode.NOT_US: ResponseKind.DECLINED,
    ReplyCode.OUTSIDE_MANDATE: ResponseKind.DECLINED,
    ReplyCode.INSIDE_INFORMATION: ResponseKind.DECLINED,
    ReplyCode.NO_CAPACITY: ResponseKind.DECLINED,
    ReplyCode.CONFLICT: ResponseKind.CONFLICT,
    ReplyCode.ACTING: ResponseKind.ALREADY_ACTING,
}
"""A promise that did not happen is no refusal: a person calls them and finds out. With a time,
ACTING is a promise."""
REASONS: Mapping[ReplyCode, DeclineReason] = {
    ReplyCode.NO: DeclineReason.OTHER,
    ReplyCode.NOT_US: DeclineReason.NOT_US,
    ReplyCode.OUTSIDE_MANDATE: DeclineReason.OUTSIDE_MANDATE,
    ReplyCode.INSIDE_INFORMATION: DeclineReason.INSIDE_INFORMATION,
    ReplyCode.NO_CAPACITY: DeclineReason.NO_CAPACITY,
}
_OF_OURS = (
    ResponseKind.ACKNOWLEDGED,
    ResponseKind.WRONG_CONTACT,
    ResponseKind.ASKS,
    ResponseKind.ACTED,
    ResponseKind.DECLINED,
)
"""What one of our own could say by a code before there was one for every kind, and a plain no."""
_TURNED_AWAY = (ResponseKind.DECLINED, ResponseKind.CONFLICT, ResponseKind.WRONG_CONTACT)
"""Refused, nothing is lost: they are not asked any more."""
_LOST = (RefusedBecause.ALREADY_ANSWERED, RefusedBecause.INCOMPLETE)
_OVER = (RefusedBecause.PAGE_CLOSED, RefusedBecause.NOT_OPEN)
_ALL_THE_SAME = (
    ResponseKind.ASKS,
    ResponseKind.WARNS,
    ResponseKind.ACTED,
    ResponseKind.ALREADY_ACTING,
    ResponseKind.COMMITTED,
)
"""Said by somebody of whom nothing is asked any more: they act, or know of harm."""


def response_of(coded: Coded, *, way: Way, by: str, ours: bool, now: datetime) -> Response | None:
    """The answer of this person; None where one of our own people may not say it by a code.

    Of a page to duty whatever is no refusal takes the case, which is not what the others say.
    """
    kind = ResponseKind.COMMITTED if coded.hours else KINDS[coded.code]
    if ours and kind not in _OF_OURS:
        return None
    return Response(
        kind=kind,
        way=way,
        by=by,
        action=ActionKind.OTHER if coded.code is ReplyCode.ACTING else None,
        due=now + timedelta(hours=coded.hours) if coded.hours else None,
        reason=REASONS.get(coded.code),
    )


def needs_a_person(refused: Refused, kind: ResponseKind) -> bool:
    """Whether a refused answer says what would be lost, and no screen told its giver so.

    They said no before, and now want to; or nothing is asked of them any more, and they act all
    the same, warn, or want to be called.
    """
    if refused.reason in _OVER:
        return kind in _ALL_THE_SAME
    return refused.reason in _LOST and kind not in _TURNED_AWAY
