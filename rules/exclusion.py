"""Who must never know of an event: the perpetrators and everybody tied to them (design 6.1).

Over every link ever known, whatever its status: a wrong exclusion costs one helper, a wrong
inclusion may cost a life. From the alleged perpetrators (the *seeds*):

* down: all they control, at any depth, and the chapters of an association;
* up: whoever controls them, told only by two people and never below headquarters; what those
  control besides (sister companies) likewise, since they answer to the same house;
* aside, one hop, adding those and what they control, not what controls them: joint-venture
  partners, guards and the forces they host, the clients of an alleged guard firm, law firms,
  associations in which their people hold office, spyware vendors;
* states, if a state is behind it, asks for the person, or holds them on the way.

Two records that may be of one party (`same_as`) are as one, either way, at any status.

Judgements of ours. A site is no house of its own: whoever operates it stands beside it. Who
operates something together with those below is a partner; who owns a half of it is asked by two
people, like a parent. Law firms and board seats are followed from the controllers and from
excluded states too, or a parent that needs two people would hear it from the association it
chairs. Of a list that is alleged, everybody on it is.
"""

from collections.abc import Iterable

from rules.findings import Joined, Searched
from rules.flood import Ground, Ring
from rules.graph import Registry
from rules.grounds import Grounds, Part
from rules.net import Net
from schemas.event import ThreatEvent
from schemas.link import LinkKind
from schemas.party import Party, PartyKind
from schemas.plan import Closure, Excluded, Hop, Reason

_SEED_ROLES = ("alleged_perpetrator", "adverse_party")
_OPERATOR_ROLES = ("operator", "site", "employer")
_HOUSES = frozenset(
    {
        PartyKind.COMPANY,
        PartyKind.SITE,
        PartyKind.INVESTOR,
        PartyKind.BANK,
        PartyKind.EXPORT_CREDIT_AGENCY,
        PartyKind.LAW_FIRM,
        PartyKind.EVENT_ORGANISER,
        PartyKind.STATE_BODY,
        PartyKind.STATE,
        PartyKind.MISSION,
    }
)
"""An alleged person's own house of one of these kinds is alleged with them; in others they sit."""


def closure(registry: Registry, event: ThreatEvent) -> Closure:
    """Everybody excluded by this event over this registry. Never raises; never truncated."""
    return closure_on(registry, Grounds.of(event))


def closure_on(registry: Registry, grounds: Grounds) -> Closure:
    """Everybody excluded on these grounds; events with equal grounds share it."""
    ground = Ground(registry, on=grounds.on)
    net = Net(ground)
    firm_states = _search(net, grounds)
    stages = net.stages
    if ground.soft_met:  # again without what two people may clear: what is found still, is firm
        ground.firm_only = True
        net = Net(ground)
        firm_states = _search(net, grounds)
        stages = [*net.stages, *stages]
    return Closure.of(Searched(ground, stages), states=firm_states)


def join(*closures: Closure) -> Closure:
    """All together: nobody excluded by any becomes tellable, the harder reason stays."""
    parts: list[Closure] = []
    for each in closures:
        if (each.weight or each.states) and not any(each is known for known in parts):
            parts.append(each)
    if len(parts) <= 1:
        return parts[0] if parts else Closure()
    return Closure.of(Joined(parts), states={code for part in parts for code in part.states})


def explained(closure: Closure) -> tuple[Excluded, ...]:
    """Every exclusion for a person to read: nearest first, then by the party's id.

    Each says who, why, over which links (`path`), and what two people may do about it.
    """
    return tuple(sorted(closure.entries, key=lambda entry: (entry.distance, entry.party)))


def _search(net: Net, grounds: Grounds) -> set[str]:
    """Gather the stages; the codes of states that are firmly out."""
    alleged = [part for part in grounds.parts if part.role in _SEED_ROLES]
    seeds = _with_houses(net.ground, _starts(net.ground, alleged))
    net.around(seeds, Reason.PERPETRATOR_CLOSURE, spyware=grounds.spyware)
    for part in grounds.parts:
        beside = part.role == "security_contractor" or (
            grounds.spyware and part.role == "technology_provider"
        )
        if beside:
            net.with_all_below(_starts(net.ground, [part]), Reason.PERPETRATOR_CLOSURE)
    codes = _states(net, grounds, alleged, seeds)
    if _perpetrator_unknown(net.ground, alleged):
        net.tagged = True
        operators = [part for part in grounds.parts if part.role in _OPERATOR_ROLES]
        starts = _starts(net.ground, operators)
        net.around(starts, Reason.UNKNOWN_PERPETRATOR_GROUP, spyware=grounds.spyware)
        _states_above(net, starts, Reason.UNKNOWN_PERPETRATOR_GROUP, spyware=grounds.spyware)
        net.tagged = False
    for id in grounds.mechanisms:
        said = Hop(kind="event", a="reprisal_of", b=id)
        net.mechanism({net.ground.number(id): net.ground.said(said, id)})
    return codes


def _starts(ground: Ground, parts: Iterable[Part]) -> Ring:
    ring: Ring = {}
    for part in parts:
        if part.party:
            hop = Hop(kind="event", a=part.role, b=part.party)
            ground.keep(ring, ground.said(hop, part.party))
    return ring


def _with_houses(ground: Ground, seeds: Ring) -> Ring:
    """With everybody on a list that is alleged, and the firm whose manager is."""
    ring, read = ground.flood(seeds, None), set[int]()
    while lists := [
        trail
        for node, trail in ring.items()
        if node not in read and ground.kind(node) is PartyKind.GROUP
    ]:
        read.update(trail[0] for trail in lists)
        for trail in ground.back(lists, LinkKind.MEMBER_OF):
            ground.keep(ring, trail)
        ring = ground.flood(ring, None)
    people = [trail for trail in ring.values() if ground.kind(trail[0]) is PartyKind.PERSON]
    for trail in ground.hop(people, LinkKind.OFFICER_OF):
        if ground.kind(trail[0]) in _HOUSES:
            ground.keep(ring, trail)
    return ring


def _states(net: Net, grounds: Grounds, alleged: list[Part], seeds: Ring) -> set[str]:
    """Exclude the states that ask for the person, hold them on the way, or are behind it."""
    codes: set[str] = set()
    for reason, role, wanted in (
        (Reason.REQUESTING_STATE, "requesting", grounds.requesting),
        (Reason.TRANSIT_STATE, "transit", grounds.transit),
    ):
        for code in wanted:
            _exclude_code(net, code, role, reason, grounds)
            codes.add(code)
    codes |= _states_above(net, seeds, Reason.STATE_OF_PERPETRATOR, spyware=grounds.spyware)
    for part in alleged:
        if part.perpetrator_kind == "state":
            known = net.ground.registry.party(part.party) if part.party else None
            for code in _counted_to(known) or grounds.happened:
                _exclude_code(net, code, part.role, Reason.STATE_OF_PERPETRATOR, grounds)
                codes.add(code)
    return codes


def _counted_to(party: Party | None) -> list[str]:
    """The states a named party is counted to, by whatever is or was known."""
    if party is None:
        return []
    return sorted({*([party.state] if party.state else []), *party.other_states})


def _exclude_code(net: Net, code: str, role: str, reason: Reason, grounds: Grounds) -> None:
    said = Hop(kind="event", a=role, b=code)
    ring: Ring = {}
    for trail in net.seated(code, said):
        net.ground.keep(ring, trail)
    net.state(ring, reason, spyware=grounds.spyware)


def _states_above(net: Net, seeds: Ring, reason: Reason, *, spyware: bool = False) -> set[str]:
    """Exclude the states to which seeds belong; the codes of those that do firmly."""
    found = net.states_above(seeds)
    ring: Ring = {}
    for code, trail in found:
        for start in [trail, *(net.seated(code, trail) if code else ())]:
            net.ground.keep(ring, start)
    if ring:
        net.state(ring, reason, spyware=spyware)
    return {code for code, trail in found if code and not trail[4]}


def _perpetrator_unknown(ground: Ground, alleged: list[Part]) -> bool:
    """Nobody alleged, or somebody alleged whom the registry does not know.

    A site that nobody is known to run tells no more of who is behind it.
    """
    return not alleged or any(
        part.perpetrator_kind != "state" and not _known(ground, part.party) for part in alleged
    )


def _known(ground: Ground, id: str | None) -> bool:
    party = ground.registry.party(id) if id else None
    if party is None:
        return False
    if party.kind is not PartyKind.SITE:
        return True
    node = ground.number(party.id)
    site: Ring = {node: (node, None, Hop(kind="event", a="", b=party.id), 0, False)}
    return any(True for _ in ground.controllers(site))
