"""Walks: named paths over the registry from an event's parties and countries to who could help.

A walk includes only over links that are verified and hold on the day of the event; a party that
only a lapsed, ended or unverified link would bring in is withheld with that reason. Every find
keeps its path. Order: nearest first (links that are no control weigh more than control), then id.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rules.steps import Found, Start, Steps, Walked, covers, nearest
from schemas.codes import CountryRole
from schemas.link import LinkKind
from schemas.party import PartyKind
from schemas.plan import Hop, Withheld

_NO_HEADQUARTERS = frozenset({PartyKind.SITE, PartyKind.PERSON, PartyKind.STATE, PartyKind.GROUP})

Walk = Callable[[Start], Walked]


def group(start: Start) -> Walked:
    """The headquarters above those named in the event: parents, operators, partners, clients."""
    steps = Steps(start)
    named = {each.party for each in steps.named()}
    return steps.done(
        found
        for found in steps.family()
        if found.party not in named and steps.kind(found) not in _NO_HEADQUARTERS
    )


def buyers(start: Start) -> Walked:
    """Who buys from those named in the event, or from their group."""
    steps = Steps(start)
    return steps.done(steps.buyers())


def companies(start: Start) -> Walked:
    """Headquarters that have a say: the buyers', and the group's own."""
    up, bought = group(start), buyers(start)
    return _together(up, bought)


def investors(start: Start) -> Walked:
    """Who holds shares in the group, then in its buyers."""
    steps = Steps(start)
    held = (*steps.base(), *steps.buyers())
    return steps.done(steps.into(held, LinkKind.INVESTS_IN))


def lenders(start: Start) -> Walked:
    """Who finances the group."""
    steps = Steps(start)
    return steps.done(steps.into(steps.base(), LinkKind.FINANCES))


def home_missions(start: Start) -> Walked:
    """Missions, in the country of the event, of the states where the group has its seats."""
    steps = Steps(start)
    return steps.done(steps.missions(steps.home_states(), in_transit=False))


def residence_missions(start: Start) -> Walked:
    """Missions of the state where the person lives, where they are or are held on the way."""
    steps = Steps(start)
    return steps.done(steps.missions(steps.said_states(CountryRole.RESIDENCE), in_transit=True))


def nationality_missions(start: Start) -> Walked:
    """Missions of the person's own state. Dangerous: only with explicit consent (mission A30)."""
    steps = Steps(start)
    return steps.done(steps.missions(steps.said_states(CountryRole.NATIONALITY), in_transit=True))


def third_missions(start: Start) -> Walked:
    """Missions of the states on the desk's own list, where it happened."""
    steps = Steps(start)
    listed = [(code, (Hop(kind="event", a="third_state", b=code),)) for code in start.states]
    return steps.done(steps.missions(listed, in_transit=False))


def home_nhri(start: Start) -> Walked:
    """The human rights institutions of the states where the group has its seats."""
    steps = Steps(start)
    return steps.done(
        Found(party=party.id, path=(*path, Hop(kind="seat", a=party.id, b=code)))
        for code, path in steps.home_states()
        for party in start.registry.of_state(code)
        if party.kind is PartyKind.NHRI
    )


def msis(start: Start) -> Walked:
    """Initiatives of which the group or a buyer is a member, covering this sector and country."""
    steps = Steps(start)
    members = (*steps.base(), *steps.buyers())
    return steps.done(
        found
        for found in steps.out_of(members, LinkKind.MEMBER_OF)
        if steps.kind(found) is PartyKind.MSI and steps.covers(found)
    )


def protection(start: Start) -> Walked:
    """Vetted providers of protection for this country."""
    return _listed(start, PartyKind.PROTECTION)


def legal(start: Start) -> Walked:
    """Law firms that work in this country."""
    return _listed(start, PartyKind.LAW_FIRM)


def unions(start: Start) -> Walked:
    """Unions for this country and sector."""
    return _listed(start, PartyKind.UNION)


def mechanisms(start: Start) -> Walked:
    """UN and regional mechanisms for this country, and the complaint offices of the lenders."""
    return _together(_listed(start, PartyKind.MECHANISM), lenders(start))


def sports(start: Start) -> Walked:
    """The sports bodies named in the event, the bodies above them, and who sponsors these."""
    steps = Steps(start)
    bodies = [
        found
        for found in steps.named()
        if steps.kind(found) in (PartyKind.SPORTS_BODY, PartyKind.EVENT_ORGANISER)
    ]
    above = [
        found
        for found in steps.up(bodies, LinkKind.MEMBER_OF)
        if steps.kind(found) is PartyKind.SPORTS_BODY
    ]
    every = (*bodies, *above)
    return steps.done((*every, *steps.into(every, LinkKind.SPONSORS)))


WALKS: Mapping[str, Walk] = MappingProxyType(
    {
        walk.__name__: walk
        for walk in (
            group,
            buyers,
            companies,
            investors,
            lenders,
            home_missions,
            residence_missions,
            nationality_missions,
            third_missions,
            home_nhri,
            msis,
            protection,
            legal,
            mechanisms,
            unions,
            sports,
        )
    }
)


def _listed(start: Start, kind: PartyKind) -> Walked:
    """Parties of a kind that cover the event's country and sector; no link is needed."""
    return Steps(start).done(
        Found(party=party.id, path=(Hop(kind="event", a=role, b=code),))
        for party in start.registry.of_kind(kind)
        if covers(party, start.event)
        for role, code in [("happened", start.event.happened_in or "")]
    )


def _together(*walks: Walked) -> Walked:
    found = nearest(found for walked in walks for found in walked.found)
    there = {each.party for each in found}
    refused: dict[str, Withheld] = {}
    for walked in walks:
        for withheld in walked.withheld:
            if withheld.party not in there:
                refused.setdefault(withheld.party, withheld)
    return Walked(found=found, withheld=tuple(refused[party] for party in sorted(refused)))
