"""Design section 6.1 once more, slowly and plainly: sets of ids, links read from a list each time.

Written from the text and not from `rules.net`, so that the two can be held against each other.
Grounds are computed twice, over all links and over the firm ones alone: what is excluded over the
firm ones counts as firm, the rest may be cleared. Distances are the fewest links that are not
`same_as`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from schemas.codes import CountryRole
from schemas.event import ThreatEvent
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind
from schemas.plan import Reason

Far = dict[str, int]
Ground = tuple[Reason, bool, Far]

_HARDEST_FIRST = [
    Reason.PERPETRATOR_CLOSURE, Reason.REQUESTING_STATE, Reason.TRANSIT_STATE,
    Reason.STATE_OF_PERPETRATOR, Reason.MECHANISM_OF_COMPLAINT, Reason.REPRESENTS,
    Reason.OFFICER_OF, Reason.UNKNOWN_PERPETRATOR_GROUP, Reason.CONTROLLER_NEEDS_TWO,
]  # fmt: skip
_HOUSES = {
    "company", "site", "investor", "bank", "export_credit_agency", "law_firm", "event_organiser",
    "state_body", "state", "mission",
}  # fmt: skip


@dataclass(frozen=True)
class Out:
    """What is said of one excluded party, but for the path."""

    reason: Reason
    tagged: bool
    clearable: bool
    distance: int

    @property
    def hardness(self) -> tuple[bool, bool, bool, int, int]:
        softer = self.reason is Reason.CONTROLLER_NEEDS_TWO
        rank = _HARDEST_FIRST.index(self.reason)
        return self.tagged, self.clearable, softer, rank, self.distance


def excluded(
    parties: Iterable[Party], links: Iterable[Link], event: ThreatEvent
) -> tuple[dict[str, Out], set[str]]:
    """Everybody excluded, and the codes of the states that firmly are."""
    parties, links = list(parties), list(links)
    ids = {*(party.id for party in parties), *(end for link in links for end in (link.a, link.b))}
    every = _World(parties, links, event, ids)
    firm = _World(parties, [link for link in links if not _soft(link, event)], event, ids)
    found: dict[str, Out] = {}
    for one, other in zip(every.grounds, firm.grounds, strict=True):
        reason, tagged, far = one
        outs = [(id, Out(reason, tagged, False, at)) for id, at in other[2].items()]
        outs += [
            (id, Out(reason, tagged, True, at)) for id, at in far.items() if id not in other[2]
        ]
        for id, out in outs:
            if id not in found or out.hardness < found[id].hardness:
                found[id] = out
    return found, firm.codes


def controllers_of_seeds(
    parties: Iterable[Party], links: Iterable[Link], event: ThreatEvent
) -> set[str]:
    """Who stands above the seeds."""
    world = _World(list(parties), list(links), event, set())
    return set(world.reach(world.seeds, world.up))


def _controls(link: Link) -> bool:
    half = link.kind is LinkKind.INVESTS_IN and link.share is not None and link.share >= 50
    return half or link.kind in (LinkKind.OPERATES, LinkKind.PARENT_OF)


def _soft(link: Link, event: ThreatEvent) -> bool:
    if _controls(link) or link.kind is LinkKind.BODY_OF:
        return False
    at = event.occurred.at
    ended = at is not None and link.valid_until is not None and link.valid_until < at.date()
    return ended or link.status not in (LinkStatus.VERIFIED, LinkStatus.DECLARED)


def _independent(party: Party) -> bool:
    judged = party.independence_override
    return party.kind is PartyKind.NHRI and party.ganhri == "A" and not judged


def _speaks(party: Party) -> bool:
    if party.ownership is Ownership.STATE_OWNED:
        return True
    return party.kind.value in ("state", "state_body", "mission", "nhri") and not _independent(
        party
    )


class _World:
    """The grounds over some links."""

    def __init__(
        self, parties: list[Party], links: list[Link], event: ThreatEvent, ids: set[str]
    ) -> None:
        self.party = {party.id: party for party in parties}
        self.ids = ids
        self.links = links
        self.event = event
        self.grounds: list[Ground] = []
        self.codes: set[str] = set()
        alleged = [p for p in event.parties if p.role in ("alleged_perpetrator", "adverse_party")]
        self.seeds = self._seeds({p.party: 0 for p in alleged if p.party})
        self._around(self.seeds, Reason.PERPETRATOR_CLOSURE, False)
        beside = ["security_contractor"]
        if event.code == "spyware":
            beside.append("technology_provider")
        named = {p.party: 0 for p in event.parties if p.role in beside and p.party}
        self._out(Reason.PERPETRATOR_CLOSURE, False, self.reach(named, self.down))
        self._countries()
        self._states(self.seeds, Reason.STATE_OF_PERPETRATOR, False)
        for part in alleged:
            if part.perpetrator_kind == "state":
                known = self.party.get(part.party or "")
                here = [c.code for c in event.countries if c.role is CountryRole.HAPPENED]
                for code in [known.state] if known and known.state else here:
                    self._state(self._coded(code), Reason.STATE_OF_PERPETRATOR, False)
                    self.codes.add(code)
        # Whether anybody is known does not depend on what may be cleared: control never is soft.
        unknown = not alleged or any(
            p.perpetrator_kind != "state" and not self._says_who(p.party) for p in alleged
        )
        roles = ("operator", "site", "employer")
        run = {p.party: 0 for p in event.parties if p.role in roles and p.party and unknown}
        self._around(run, Reason.UNKNOWN_PERPETRATOR_GROUP, True)
        self._states(run, Reason.UNKNOWN_PERPETRATOR_GROUP, True)
        self._mechanisms()

    # Relations: from an id to ids.

    def ends(self, id: str, kind: LinkKind, forward: bool) -> set[str]:
        if forward:
            return {link.b for link in self.links if link.kind is kind and link.a == id}
        return {link.a for link in self.links if link.kind is kind and link.b == id}

    def down(self, id: str) -> set[str]:
        below = {link.b for link in self.links if link.a == id and _controls(link)}
        return below | self.ends(id, LinkKind.CHAPTER_OF, False)

    def up(self, id: str) -> set[str]:
        return self.owners(id) | self.ends(id, LinkKind.CHAPTER_OF, True)

    def owners(self, id: str) -> set[str]:
        return {link.a for link in self.links if link.b == id and _controls(link)}

    def down_state(self, id: str) -> set[str]:
        bodies = self.ends(id, LinkKind.BODY_OF, False)
        free = {b for b in bodies if b in self.party and _independent(self.party[b])}
        return self.down(id) | (bodies - free)

    def same(self, id: str) -> set[str]:
        return self.ends(id, LinkKind.SAME_AS, True) | self.ends(id, LinkKind.SAME_AS, False)

    def reach(self, starts: Far, step: Callable[[str], set[str]]) -> Far:
        far = dict(starts)
        todo = list(far)
        while todo:
            id = todo.pop()
            nearer = [(other, far[id] + 1) for other in step(id)]
            nearer += [(other, far[id]) for other in self.same(id)]
            for other, at in nearer:
                if at < far.get(other, at + 1):
                    far[other] = at
                    todo.append(other)
        return far

    def alike(self, starts: Far) -> Far:
        return self.reach(starts, lambda _: set())

    def hop(self, starts: Far, *ways: tuple[LinkKind, bool]) -> Far:
        far: Far = {}
        for id, at in starts.items():
            for kind, forward in ways:
                for other in self.ends(id, kind, forward):
                    far[other] = min(far.get(other, at + 1), at + 1)
        return far

    # Grounds.

    def _out(self, reason: Reason, tagged: bool, far: Far) -> None:
        self.grounds.append((reason, tagged, far))

    def _kind(self, id: str) -> str:
        return self.party[id].kind.value if id in self.party else ""

    def _seeds(self, named: Far) -> Far:
        def members(id: str) -> set[str]:
            return self.ends(id, LinkKind.MEMBER_OF, False) if self._kind(id) == "group" else set()

        seeds = self.reach(named, members)
        people = {id: at for id, at in seeds.items() if self._kind(id) == "person"}
        for house, at in self.hop(people, (LinkKind.OFFICER_OF, True)).items():
            if self._kind(house) in _HOUSES:
                seeds[house] = min(at, seeds.get(house, at))
        return seeds

    def _around(self, seeds: Far, reason: Reason, tagged: bool) -> None:
        below = self.reach(seeds, self.down)
        above = {id: at for id, at in self.reach(seeds, self.up).items() if id not in below}
        operators: Far = {}
        partners: Far = {}
        owners: Far = {}
        for id, at in below.items():
            for other in self.owners(id) - set(below):
                run = any(
                    link.kind is LinkKind.OPERATES and (link.a, link.b) == (other, id)
                    for link in self.links
                )
                held = any(
                    link.kind is not LinkKind.OPERATES
                    and _controls(link)
                    and (link.a, link.b) == (other, id)
                    for link in self.links
                )
                if run and self._kind(id) == "site":
                    operators[other] = min(at + 1, operators.get(other, at + 1))
                if run and other not in above:
                    partners[other] = min(at + 1, partners.get(other, at + 1))
                if held and other not in above:
                    owners[other] = min(at + 1, owners.get(other, at + 1))
        operators = self.alike(operators)
        self._out(reason, tagged, below)
        starts = _nearest(above, owners)
        control = reason if tagged else Reason.CONTROLLER_NEEDS_TWO
        self._out(control, tagged, self.reach(starts, self.down))

        beside = _nearest(below, operators)
        guards = [(LinkKind.CONTRACTS_SECURITY, True), (LinkKind.HOSTS_PUBLIC_SECURITY, True)]
        joint = [(LinkKind.JOINT_VENTURE_WITH, True), (LinkKind.JOINT_VENTURE_WITH, False)]
        sold = [(LinkKind.PROVIDES_TECHNOLOGY, False)] if self.event.code == "spyware" else []
        clients = [(kind, False) for kind, _ in guards]
        aside = _nearest(
            partners, self.hop(beside, *joint, *guards, *sold), self.hop(below, *clients)
        )
        aside = self.alike(aside)
        sites = {id: at for id, at in aside.items() if self._kind(id) == "site"}
        aside = _nearest(aside, self.hop(sites, (LinkKind.OPERATES, False)))
        self._out(reason, tagged, self.reach(aside, self.down))
        self._for_hire(_nearest(beside, above), tagged)

    def _for_hire(self, houses: Far, tagged: bool) -> None:
        acted = (LinkKind.REPRESENTS, False)
        firms = {id: at for id, at in houses.items() if self._kind(id) == "law_firm"}
        law = _nearest(self.hop(houses, acted), self.hop(firms, (LinkKind.REPRESENTS, True)))
        self._out(Reason.REPRESENTS, tagged, self.reach(law, self.down))
        people = self.alike(self.hop(houses, (LinkKind.OFFICER_OF, False)))
        seats = _nearest(
            self.hop(houses, (LinkKind.OFFICER_OF, True)),
            self.hop(people, (LinkKind.OFFICER_OF, True)),
        )
        seats = {id: at for id, at in seats.items() if id not in houses}
        self._out(Reason.OFFICER_OF, tagged, self.reach(seats, self.down))

    def _countries(self) -> None:
        for role, reason in (
            (CountryRole.REQUESTING, Reason.REQUESTING_STATE),
            (CountryRole.TRANSIT, Reason.TRANSIT_STATE),
        ):
            for country in self.event.countries:
                if country.role is role:
                    self._state(self._coded(country.code), reason, False)
                    self.codes.add(country.code)

    def _coded(self, code: str) -> Far:
        far = {id: 0 for id in (code, f"state:{code}") if id in self.ids}
        for id in self._speakers(code):
            far[id] = 0 if self._kind(id) == "state" else min(1, far.get(id, 1))
        return far

    def _speakers(self, code: str) -> Iterator[str]:
        return (id for id, party in self.party.items() if party.state == code and _speaks(party))

    def _states(self, seeds: Far, reason: Reason, tagged: bool) -> None:
        def step(id: str) -> set[str]:
            return self.owners(id) | self.ends(id, LinkKind.BODY_OF, True)

        far = self.reach(seeds, step)
        listed = {o for id in far for o in self.ends(id, LinkKind.BODY_OF, True)}
        starts: Far = {}
        for id, at in far.items():
            party = self.party.get(id)
            if id not in listed and not (party and _speaks(party)):
                continue
            code = party.state if party else (id[6:] if id.startswith("state:") else None)
            starts = _nearest(starts, {id: at})
            if code:
                named = {each for each in (code, f"state:{code}") if each in self.ids}
                named |= set(self._speakers(code))
                starts = _nearest(starts, dict.fromkeys(named, at + 1))
                if not tagged:
                    self.codes.add(code)
        self._state(starts, reason, tagged)

    def _state(self, starts: Far, reason: Reason, tagged: bool) -> None:
        far = self.reach(starts, self.down_state)
        self._out(reason, tagged, far)
        sold = {}
        if self.event.code == "spyware":
            sold = self.hop(far, (LinkKind.PROVIDES_TECHNOLOGY, False))
        self._out(Reason.PERPETRATOR_CLOSURE, tagged, self.reach(sold, self.down))
        self._for_hire(far, tagged)

    def _says_who(self, id: str | None) -> bool:
        if id not in self.party:
            return False
        return self._kind(id) != "site" or bool(self.owners(id) - {id})

    def _mechanisms(self) -> None:
        if self.event.reprisal_of is None:
            return
        ids = {p.party for p in self.event.parties if p.role == "mechanism"}
        for id in sorted({*ids, self.event.reprisal_of.mechanism} - {None, ""}, key=str):
            start = self.alike({str(id): 0})
            run = {o: at + 1 for one, at in start.items() for o in self.owners(one) - set(start)}
            far = self.reach(_nearest(start, run), self.down)
            self._out(Reason.MECHANISM_OF_COMPLAINT, not run, far)


def _nearest(*fars: Far) -> Far:
    whole: Far = {}
    for far in fars:
        for id, at in far.items():
            whole[id] = min(at, whole.get(id, at))
    return whole
