"""What keeps a party out of one case: its exclusion, a conflict, or that somebody asked to wait."""

from collections.abc import Iterator
from datetime import datetime

from rules.states import of_state
from schemas.codes import TrackName
from schemas.contact import Contact
from schemas.party import Party
from schemas.plan import Excluded, Reason, Remedy, Verdict, refused
from schemas.safeguards import Hold, Safeguards


def excluded(party: Party, contact: Contact | None, safeguards: Safeguards) -> Iterator[Verdict]:
    """Refuse who is in the closure of the case, or belongs to a state that is (design 6.1).

    Without contact a controller that two people released passes: of it, headquarters may know.
    """
    entry = safeguards.closure.find(party.id)
    if entry is not None and not _opened(entry, contact, safeguards):
        yield refused(
            entry.reason,
            path=entry.path,
            evidence=safeguards.closure.digest,
            remedy=_opener(entry, safeguards),
        )
    if of_state(party, safeguards.closure.states):
        yield refused(Reason.STATE_OF_PERPETRATOR, evidence=safeguards.closure.digest)


def conflicted(party: Party, safeguards: Safeguards) -> Iterator[Verdict]:
    """Refuse who declared a conflict, and who declined: it is not asked again in this case."""
    if party.id in safeguards.conflicts:
        yield refused(Reason.CONFLICT, evidence=party.id)
    if party.id in safeguards.declined:
        yield refused(Reason.DECLINED, evidence=party.id)


def held(
    party: Party, track: TrackName, safeguards: Safeguards, now: datetime
) -> Iterator[Verdict]:
    """Refuse whom somebody asked not to approach yet. An answer names the hold."""
    for hold in safeguards.holds:
        if now < hold.until and _fits(hold, party, track):
            yield refused(Reason.HELD, evidence=hold.id)


def _opened(entry: Excluded, contact: Contact | None, safeguards: Safeguards) -> bool:
    """Whether two people opened it. Levels of it that stay shut do so whatever they said."""
    return _lifted(entry, safeguards) and (
        contact is None or contact.level.value not in entry.levels
    )


def _lifted(entry: Excluded, safeguards: Safeguards) -> bool:
    if entry.tagged or entry.clearable:
        return entry.party in safeguards.cleared
    return (
        entry.reason is Reason.CONTROLLER_NEEDS_TWO
        and entry.party in safeguards.released_controllers
    )


def _opener(entry: Excluded, safeguards: Safeguards) -> Remedy:
    """What would open it: nothing does, unless the closure says that two people may."""
    if _lifted(entry, safeguards):
        return Remedy.HEADQUARTERS
    if entry.tagged:
        return Remedy.LIFT_BY_TWO
    if entry.clearable:
        return Remedy.CLEAR_BY_TWO
    if entry.reason is Reason.CONTROLLER_NEEDS_TWO:
        return Remedy.RELEASE_BY_TWO
    return Remedy.NOTHING


def _fits(hold: Hold, party: Party, track: TrackName) -> bool:
    """Whether a hold means this party on this track. A part that is empty fits everybody."""
    states = {party.state, *party.other_states}
    return (
        (not hold.tracks or track in hold.tracks)
        and (not hold.parties or party.id in hold.parties)
        and (not hold.kinds or party.kind in hold.kinds)
        and (not hold.states or not states.isdisjoint(hold.states))
    )
