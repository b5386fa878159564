"""Erasing what is sealed of a case: by two people, or by itself when the case is closed for long.

The case core does not know for how long a deployment keeps what is sealed; the loop that does
(`engine/retention.py`) asks. What it may never do is decided here: nothing is erased of a case that
is not closed, that a person keeps, or of which nobody was told long enough before.
"""

from datetime import timedelta

from engine.case import commands as c
from engine.case.draft import Draft, Refusal
from engine.case.state import CaseStatus
from schemas import facts as f
from schemas.responses import RefusedBecause

OVER = frozenset({CaseStatus.MONITORED, CaseStatus.CLOSED})
"""When nobody helps any more."""

NOTICE = timedelta(days=14)
"""How long before that day people are told that a case will be erased by itself."""

GOOD_FOR = timedelta(days=7)
"""How long after its day an announcement counts. Whoever was away longer, an engine that stood
still or a case that had to wait for another, is told anew: nobody is surprised by an old one."""

KEPT_AT_MOST = timedelta(days=366)
"""A person looks again once a year at what is kept longer than promised."""


def erase(draft: Draft, command: c.Erase) -> None:
    """Two people destroy the key of a case that is over; journal and figures stay as they are.

    An open case is never erased: without names, places and the contact protocol duty could help
    nobody any more (N11 of the mission reference: help comes before tidiness).
    """
    case = draft.case
    if case.status not in OVER:
        raise Refusal(
            RefusedBecause.INCOMPLETE,
            "The case still goes on, and whoever helps needs what is sealed. Resolve it first.",
        )
    if _is_kept(draft):
        raise Refusal(
            RefusedBecause.INCOMPLETE,
            "Somebody keeps what is sealed of it. End the keeping first.",
        )
    if command.by in case.erasing:
        raise Refusal(RefusedBecause.SAME_PERSON, "A second person has to agree to erase it.")
    draft.add(f.ErasureGiven(by=command.by, at=draft.now, why=command.why))
    if case.erasing:
        draft.add(f.Erased(by=(*case.erasing, command.by), at=draft.now))


def keep(draft: Draft, command: c.KeepSealed) -> None:
    """A person keeps what is sealed until a time; what was asked or announced is void."""
    if command.until <= draft.now:
        raise Refusal(RefusedBecause.INCOMPLETE, "Until a time that lies ahead.")
    if command.until > draft.now + KEPT_AT_MOST:
        raise Refusal(
            RefusedBecause.INCOMPLETE,
            "At most a year ahead. Look at it again then, and keep it once more.",
        )
    draft.add(f.SealedKept(by=command.by, at=draft.now, until=command.until, why=command.why))


def end_keeping(draft: Draft, command: c.EndKeeping) -> None:
    """The usual time counts again; the day is announced anew before anything is erased."""
    if draft.case.kept is None:
        raise Refusal(RefusedBecause.NOT_PROPOSED, "Nobody keeps what is sealed of it.")
    draft.add(f.KeepingEnded(by=command.by, at=draft.now))


def announce(draft: Draft, command: c.AnnounceErasure) -> None:
    """Say on what day a closed case is erased; said once, and again where that day was missed."""
    if draft.case.status is not CaseStatus.CLOSED or _is_kept(draft):
        raise Refusal(RefusedBecause.INCOMPLETE, "It is not closed, or somebody keeps it.")
    if not _stands(draft):
        draft.add(f.ErasureAnnounced(at=draft.now, on=max(command.on, draft.now + NOTICE)))


def erase_in_time(draft: Draft, command: c.EraseInTime) -> None:
    """Destroy the key of a closed case on the day that was announced, or soon after it."""
    case = draft.case
    if case.status is not CaseStatus.CLOSED or _is_kept(draft):
        raise Refusal(RefusedBecause.INCOMPLETE, "It is not closed, or somebody keeps it.")
    if case.erase_on is None or draft.now < case.erase_on or not _stands(draft):
        raise Refusal(RefusedBecause.INCOMPLETE, "Its day was not announced, or is not today.")
    draft.add(f.Erased(by=(), at=draft.now))


def _stands(draft: Draft) -> bool:
    """Whether a day was said, and not so long ago that whoever heard it has forgotten."""
    on = draft.case.erase_on
    return on is not None and draft.now <= on + GOOD_FOR


def _is_kept(draft: Draft) -> bool:
    kept = draft.case.kept
    return kept is not None and draft.now < kept.until
