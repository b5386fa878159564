"""Whom an event is about, never who they are."""

from enum import StrEnum


class SubjectKind(StrEnum):
    """Counting unit of the people concerned (HURIDOCS list 7)."""

    PERSON = "person"
    GROUP = "group"
    COMMUNITY = "community"
    INSTITUTION = "institution"
    NONE_IDENTIFIABLE = "none_identifiable"


class ContactRule(StrEnum):
    """Whom of the defender's side a recipient may speak to, as the contact protocol allows (N10).

    The protocol itself is sealed; this code of it is not. Nobody is allowed the person or the
    family, whatever it says.
    """

    NOBODY = "nobody"
    """Nobody: speak to the desk. So it is where nothing is said, or two reports differ."""
    REPRESENTATIVE = "representative"
    """Whoever represents the person, put through by the desk."""
    ORGANISATION = "organisation"
    """The person's organisation, put through by the desk."""


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
