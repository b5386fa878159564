"""Tracks, their audiences, and the fields an audience may ever be shown."""

from enum import StrEnum


class TrackName(StrEnum):
    """One audience's ladder; all but duty and protection are *outward*."""

    DUTY = "duty"
    PROTECTION = "protection"
    MISSIONS = "missions"
    NHRIS = "nhris"
    MSIS = "msis"
    INVESTORS = "investors"
    COMPANIES = "companies"
    MECHANISMS = "mechanisms"
    LEGAL = "legal"
    SPORTS = "sports"
    UNIONS = "unions"

    @property
    def outward(self) -> bool:
        """Whether telling this audience needs a gate and the subject's consent."""
        return self not in (TrackName.DUTY, TrackName.PROTECTION)


Audience = TrackName
"""Consent, field classes and templates are per audience; an audience is named as its track."""


class FieldName(StrEnum):
    """A projected field. Identity, place, source and free text have no name here on purpose."""

    COUNTRY = "country"
    ACT = "act"
    """What kind of thing was done, as a code that a template turns into words."""
    SECTOR = "sector"
    COMPANY = "company"
    """The linked company through which this recipient was found."""
    CERTAINTY = "certainty"
    AS_OF = "as_of"
    WHY_YOU = "why_you"
    """The kind of link by which this recipient was found."""
    ASK = "ask"
    ANSWER_BY = "answer_by"
    SUBJECT_KIND = "subject_kind"
    DATE_AHEAD = "date_ahead"
    COMMITMENT = "commitment"
    """What the recipient itself has promised in public; says nothing of the case."""
