"""Entities and persons of BODS as parties, each with the ids that mean the same one."""

from dataclasses import dataclass

from engine.registry.imports.countries import CountryColumn, state_party
from engine.registry.imports.fields import NO_TIME, each, inner, text, texts
from engine.registry.imports.natural import natural_id
from engine.registry.imports.ownership.bods_statements import SOURCE, Kind, Statement
from engine.registry.names.identifiers import IdentifierError, Scheme, identifier
from engine.registry.rows import Why
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind

NOT_NAMED = "Not named"
_KINDS = {
    "registeredEntity": PartyKind.COMPANY,
    "legalEntity": PartyKind.COMPANY,
    "arrangement": PartyKind.COMPANY,
    "anonymousEntity": PartyKind.COMPANY,
    "unknownEntity": PartyKind.COMPANY,
    "state": PartyKind.STATE,
    "stateBody": PartyKind.STATE_BODY,
}
KNOWN_TYPES = frozenset(_KINDS)
_NOBODY = frozenset({"anonymousEntity", "unknownEntity"})
_LEI_SCHEMES = frozenset({"XI-LEI", "LEI"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A party as a statement has it."""

    party: Party
    same: tuple[str, ...] = ()
    """Other ids of it: of its record, which relationships name, and of a register's number."""
    doubt: tuple[Why, str] | None = None


def record_id(record: str) -> str:
    """The id of whatever a record describes, if no better one is known; of an LEI, that."""
    lei = _lei(record)
    return f"lei:{lei}" if lei else natural_id(SOURCE, record)


def describe(said: Statement, countries: CountryColumn) -> Described:
    """The party of a statement on an entity or a person."""
    return _person(said) if said.kind is Kind.PERSON else _entity(said, countries)


def same_as(said: Statement, described: Described) -> tuple[Link, ...]:
    """What ties the ids together. That one record is itself is sure; that a register's number or an
    LEI is its own, is as sure as its source."""
    own = record_id(said.record)
    before = tuple(record_id(each) for each in said.replaces)
    links = []
    for other in sorted({*described.same, *before} - {described.party.id}):
        sure = said.official or other == own or other in before
        links.append(
            Link(
                id=f"{natural_id(SOURCE, said.record)}:same:{other}",
                kind=LinkKind.SAME_AS,
                a=described.party.id,
                b=other,
                status=LinkStatus.VERIFIED if sure else LinkStatus.UNVERIFIED,
                source=SOURCE,
                verified_by=SOURCE if sure else "",
            )
        )
    return tuple(links)


def _person(said: Statement) -> Described:
    id = natural_id(SOURCE, said.record)
    nobody = text(said.details, "personType") in ("anonymousPerson", "unknownPerson")
    return Described(
        party=Party(id=id, kind=PartyKind.PERSON, name=id.replace(":", " "), source=SOURCE),
        doubt=(Why.CONTROL_UNKNOWN, "personType") if nobody else None,
    )


def _entity(said: Statement, countries: CountryColumn) -> Described:
    details = said.details
    kind = _KINDS.get(said.entity_type, PartyKind.COMPANY)
    doubt = None if said.entity_type in KNOWN_TYPES else (Why.NOT_KNOWN, "entityType")
    if said.entity_type in _NOBODY:
        doubt = (Why.CONTROL_UNKNOWN, "entityType")
    seat, why = _seat(said, countries)
    if why is not None:
        doubt = doubt or (why, "jurisdiction")
    own = record_id(said.record)
    if kind is PartyKind.STATE and seat is not None:
        return Described(party=state_party(seat), same=(own,), doubt=doubt)
    ids = [*_identifiers(said), own]
    lei = next((id for id in ids if id.startswith("lei:")), "")
    id = lei or ids[0]
    name = text(details, "name")
    if not name and doubt is None:
        doubt = (Why.FIELD_MISSING, "name")
    listed = inner(details, "publicListing").get("hasPublicListing") is True
    return Described(
        party=Party(
            id=id,
            kind=kind,
            name=name or NOT_NAMED,
            aliases=texts(details, "alternateNames"),
            identifiers=(lei,) if lei else (),
            state=seat,
            ownership=Ownership.LISTED if listed else None,
            source=SOURCE,
            details=_details(said),
        ),
        same=tuple(other for other in ids if other != id),
        doubt=doubt,
    )


def _details(said: Statement) -> tuple[tuple[str, str], ...]:
    subtype = text(said.details, "entityType", "subtype") or text(said.details, "entitySubtype")
    found = {"entity_type": said.entity_type, "entity_subtype": subtype}
    if said.at > NO_TIME:
        found["as_of"] = said.at.date().isoformat()
    return tuple(sorted((key, value) for key, value in found.items() if value))


def _seat(said: Statement, countries: CountryColumn) -> tuple[str | None, Why | None]:
    for key in ("jurisdiction", "incorporatedInJurisdiction"):
        code, name = text(said.details, key, "code"), text(said.details, key, "name")
        if code or name:
            # `US-DE` is in US; a name alone is a word like any other.
            found = countries.code(code.split("-")[0]) if code else countries.word(name)
            return found.code, found.why
    return None, None


def _identifiers(said: Statement) -> list[str]:
    """LEIs as they are; the numbers of other registers as ids of ours."""
    found = []
    for one in each(said.details, "identifiers"):
        scheme, number = text(one, "scheme"), text(one, "id")
        lei = _lei(number) if scheme in _LEI_SCHEMES else ""
        if lei:
            found.append(f"lei:{lei}")
        elif scheme and number and scheme not in _LEI_SCHEMES:
            found.append(natural_id(SOURCE, "register", scheme, number))
    return found


def _lei(written: str) -> str:
    try:
        return identifier(Scheme.LEI, written).value
    except IdentifierError:
        return ""
