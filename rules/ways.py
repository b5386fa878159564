"""The way to a party: whether this contact and address reach it, and nobody who must not know."""

from collections.abc import Iterator
from datetime import datetime

from rules.crowd import too_few
from rules.graph import Registry
from rules.shut import conflicted, excluded, held
from schemas.codes import TrackName
from schemas.contact import Contact, Endpoint
from schemas.link import LinkKind
from schemas.party import Party, PartyKind
from schemas.plan import Reason, Remedy, Verdict, refused
from schemas.safeguards import Safeguards

_SAME = frozenset({LinkKind.SAME_AS})
_ON_A_LIST = frozenset({LinkKind.MEMBER_OF, LinkKind.SAME_AS})


def unreachable(
    party: Party,
    contact: Contact | None,
    endpoint: Endpoint | None,
    *,
    track: TrackName,
    safeguards: Safeguards,
    registry: Registry,
    now: datetime,
) -> Iterator[Verdict]:
    """Refuse a contact or endpoint that may not be used, and a list that reaches too many."""
    if contact is not None:
        yield from _unfit(party, contact, now)
    if party.expires is not None and party.expires < now.date():
        yield refused(Reason.NO_ENDPOINT, evidence=party.id)  # made for one matter, which is over
    if party.kind is PartyKind.GROUP:
        yield from _fans_out(
            [(id, None) for id in _members_of(party.id, registry)],
            of=party.id,
            remedy=Remedy.TELL_MEMBERS,
            track=track,
            safeguards=safeguards,
            registry=registry,
            now=now,
        )
    if endpoint is None:
        return
    if contact is None or endpoint.id not in {each.id for each in contact.endpoints}:
        yield refused(Reason.NO_ENDPOINT, evidence=endpoint.id)
    if endpoint.members:
        yield from _fans_out(
            [_behind(id, registry) for id in endpoint.members],
            of=endpoint.id,
            track=track,
            safeguards=safeguards,
            registry=registry,
            now=now,
        )


def _unfit(party: Party, contact: Contact, now: datetime) -> Iterator[Verdict]:
    if contact.party != party.id:
        yield refused(Reason.UNKNOWN_PARTY, evidence=contact.id)
    if not contact.level.automatic:
        yield refused(Reason.LEVEL, evidence=contact.id)
    if contact.verified_until is not None and contact.verified_until <= now:
        yield refused(Reason.NO_ENDPOINT, evidence=contact.id, remedy=Remedy.VERIFY_CONTACT)
    if contact.away_until is not None and now.date() <= contact.away_until:
        yield refused(Reason.NO_ENDPOINT, evidence=contact.id, remedy=Remedy.NEXT_CONTACT)


def _fans_out(
    readers: list[tuple[str, Contact | None]],
    *,
    of: str,
    remedy: Remedy | None = None,
    track: TrackName,
    safeguards: Safeguards,
    registry: Registry,
    now: datetime,
) -> Iterator[Verdict]:
    """Refuse a list by the first reader of it who may not know; one that nobody knows, by itself.

    A reader whom the registry does not know is one who may not.
    """
    if not readers:
        yield refused(Reason.ENDPOINT_FANS_OUT, evidence=of, remedy=remedy)
    for id, contact in readers:
        party = registry.party(id)
        if (
            party is None
            or party.exercise is not safeguards.exercise
            or (contact is not None and not contact.level.automatic)
            or any(excluded(party, contact, safeguards))
            or any(conflicted(party, safeguards))
            or any(held(party, track, safeguards, now))
            or any(too_few(party, track, safeguards))
        ):
            yield refused(Reason.ENDPOINT_FANS_OUT, evidence=id or of, remedy=remedy)


def _behind(contact_id: str, registry: Registry) -> tuple[str, Contact | None]:
    """The party and contact behind one entry of a list address; nobody's, if it is not known."""
    contact = registry.contact(contact_id)
    return ("" if contact is None else contact.party, contact)


def _members_of(group: str, registry: Registry) -> tuple[str, ...]:
    """The members of a group, of groups within it, whatever the link's status; loops end.

    What another record of the same group lists is on it as well.
    """
    members: set[str] = set()
    read, frontier = {group}, [group]
    while frontier:
        into = [each for id in frontier for each in registry.links_to(id, _ON_A_LIST)]
        members.update(link.a for link in into if link.kind is LinkKind.MEMBER_OF)
        others = [each for id in frontier for each in registry.links_from(id, _SAME)]
        met = {link.a for link in into} | {link.b for link in others}
        frontier = sorted(met - read)
        read |= met
    return tuple(sorted(members))
