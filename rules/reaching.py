"""By which contacts and addresses a machine may reach a party on a track."""

from rules.graph import Registry
from schemas.codes import TrackName
from schemas.contact import Contact, Level
from schemas.party import PartyKind
from schemas.plan import Candidate, ContactRef, Hop

_COMPLAINTS_ONLY = frozenset(
    {PartyKind.BANK, PartyKind.EXPORT_CREDIT_AGENCY, PartyKind.INVESTOR, PartyKind.COMPANY}
)
"""On the mechanisms track these are reached through their complaints office and nothing else."""


def level_fits(registry: Registry, track: TrackName, party: str, contact: Contact) -> bool:
    """Whether a machine may ever tell a contact of this level."""
    if track is TrackName.MECHANISMS:
        known = registry.party(party)
        if known is not None and known.kind in _COMPLAINTS_ONLY:
            return contact.level is Level.COMPLAINTS_OFFICE
    return contact.level.automatic


def ref_of(contact: Contact, *, exercise: bool) -> ContactRef | None:
    """The contact as a plan names it, with its addresses for drills or for real; None without."""
    endpoints = tuple(
        f"{end.channel}:{end.id}" for end in contact.endpoints if end.exercise is exercise
    )
    if not endpoints:
        return None
    return ContactRef(
        id=contact.id, level=contact.level.value, endpoints=endpoints, hours=contact.hours
    )


def by_hand(
    registry: Registry, *, track: TrackName, party: str, rank: int, exercise: bool
) -> Candidate:
    """A party that a person chose and no walk found; its path says so."""
    known = registry.party(party)
    refs = (
        ref_of(contact, exercise=exercise)
        for contact in registry.contacts(party)
        if level_fits(registry, track, party, contact)
    )
    return Candidate(
        party=party,
        track=track,
        path=(Hop(kind="by_hand", a=track.value, b=party),),
        contacts=tuple(ref for ref in refs if ref is not None),
        rank=rank,
        kind=None if known is None else known.kind,
    )
