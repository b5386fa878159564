"""Until when a party takes a complaint, by what its contract or its statute says. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

from schemas.codes import EventType
from schemas.event import ThreatEvent

WINDOW_MOST = 3_653
"""Days: ten years. More than that is a slip of the pen."""

_HAPPENED = (EventType.ACT, EventType.WARNING)


def happened_on(events: Iterable[ThreatEvent], *, otherwise: date) -> date:
    """The first day on which something happened, as far as somebody said; never after `otherwise`.

    The first, since whoever complains in time for it is in time for what came after. Of a month or
    a year it is the first day.
    """
    said = (
        event.occurred.at.date()
        for event in events
        if event.occurred.at is not None and event.type in _HAPPENED
    )
    return min((*said, otherwise))


def last_day(window: int, *, happened: date) -> date:
    """The last day to complain: so many days after, the day itself not counted."""
    try:
        return happened + timedelta(days=window)
    except OverflowError:
        return date.max
