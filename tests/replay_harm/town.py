"""An invented country of companies, missions and money, with the degrees of real lists.

Each shape that once hurt somebody stands in it at least once, by name, so that a report can be made
about it. Names are marked: whoever reads one outside a page has found a leak.
"""

import random  # noqa: TID251 (seeded: the same number, the same town)
from dataclasses import dataclass, field
from datetime import date

from schemas.contact import Contact, Endpoint, Level
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind
from tests.harness.people import Place
from tests.replay_harm.degrees import drawn
from tests.replay_harm.marks import KNOWN, PERSON, SECTOR

HERE = "QM"
STATES = ("QM", "QN", "QP", "QR", "QS", "QT")
COMPLAINT_LINE = "complaint-line"
"""Publishes under this name, and is a party that somebody alleged runs."""

Roles = dict[str, str]
"""Party -> the part it plays in a report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Something that a report may be about."""

    name: str
    roles: Roles
    perpetrator_kind: str = "company"
    more: dict[str, object] = field(default_factory=dict)
    """Further fields of the event."""


@dataclass(slots=True, kw_only=True)
class Town:
    """The registry as its files say it now; `reroll` of it is done by `change`."""

    parties: dict[str, Party] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    shapes: list[Shape] = field(default_factory=list)

    def place(self) -> Place:
        """All of it as records."""
        return Place(
            parties=tuple(self.parties.values()),
            links=tuple(self.links.values()),
            contacts=tuple(self.contacts.values()),
        )

    def of_kind(self, *kinds: str) -> list[str]:
        """Ids of the parties of these kinds."""
        return [each.id for each in self.parties.values() if each.kind.value in kinds]


class Builder:
    """Builds a town from chance alone."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.town = Town()

    def build(self) -> Town:
        """A town with all shapes."""
        for code in STATES:
            self._state(code)
        firms = [self._group(n) for n in range(5)]
        self._money(firms)
        self._helpers(firms)
        self._shapes(firms)
        return self.town

    # Records

    def party(self, id: str, kind: str, state: str | None = HERE, **more: object) -> str:
        name = f"{KNOWN} {id}"
        self.town.parties[id] = Party(id=id, kind=PartyKind(kind), name=name, state=state, **more)  # type: ignore[arg-type]
        return id

    def link(self, a: str, kind: str, b: str, **more: object) -> None:
        if a == b:
            return
        id = f"{a}.{kind}.{b}"
        sure = self.rng.random() < 0.85
        status = LinkStatus.VERIFIED if sure else self.rng.choice(tuple(LinkStatus))
        given = {"status": status, "source": "files", **more}
        self.town.links[id] = Link(id=id, kind=LinkKind(kind), a=a, b=b, **given)  # type: ignore[arg-type]

    def contact(self, party: str, level: str, *, rank: int = 0, sms: bool = False) -> str:
        id = f"{party}.{level}"
        ways = ("email", "sms") if sms else ("email",)
        self.town.contacts[id] = Contact(
            id=id,
            party=party,
            label=f"{PERSON} {level}",
            level=Level(level),
            rank=rank,
            endpoints=tuple(
                Endpoint(id=f"{id}.{way}", channel=way, address=f"{id}@{way}.example")
                for way in ways
            ),
        )
        return id

    # Parts

    def _state(self, code: str) -> None:
        state = self.party(f"state:{code}", "state", code)
        body = self.party(f"police-{code}", "state_body", code)
        self.link(body, "body_of", state, status=LinkStatus.VERIFIED)
        self.contact(body, "general")
        status = self.rng.choice(("A", "A", "B", None))
        self.contact(self.party(f"nhri-{code}", "nhri", code, ganhri=status), "secretariat")
        if code == HERE:
            return
        for host in (HERE, *(STATES[1:3] if self.rng.random() < 0.5 else ())):
            if host == code:
                continue
            mission = self.party(f"mission-{code}-{host}", "mission", code, located=host)
            self.link(mission, "accredited_to", f"state:{host}", status=LinkStatus.VERIFIED)
            self.contact(mission, "focal_point", sms=True)
            self.contact(mission, "commercial", rank=1)
            self.contact(mission, "capital_desk", rank=2)

    def _group(self, n: int) -> str:
        rng = self.rng
        home = rng.choice(STATES)
        ownership = rng.choice(tuple(Ownership))
        head = self.party(f"head-{n}", "company", home, ownership=ownership)
        self._company(head)
        firms = [head]
        for k in range(drawn(rng, "listed subsidiaries of a head", most=3)):
            firm = self.party(f"firm-{n}-{k}", "company", rng.choice((HERE, HERE, home)))
            self._company(firm)
            if rng.random() < 0.5:
                self.link(rng.choice(firms), "parent_of", firm)
            else:
                self.link(
                    rng.choice(firms), "invests_in", firm, share=rng.choice((30.0, 50.0, 80.0))
                )
            firms.append(firm)
        for k in range(drawn(rng, "sites of a supplier", most=3)):
            site = self.party(f"site-{n}-{k}", "site")
            self.contact(site, "site")
            self.link(rng.choice(firms), "operates", site)
        return rng.choice(firms)

    def _company(self, id: str) -> None:
        self.contact(id, "hq_human_rights")
        self.contact(id, self.rng.choice(("country_office", "sourcing", "legal")), rank=1)
        if self.rng.random() < 0.3:
            self.contact(id, "deputy", rank=2)

    def _money(self, firms: list[str]) -> None:
        rng = self.rng
        for n in range(6):
            buyer = self.party(f"buyer-{n}", "company", rng.choice(STATES), sectors=(SECTOR,))
            self._company(buyer)
            for firm in rng.sample(
                firms, min(len(firms), drawn(rng, "brands of an owner", most=3))
            ):
                self.link(buyer, "buys_from", firm, tier=rng.choice((None, 1, 2)))
        for n in range(5):
            fund = self.party(f"fund-{n}", "investor", rng.choice(STATES))
            self.contact(fund, "general")
            lasting = drawn(rng, "disclosures of an investor in a firm", most=3)
            for firm in rng.sample([*firms, "buyer-0", "buyer-1"], lasting):
                self.link(fund, "invests_in", firm, share=rng.choice((0.7, 2.0, 11.0)))

    def _helpers(self, firms: list[str]) -> None:
        rng = self.rng
        for n in range(3):
            msi = self.party(f"msi-{n}", "msi", None)
            self.contact(msi, "quick_response")
            several = drawn(rng, "members of an initiative in a country", most=4)
            for firm in rng.sample(firms, min(len(firms), several)):
                self.link(firm, "member_of", msi)
        for n in range(2):
            union = self.party(f"union-{n}", "union")
            self.contact(union, "general")
            self.link(rng.choice(firms), "member_of", union)
        for n, kind in enumerate(("protection", "protection", "mechanism", "law_firm", "law_firm")):
            helper = self.party(f"{kind}-{n}", kind, rng.choice(STATES), support=("relocation",))
            self.contact(helper, "general")
        self.link("law_firm-3", "represents", rng.choice(firms))

    # Shapes

    def _shapes(self, firms: list[str]) -> None:
        rng, shapes = self.rng, self.town.shapes
        soe = self._named("soe", ownership=Ownership.STATE_OWNED)
        self.link(soe, "body_of", f"state:{HERE}", status=LinkStatus.VERIFIED)
        shapes.append(Shape(name="state_owned", roles={soe: "alleged_perpetrator"}))
        police: Roles = {f"police-{HERE}": "alleged_perpetrator", firms[0]: "operator"}
        shapes.append(Shape(name="state", roles=police, perpetrator_kind="state"))

        pit = self.party("jv-pit", "site")
        one, other = self._named("jv-one"), self._named("jv-other")
        for partner in (one, other):
            self.link(partner, "operates", pit)
        for n in range(drawn(rng, "groups of a site", most=3) - 1):
            self.link(self._named(f"jv-more-{n}"), "operates", pit)
        self.link(one, "joint_venture_with", other)
        shapes.append(Shape(name="joint_venture", roles={one: "alleged_perpetrator", pit: "site"}))

        guards, client = self._named("guards"), self._named("guarded")
        self.link(client, "contracts_security", guards, status=LinkStatus.LAPSED)
        self.link(client, "buys_from", guards, status=LinkStatus.VERIFIED)
        shapes.append(Shape(name="guard_firm", roles={guards: "alleged_perpetrator"}))
        shapes.append(Shape(name="guarded_client", roles={client: "alleged_perpetrator"}))

        sold = self._named("sold")
        self.link("buyer-0", "buys_from", sold, status=LinkStatus.VERIFIED)
        self.link("buyer-0", "contracts_security", sold, status=LinkStatus.REFUTED)
        shapes.append(Shape(name="once_a_client", roles={sold: "alleged_perpetrator"}))

        chamber = self.party("chamber", "msi", None)
        self.contact(chamber, "secretariat")
        officer = self.party("officer-1", "person")
        chaired = self._named("chaired")
        self.link(officer, "officer_of", chaired)
        self.link(officer, "officer_of", chamber)
        self.link(chaired, "member_of", chamber)
        shapes.append(Shape(name="association", roles={chaired: "alleged_perpetrator"}))

        bank = self.party("bank", "bank", "QN")
        self.contact(bank, "client_team")
        self.contact(bank, "complaints_office", rank=1)
        borrower = self._named("borrower")
        self.link(bank, "finances", borrower)
        shapes.append(Shape(name="bank_client", roles={borrower: "alleged_perpetrator"}))
        shapes.append(Shape(name="unknown_operator", roles={borrower: "operator"}))

        asked = {"countries": [{"code": HERE}, {"code": "QP", "role": "requesting"}]}
        asked["countries"].append({"code": "QT", "role": "transit"})
        shapes.append(
            Shape(name="requesting_state", roles={}, more={**asked, "code": "extradition_risk"})
        )

        line = self.party(COMPLAINT_LINE, "mechanism")
        self.contact(line, "complaints_office")
        runs = self._named("runs-the-line")
        self.link(runs, "operates", line)
        shapes.append(
            Shape(
                name="complaint_line",
                roles={line: "mechanism", firms[1]: "alleged_perpetrator"},
                more={"reprisal_of": {"mechanism": line, "complaint": "c-1"}},
            )
        )
        for n, firm in enumerate(firms):
            shapes.append(Shape(name=f"firm_{n}", roles={firm: "alleged_perpetrator"}))

    def _named(self, id: str, **more: object) -> str:
        self._company(self.party(id, "company", HERE, **more))
        rng = self.rng
        self.link(f"buyer-{rng.randrange(6)}", "buys_from", id)
        self.link(f"fund-{rng.randrange(5)}", "invests_in", id, share=3.0)
        return id


def change(town: Town, rng: random.Random) -> str:
    """Change something in the files as people do; its name."""
    what = rng.choice(
        (
            "new tie",
            "new tie",
            "ended",
            "dropped",
            "other status",
            "other end",
            "privatised",
            "moved",
        )
    )
    companies = town.of_kind("company")
    if what == "new tie":
        a, b = rng.sample(companies, 2)
        kind = rng.choice(("parent_of", "contracts_security", "joint_venture_with", "same_as"))
        id = f"{a}.{kind}.{b}"
        town.links[id] = Link(
            id=id, kind=LinkKind(kind), a=a, b=b, status=LinkStatus.VERIFIED, source="files"
        )
        return what
    if what in ("privatised", "moved"):
        id = rng.choice(["soe", *companies])
        party = town.parties[id]
        values = {name: getattr(party, name) for name in Party.__slots__}
        changed = {"ownership": Ownership.PRIVATE} if what == "privatised" else {"state": "QS"}
        town.parties[id] = Party(**{**values, **changed})
        return what
    id = rng.choice(sorted(town.links))
    link = town.links[id]
    values = {name: getattr(link, name) for name in Link.__slots__}
    if what == "dropped":
        del town.links[id]
        return what
    if what == "ended":
        values["valid_until"] = date(2027, 1, 31)
    elif what == "other status":
        values["status"] = rng.choice((LinkStatus.UNVERIFIED, LinkStatus.DISPUTED))
    elif town.parties[link.b].kind is PartyKind.COMPANY:
        values["b"] = rng.choice([each for each in companies if each != link.a])
    town.links[id] = Link(**values)
    return what
