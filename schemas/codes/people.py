"""Whom an event is about, never who they are."""

from enum import StrEnum


class SubjectKind(StrEnum):
    """Counting unit of the people concerned (HURIDOCS list 7)."""

    PERSON = "person"
    GROUP = "group"
    COMMUNITY = "community"
    INSTITUTION = "institution"
    NONE_IDENTIFIABLE = "none_identifiable"


class HeightenedRisk(StrEnum):
    """Why somebody may be at greater risk. Raises severity by rule; never projected."""

    CHILD = "child"
    WOMAN = "woman"
    LGBTI = "lgbti"
    INDIGENOUS = "indigenous"
    MIGRANT = "migrant"
    MINORITY = "minority"
    OLDER_PERSON = "older_person"
    DISABILITY = "disability"
    IN_CUSTODY = "in_custody"
    IN_HIDING = "in_hiding"
    REPEATED = "repeated_target"
