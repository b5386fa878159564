"""What an HTTP status means for a message, the same for a gateway and for a webhook."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from notifiers.outcome import OutcomeReason

ANSWER_MAX = 64 * 1024
"""Bytes of an answer that are read; what follows is dropped with the connection (S11)."""

_BUSY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})
_NOBODY = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_NOT_LET_IN = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
    }
)


def reason_of(status: int, *, gateway: bool) -> OutcomeReason:
    """Return the reason a final status stands for.

    To a gateway of ours a status speaks of the channel: not let in is our key, not found our
    settings. To a recipient's webhook it speaks of that recipient.
    """
    if 200 <= status < 300:
        return OutcomeReason.ACCEPTED
    if 300 <= status < 400:
        return OutcomeReason.REDIRECT
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return OutcomeReason.RATE_LIMITED
    if status in _BUSY:
        return OutcomeReason.BUSY
    if status in _NOT_LET_IN and gateway:
        return OutcomeReason.AUTH_ERROR
    if status in _NOBODY and not gateway:
        return OutcomeReason.REFUSED_ADDRESS
    if 400 <= status < 500:
        return OutcomeReason.REFUSED_MESSAGE
    if 500 <= status < 600:
        return OutcomeReason.SERVER_ERROR
    return OutcomeReason.UNREADABLE_ANSWER


def retry_after(value: str | None, *, at: datetime, at_most: float) -> float | None:
    """Return the seconds a Retry-After header asks for, capped; None without a readable one.

    `at` is the time of the try: a header may name a date instead of seconds.
    """
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        # More digits than any honest server sends: int() of a megabyte of them is an attack.
        return at_most if len(text) > 9 else min(float(text), at_most)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - at).total_seconds(), 0.0), at_most)
