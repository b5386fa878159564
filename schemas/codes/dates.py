"""Dates ahead that a case must not miss."""

from enum import StrEnum


class DateKind(StrEnum):
    """What will happen on a date; visits, hearings and meetings are asked about 4 h later."""

    HEARING = "hearing"
    VERDICT = "verdict"
    DEPORTATION = "deportation"
    EVICTION = "eviction"
    VISIT = "visit"
    MEETING = "meeting"
    DELEGATION = "delegation"
    ELECTION = "election"
    OTHER = "other"
