"""Roles and what they may do. What is not in the table is denied."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class PersonRole(StrEnum):
    """What a person is here for."""

    HANDLER = "handler"
    """Runs cases: decides, releases, speaks with people."""
    SECOND = "second"
    """The second pair of eyes: agrees or not to what a handler proposed, runs nothing alone."""
    READER = "reader"
    """Looks at the board; changes nothing and opens nothing sealed."""


class Permission(StrEnum):
    """One thing a person may be allowed to do."""

    READ = "read"
    """See the board and the story of a case."""
    REPORT = "report"
    """Enter a new report."""
    RESPOND = "respond"
    """Enter an answer that somebody gave by phone."""
    TAKE_TASKS = "take_tasks"
    RELEASE = "release"
    """Let a track tell its parties, alone or as one of two."""
    FREEZE = "freeze"
    STOP = "stop"
    """Stop outgoing: anybody on duty, since stopping harms less than telling."""
    LIFT = "lift"
    """Be one of the two who let a frozen track, or somebody held, go on."""
    RESUME = "resume"
    """Be one of the two who let outgoing go on."""
    CLEAR_EXCLUSION = "clear_exclusion"
    """Be one of the two who let somebody be asked, in one case, whom the closure leaves out."""
    CONSENT = "consent"
    """Record what a subject allows."""
    NARROW_CONSENT = "narrow_consent"
    """Narrow or take back a consent: anybody on duty, since telling nobody harms less."""
    AGREE_TO_CONSENT = "agree_to_consent"
    """Be one of those who agree that a subject allows more."""
    PROPOSE_RESOLUTION = "propose_resolution"
    CONFIRM_RESOLUTION = "confirm_resolution"
    REOPEN = "reopen"
    """Open a watched or a standing case again, or take a proposal back."""
    STAND = "stand"
    """Propose that a case lasts, and when it is looked at again."""
    AGREE_TO_STAND = "agree_to_stand"
    LINK_CASES = "link_cases"
    """Say that two cases are about the same: it narrows what both tell."""
    UNLINK_CASES = "unlink_cases"
    """Be one of the two who say that they are not."""
    REVIEW = "review"
    """Look back at a case that is over, and say what is learned."""
    RAISE_MODE = "raise_mode"
    JUDGE_CERTAINTY = "judge_certainty"
    """Say how sure we are, and who else said so."""
    LOWER_SEVERITY = "lower_severity"
    """Say that a case is less grave; a report never does."""
    CONTACT = "contact"
    """Say who alone speaks with the person, as the contact protocol has it."""
    REVEAL = "reveal"
    """Read something sealed, with a reason, journaled."""
    ERASE = "erase"
    """Be one of the two who destroy what is sealed of a case that is over."""
    MANAGE_PEOPLE = "manage_people"
    MANAGE_KEYS = "manage_keys"
    CHANGE_DUTY = "change_duty"
    """Say who is away, who covers and who swaps: anybody on duty."""
    VERIFY_LINKS = "verify_links"
    """Stand for a link of the registry, so that it includes."""
    REFUTE_LINKS = "refute_links"
    """Be one of the two who say that a link is wrong."""


_HANDLER = frozenset(Permission)
_SECOND = frozenset(
    {
        Permission.READ,
        Permission.TAKE_TASKS,
        Permission.RELEASE,
        Permission.FREEZE,
        Permission.STOP,
        Permission.RESUME,
        Permission.LIFT,
        Permission.NARROW_CONSENT,
        Permission.AGREE_TO_CONSENT,
        Permission.CLEAR_EXCLUSION,
        Permission.CONFIRM_RESOLUTION,
        Permission.REOPEN,
        Permission.AGREE_TO_STAND,
        Permission.UNLINK_CASES,
        Permission.REVIEW,
        Permission.ERASE,
        Permission.REFUTE_LINKS,
        Permission.CHANGE_DUTY,
        Permission.JUDGE_CERTAINTY,
    }
)
_READER = frozenset({Permission.READ})
_TABLE: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        PersonRole.HANDLER: _HANDLER,
        PersonRole.SECOND: _SECOND,
        PersonRole.READER: _READER,
    }
)


def may(role: str, permission: Permission) -> bool:
    """Whether the role has the permission. An unknown role has none."""
    return permission in _TABLE.get(role, frozenset())
