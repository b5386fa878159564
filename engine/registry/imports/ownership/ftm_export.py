"""Our parties and links as entities of FollowTheMoney, for tools that read those.

No contacts and no endpoints; of persons the id alone; no conflict that a recipient declared. What
the other side cannot say becomes an unknown link with our word for it as its role.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.registry.imports.ownership.ftm import ENDS, LISTED_TOPIC, STATE_OWNED_TOPIC, TOPICS
from engine.registry.imports.ownership.interests import CONTROLLING
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind

Entity = Mapping[str, Any]

_SCHEMATA = {
    PartyKind.COMPANY: "Company",
    PartyKind.BANK: "Company",
    PartyKind.INVESTOR: "Company",
    PartyKind.LAW_FIRM: "Company",
    PartyKind.SITE: "RealEstate",
    PartyKind.PERSON: "Person",
    PartyKind.STATE: "PublicBody",
    PartyKind.STATE_BODY: "PublicBody",
    PartyKind.MISSION: "PublicBody",
    PartyKind.NHRI: "PublicBody",
    PartyKind.EXPORT_CREDIT_AGENCY: "PublicBody",
}
"""Everybody else is an Organization."""
_ASSETS = frozenset({"Company", "RealEstate"})
_TOPIC_OF = {kind: topic for topic, kind in TOPICS.items()}
_OWNS = frozenset({LinkKind.PARENT_OF, LinkKind.OPERATES, LinkKind.INVESTS_IN})
_SCHEMA_OF = {
    LinkKind.OFFICER_OF: "Directorship",
    LinkKind.MEMBER_OF: "Membership",
    LinkKind.REPRESENTS: "Representation",
    LinkKind.FINANCES: "Debt",
}


def lines(parties: Iterable[Party], links: Iterable[Link]) -> Iterator[bytes]:
    """The entities, one JSON object a line, ordered by id."""
    for entity in entities(parties, links):
        yield json.dumps(entity, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def entities(parties: Iterable[Party], links: Iterable[Link]) -> Iterator[Entity]:
    """Parties first, so that who reads them in order knows both ends of each link."""
    schemata = {}
    for party in sorted(parties, key=lambda each: each.id):
        schemata[party.id] = _SCHEMATA.get(party.kind, "Organization")
        yield _party(party, schemata[party.id])
    for link in sorted(links, key=lambda each: each.id):
        # That somebody declared a conflict is between them and us.
        if link.status is not LinkStatus.DECLARED:
            yield _link(link, schemata)


def _party(party: Party, schema: str) -> Entity:
    if schema == "Person":
        return _entity(party.id, schema)
    topics = [_TOPIC_OF.get(party.kind)]
    if party.ownership is Ownership.STATE_OWNED:
        topics.append(STATE_OWNED_TOPIC)
    elif party.ownership is Ownership.LISTED:
        topics.append(LISTED_TOPIC)
    organised = schema in ("Company", "Organization", "PublicBody")
    leis = [each.removeprefix("lei:") for each in party.identifiers if each.startswith("lei:")]
    country = party.state.lower() if party.state else None
    return _entity(
        party.id,
        schema,
        name=[party.name],
        alias=party.aliases,
        jurisdiction=[country] if organised else [],
        country=[] if organised else [country],
        leiCode=leis if organised else [],
        topics=topics,
        publisher=[party.source],
    )


def _link(link: Link, schemata: Mapping[str, str]) -> Entity:
    schema = _SCHEMA_OF.get(link.kind, "UnknownLink")
    share = link.share
    if link.kind in _OWNS and schemata.get(link.b, "Company") in _ASSETS:
        schema = "Ownership"
        if link.kind is not LinkKind.INVESTS_IN and share is not None and share < CONTROLLING:
            share = None  # control in spite of its share, not a holding of so little
    first, second, _ = ENDS[schema]
    ends = {first: [link.a], second: [link.b]}
    return _entity(
        f"link:{link.id}",
        schema,
        **ends,
        role=[link.kind.value],
        status=[link.status.value],
        startDate=[link.valid_from.isoformat() if link.valid_from else None],
        endDate=[link.valid_until.isoformat() if link.valid_until else None],
        percentage=[repr(share)] if schema == "Ownership" and share is not None else [],
        publisher=[link.source],
    )


def _entity(id: str, schema: str, **properties: Iterable[str | None]) -> Entity:
    said = {name: [each for each in values if each] for name, values in properties.items()}
    return {
        "id": id,
        "schema": schema,
        "properties": {name: values for name, values in said.items() if values},
    }
