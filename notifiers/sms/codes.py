"""What the digits mean that people answer with, by SMS and by mail.

No digit ever means two things: a late `1` to the first message must not be read as `done` when it
meets a question about a promise. What can be read in two ways is not read at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

HOURS_MOST = 168
"""Hours, a week: the farthest that a promise by code may reach; the page takes any day."""
_WITHIN = re.compile(r"0*([1-9][0-9]{0,2})H")


class ReplyCode(StrEnum):
    """What each code stands for. What we send prints 1 to 3 or, of a promise, 4, 5 and 3."""

    GOT_IT = "1"
    """I have it; for duty: I take it."""
    SOMEONE_ELSE = "2"
    """I am not the one to ask."""
    CALL_ME = "3"
    DONE = "4"
    """What I promised is done."""
    NOT_DONE = "5"
    """What I promised did not happen."""
    TAKES_BACK = "50"
    """What I promised will not happen."""
    PASSED_ON = "6"
    """Somebody else has it now; a person of ours asks who."""
    HARMFUL = "7"
    """Acting now would do harm; it waits."""
    NO = "8"
    """We will not; the reason is not said."""
    NOT_US = "81"
    OUTSIDE_MANDATE = "82"
    INSIDE_INFORMATION = "83"
    NO_CAPACITY = "84"
    CONFLICT = "9"
    """We have a conflict of interest."""
    ACTING = "0"
    """We act on it already; with a time, `0 24h`: we will have done it by then."""

    @property
    def stands_alone(self) -> bool:
        """Whether it counts only without another word: it ends what is asked of a party, or may
        hold it for days, and `8 is my desk number` must not."""
        return self not in _PLAIN


_PLAIN = (
    ReplyCode.GOT_IT,
    ReplyCode.SOMEONE_ELSE,
    ReplyCode.CALL_ME,
    ReplyCode.DONE,
    ReplyCode.NOT_DONE,
    ReplyCode.PASSED_ON,
    ReplyCode.HARMFUL,
)
_CODES = frozenset(ReplyCode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """One code and, of a promise, its time."""

    code: ReplyCode
    hours: int = 0
    """Within how many hours, 1 to HOURS_MOST; 0: no time was said."""


def read_codes(words: Sequence[str], *, whole: bool) -> Coded | None:
    """Return what these words answer, without the reference; None where nobody can be sure.

    `1 call me` is a `1`, as it always was; `1 or 2` is neither, and `8 call me` is nothing:
    `whole` says whether these words are all that was written.
    """
    hours = _hours(words) if whole else 0
    if hours:
        return Coded(code=ReplyCode.ACTING, hours=hours)
    found = {word for word in words if word in _CODES}
    if len(found) != 1:
        return None
    code = ReplyCode(found.pop())
    alone = whole and len(words) == 1
    return Coded(code=code) if alone or not code.stands_alone else None


def _hours(words: Sequence[str]) -> int:
    """Of `0 24h`, or `0 24 h`; 0 of anything else, and of what is too far away."""
    match list(words):
        case [ReplyCode.ACTING, said]:
            within = _WITHIN.fullmatch(said)
        case [ReplyCode.ACTING, said, "H"]:
            within = _WITHIN.fullmatch(f"{said}H")
        case _:
            return 0
    hours = 0 if within is None else int(within[1])
    return hours if hours <= HOURS_MOST else 0
