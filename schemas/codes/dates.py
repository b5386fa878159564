"""Dates ahead that a case must not miss."""

from enum import StrEnum


class DateKind(StrEnum):
    """What will happen on a date; visits, hearings and meetings are asked about 4 h later."""

    HEARING = "hearing"
    VERDICT = "verdict"
    DEPORTATION = "deportation"
    """Or extradition."""
    EVICTION = "eviction"
    VISIT = "visit"
    MEETING = "meeting"
    DELEGATION = "delegation"
    """Of companies or investors (row P19)."""
    ELECTION = "election"
    UN_REPLY = "un_reply"
    """The 60 days that a state has to answer a UN communication: tracked, not chased."""
    CUSTODY = "custody"
    """The end of the first 48 hours of a detention: for duty alone."""
    OTHER = "other"

    @property
    def takes_place(self) -> bool:
        """Whether somebody can be there, and is asked 4 h after its time how it went."""
        return self in (DateKind.HEARING, DateKind.VISIT, DateKind.MEETING, DateKind.DELEGATION)

    @property
    def outward(self) -> bool:
        """Whether those who are asked outside have to see to it."""
        return self not in (DateKind.UN_REPLY, DateKind.CUSTODY)
