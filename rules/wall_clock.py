"""From what a clock on the wall shows to the instant, where clocks are put forward and back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def zone_named(name: str) -> ZoneInfo | None:
    """The IANA zone of this name, or None."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def instant(shown: datetime, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """The first instant, in UTC, at which the clock shows this time or has gone past it.

    `shown`: without a zone. A time that is skipped is when the clock jumps over it. One that comes
    twice is the first, or with `last` the second. So a later time on the clock is never earlier.
    """
    first = shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first <= second:
        return second if last else first
    before, after = second, first  # skipped: the jump lies between the two readings
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).replace(tzinfo=None) < shown:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def shows(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clock shows at this instant, without a zone."""
    return at.astimezone(zone).replace(tzinfo=None)


def next_jump(zone: ZoneInfo, after: datetime, *, within: timedelta) -> datetime | None:
    """When the clock is put forward or back next, to the second; None: not within that time."""
    day, end = after, after + within
    while day < end:
        following = min(day + timedelta(days=1), end)
        if _offset(day, zone) != _offset(following, zone):
            while following - day > _SECOND:
                middle = day + (following - day) // 2
                if _offset(middle, zone) == _offset(day, zone):
                    day = middle
                else:
                    following = middle
            return following.replace(microsecond=0)
        day = following
    return None


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()
