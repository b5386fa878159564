"""FollowTheMoney: entities of other tools as parties and links. One JSON entity a line.

Our own mapping, without their library: it brings more than the rest of the engine together. What it
loses: `docs/reference/import-formats.md`. Nothing here is verified unless somebody stands for the
file; who an unknown link joins excludes and includes nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

from engine.registry.imports import documents
from engine.registry.imports.countries import CountryColumn
from engine.registry.imports.fields import Data, DayError, NotTakenError, day, inner, text
from engine.registry.imports.natural import natural_id
from engine.registry.imports.ownership.interests import WHOLE, holding
from engine.registry.names.identifiers import IdentifierError, Scheme, identifier
from engine.registry.rows import Fate, Format, RowRead, Setting, SourceFile, Why
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Ownership, Party, PartyKind

SOURCE = "ftm"
PAIRS_AT_MOST = 100
"""Links of one entity; its ends are lists."""
_PARTIES = {
    "Company": PartyKind.COMPANY,
    "Organization": PartyKind.COMPANY,
    "LegalEntity": PartyKind.COMPANY,
    "PublicBody": PartyKind.STATE_BODY,
    "Person": PartyKind.PERSON,
}
TOPICS = {"fin.bank": PartyKind.BANK, "fin.fund": PartyKind.INVESTOR}
STATE_OWNED_TOPIC = "gov.soe"
LISTED_TOPIC = "corp.public"
ENDS = {
    "Ownership": ("owner", "asset", LinkKind.PARENT_OF),
    "Directorship": ("director", "organization", LinkKind.OFFICER_OF),
    "Membership": ("member", "organization", LinkKind.MEMBER_OF),
    "Representation": ("agent", "client", LinkKind.REPRESENTS),
    "Debt": ("creditor", "debtor", LinkKind.FINANCES),
    "Succession": ("successor", "predecessor", LinkKind.SAME_AS),
    # Nobody knows what ties the two: beside one another, so each is excluded with the other.
    "UnknownLink": ("subject", "object", LinkKind.JOINT_VENTURE_WITH),
}
"""Schema -> the property that is `a`, the one that is `b`, and the link."""
_PRIVATE = frozenset({"Family", "Associate", "Employment", "Passport", "Identification"})
_COUNTRIES = ("jurisdiction", "mainCountry", "country")
_SURE = frozenset({"Ownership", "Directorship", "Membership", "Representation", "Debt"})
_KEYS = frozenset("id schema properties".split())
_Doubt = tuple[Why, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entity:
    number: int
    id: str
    schema: str
    properties: Data

    def values(self, name: str) -> tuple[str, ...]:
        """Texts, or the ids of entities that are nested."""
        found = self.properties.get(name)
        listed = found if isinstance(found, list) else [found]
        said = (each if isinstance(each, str) else text({"": each}, "", "id") for each in listed)
        return tuple(sorted({" ".join(each.split()) for each in said} - {""}))


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Each entity once. Of persons nothing but that there is one."""
    entities: list[_Entity | RowRead] = []
    for found in documents.read(file, starts=("id", "schema", "caption"), known=_KEYS):
        entities.append(found if isinstance(found, RowRead) else _entity(found.data, found.number))
    ids = {
        each.id: party_id(each.id, each.values("leiCode"))
        for each in entities
        if isinstance(each, _Entity) and each.schema in _PARTIES and each.schema != "Person"
    }
    countries = CountryColumn(setting)
    for each in entities:
        if isinstance(each, RowRead):
            yield each
            continue
        try:
            yield _row(each, ids, countries, setting)
        except NotTakenError as error:
            yield error.row(each.number)


def party_id(id: str, leis: tuple[str, ...] = ()) -> str:
    """The id of what FollowTheMoney calls `id`: by its LEI, else made of that."""
    for lei in leis:
        try:
            return f"lei:{identifier(Scheme.LEI, lei).value}"
        except IdentifierError:
            continue
    return natural_id(SOURCE, id)


def _entity(data: Data, number: int) -> _Entity | RowRead:
    id, schema = text(data, "id"), text(data, "schema")
    for column, value in (("id", id), ("schema", schema)):
        if not value:
            return NotTakenError(Why.FIELD_MISSING, column).row(number)
    return _Entity(number=number, id=id, schema=schema, properties=inner(data, "properties"))


def _row(
    entity: _Entity, ids: dict[str, str], countries: CountryColumn, setting: Setting
) -> RowRead:
    if entity.schema in _PARTIES:
        parties, doubt = _party(entity, countries)
        links = _own_links(entity, parties[0], ids)
    elif entity.schema in ENDS:
        parties = ()
        links, doubt = _links(entity, ids, setting)
    else:
        private = entity.schema in _PRIVATE
        raise NotTakenError(Why.NATURAL_PERSON if private else Why.NOT_KNOWN, "schema")
    return RowRead(
        line=entity.number,
        fate=Fate.AMBIGUOUS if doubt else Fate.IMPORTED,
        why=doubt[0] if doubt else None,
        column=doubt[1] if doubt else "",
        parties=parties,
        links=links,
        ahead=True,
    )


def _party(entity: _Entity, countries: CountryColumn) -> tuple[tuple[Party, ...], _Doubt]:
    if entity.schema == "Person":
        id = party_id(entity.id)
        person = Party(id=id, kind=PartyKind.PERSON, name=id.replace(":", " "), source=SOURCE)
        return (person,), None
    names = entity.values("name")
    if not names:
        raise NotTakenError(Why.FIELD_MISSING, "name")
    seat, doubt = _seat(entity, countries)
    topics = entity.values("topics")
    kind = next((TOPICS[each] for each in topics if each in TOPICS), _PARTIES[entity.schema])
    id = party_id(entity.id, entity.values("leiCode"))
    ownership = Ownership.LISTED if LISTED_TOPIC in topics else None
    party = Party(
        id=id,
        kind=kind,
        name=names[0],
        aliases=tuple(sorted({*names[1:], *entity.values("alias")} - {names[0]})),
        identifiers=(id,) if id.startswith("lei:") else (),
        state=seat,
        ownership=Ownership.STATE_OWNED if STATE_OWNED_TOPIC in topics else ownership,
        source=SOURCE,
    )
    return (party,), doubt


def _seat(entity: _Entity, countries: CountryColumn) -> tuple[str | None, _Doubt]:
    for column in _COUNTRIES:
        codes = {each.split("-")[0].upper() for each in entity.values(column)}
        found = [countries.code(code) for code in sorted(codes)]
        if len(found) == 1 and found[0].code:
            return found[0].code, None
        if found:
            return None, (Why.COUNTRY_DOUBTFUL, column)
    return None, None


def _own_links(entity: _Entity, party: Party, ids: dict[str, str]) -> tuple[Link, ...]:
    """What an entity says of itself: its record's id, and (in older files) whose daughter it is."""
    own, links = party_id(entity.id), []
    if own != party.id:
        links.append(_link(f"{own}:same", LinkKind.SAME_AS, party.id, own))
    for parent in entity.values("parent")[:PAIRS_AT_MOST]:
        other = ids.get(parent) or party_id(parent)
        if other != party.id:
            id = f"{own}:parent:{natural_id('', parent)}"
            links.append(_link(id, LinkKind.PARENT_OF, other, party.id))
    return tuple(links)


def _links(
    entity: _Entity, ids: dict[str, str], setting: Setting
) -> tuple[tuple[Link, ...], _Doubt]:
    first, second, kind = ENDS[entity.schema]
    pairs = list(product(entity.values(first), entity.values(second)))
    if not pairs:
        raise NotTakenError(Why.FIELD_MISSING, second if entity.values(first) else first)
    if len(pairs) > PAIRS_AT_MOST:
        raise NotTakenError(Why.TOO_LONG, first)
    share, sure, doubt = None, entity.schema in _SURE, None
    if entity.schema == "Ownership":
        share, doubt = _share(entity)
        kind, sure = holding(share, WHOLE if share is None else share)
    elif entity.schema == "UnknownLink":
        doubt = (Why.CONTROL_UNKNOWN, "schema")
    since, until, dates = _days(entity)
    doubt = doubt or dates
    stands = bool(setting.verified_by) and sure and doubt is None
    links = []
    for one, other in pairs:
        a, b = ids.get(one) or party_id(one), ids.get(other) or party_id(other)
        if a == b:
            raise NotTakenError(Why.LINKED_TO_ITSELF, second)
        links.append(
            Link(
                id=f"{natural_id(SOURCE, entity.id)}{natural_id('', one, other)}",
                kind=kind,
                a=a,
                b=b,
                status=LinkStatus.VERIFIED if stands else LinkStatus.UNVERIFIED,
                source=SOURCE,
                valid_from=since,
                valid_until=until,
                share=share,
                verified_by=setting.verified_by if stands else "",
            )
        )
    return tuple(links), doubt


def _link(id: str, kind: LinkKind, a: str, b: str) -> Link:
    """That a record is itself is sure; all else an entity says of itself is not."""
    sure = kind is LinkKind.SAME_AS
    return Link(
        id=id,
        kind=kind,
        a=a,
        b=b,
        status=LinkStatus.VERIFIED if sure else LinkStatus.UNVERIFIED,
        source=SOURCE,
        verified_by=SOURCE if sure else "",
    )


def _share(entity: _Entity) -> tuple[float | None, _Doubt]:
    """Per cent; None if it is not said, or in a way that may be anything."""
    written = entity.values("percentage")
    if not written:
        return None, None
    number = written[0].removesuffix("%").strip()
    if len(written) > 1 or not number.replace(".", "", 1).isdecimal() or not number.isascii():
        return None, (Why.NOT_A_NUMBER, "percentage")
    share = float(number)
    return (share, None) if share <= WHOLE else (None, (Why.SHARE_IMPOSSIBLE, "percentage"))


def _days(entity: _Entity) -> tuple[date | None, date | None, _Doubt]:
    """Of several the latest beginning and the earliest end."""
    try:
        starts = [day({"": each}, "", last=True) for each in entity.values("startDate")]
        ends = [day({"": each}, "") for each in entity.values("endDate")]
        since = max((each for each in starts if each), default=None)
        until = min((each for each in ends if each), default=None)
        if since and until and since > until:
            raise DayError(Why.DATES_REVERSED)
    except DayError as error:
        return None, None, (error.why, "startDate")
    return since, until, None


def _recognises(file: SourceFile) -> bool:
    return {"id", "schema", "properties"} <= documents.first_keys(file)


FTM = Format(
    name="ftm",
    title="Entities of FollowTheMoney",
    source=SOURCE,
    read=read,
    recognises=_recognises,
)
