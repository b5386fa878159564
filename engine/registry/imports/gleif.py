"""GLEIF: legal entities (level 1), who consolidates whom (level 2), and why nobody is named.

One file may mix the three and hold several states of a record (`engine.registry.imports.states`).
What no other source does:

* only `Extension.Deletion` says that a record is taken back: it still reads ACTIVE, PUBLISHED;
* a relationship that reads ACTIVE while its registration is LAPSED was not renewed: nobody stands
  for it any more, so it excludes and includes nobody;
* an exception says that a parent is not named, and why: for a person, with nobody's name.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from engine.registry.imports import documents
from engine.registry.imports.countries import CountryColumn
from engine.registry.imports.fields import (
    NO_TIME,
    Data,
    DayError,
    NotTakenError,
    day,
    each,
    inner,
    moment,
    text,
)
from engine.registry.imports.rows import Fate, Format, RowRead, Setting, SourceFile, Why
from engine.registry.imports.states import State, rows, settle
from engine.registry.names.identifiers import IdentifierError, Scheme, identifier
from schemas.link import Link, LinkKind, LinkStatus
from schemas.party import Party, PartyKind

SOURCE = "gleif"

_KINDS = {
    "GENERAL": PartyKind.COMPANY,
    "BRANCH": PartyKind.COMPANY,
    "FUND": PartyKind.INVESTOR,
    "RESIDENT_GOVERNMENT_ENTITY": PartyKind.STATE_BODY,
    "INTERNATIONAL_ORGANIZATION": PartyKind.COMPANY,
}
_RELATIONS = {
    "IS_DIRECTLY_CONSOLIDATED_BY": ("direct", LinkKind.PARENT_OF),
    "IS_ULTIMATELY_CONSOLIDATED_BY": ("ultimate", LinkKind.PARENT_OF),
    "IS_INTERNATIONAL_BRANCH_OF": ("branch", LinkKind.PARENT_OF),
    "IS_SUBFUND_OF": ("subfund", LinkKind.PARENT_OF),
    "IS_FUND-MANAGED_BY": ("managed", LinkKind.OPERATES),
    "IS_FEEDER_TO": ("feeder", LinkKind.INVESTS_IN),
}
"""What stands in the id, and the link from the end node to the start node; of a feeder the other
way: it puts its money into its master and controls nothing."""
_STANDING = frozenset({"PUBLISHED", "PENDING_TRANSFER", "PENDING_ARCHIVAL"})
_NEVER_HELD = frozenset({"ANNULLED", "DUPLICATE"})
_ENDED = frozenset({"LAPSED", "RETIRED", "TRANSFERRED", "PENDING_VALIDATION"})
_AHEAD = timedelta(days=2)
"""How far a register's clock may be ahead of the day of the import."""
_CORROBORATED = "FULLY_CORROBORATED"
_LINK_STATES = frozenset({"ACTIVE", "INACTIVE", "NULL"})
_EXCEPTIONS = frozenset(
    """
    NO_LEI NATURAL_PERSONS NON_CONSOLIDATING NO_KNOWN_PERSON NON_PUBLIC BINDING_LEGAL_COMMITMENTS
    LEGAL_OBSTACLES DISCLOSURE_DETRIMENTAL DETRIMENT_NOT_EXCLUDED CONSENT_NOT_OBTAINED
    """.split()
)
_CATEGORIES = frozenset(
    f"{which}_ACCOUNTING_CONSOLIDATION_PARENT" for which in ("DIRECT", "ULTIMATE")
)
_OTHER_NAMES = (
    ("OtherEntityNames", "OtherEntityName", frozenset[str]()),
    # What a program has transliterated nobody stands for.
    (
        "TransliteratedOtherEntityNames",
        "TransliteratedOtherEntityName",
        frozenset({"AUTO_ASCII_TRANSLITERATED_LEGAL_NAME"}),
    ),
)
_KEYS = frozenset(
    """
    LEI Entity LegalName LegalJurisdiction EntityCategory HeadquartersAddress Country Registration
    RegistrationStatus LastUpdateDate Relationship StartNode EndNode NodeID NodeIDType
    RelationshipType RelationshipStatus RelationshipPeriods ValidationSources ExceptionCategory
    ExceptionReason ContentDate Extension Deletion DeletedAt record case seq
    """.split()
)


def read(file: SourceFile, setting: Setting) -> Iterator[RowRead]:
    """Each record once. A file of changes (`case`, `seq`, `record` a line) is read as well."""
    countries = CountryColumn(setting)
    records: list[tuple[RowRead, State | None]] = []
    for found in documents.read(file, starts=("LEI", "Relationship", "case"), known=_KEYS):
        if isinstance(found, RowRead):
            records.append((found, None))
            continue
        data = inner(found.data, "record") or found.data
        try:
            records.append(_record(data, found.number, countries, setting))
        except NotTakenError as error:
            records.append((error.row(found.number), None))
    return rows(records, settle([state for _, state in records if state is not None]))


def _record(
    data: Data, line: int, countries: CountryColumn, setting: Setting
) -> tuple[RowRead, State | None]:
    if "Relationship" in data:
        return _relationship(data, line, setting)
    if "ExceptionCategory" in data or "ExceptionReason" in data:
        return _exception(data, line), None
    if "Entity" in data:
        return _entity(data, line, countries)
    raise NotTakenError(Why.WRONG_SHAPE, "")


def _entity(data: Data, line: int, countries: CountryColumn) -> tuple[RowRead, State]:
    """A legal entity. A retired one stays: links and old cases name it."""
    id = _lei(text(data, "LEI"), "LEI")
    category = text(data, "Entity", "EntityCategory") or "GENERAL"
    if category == "SOLE_PROPRIETOR":
        raise NotTakenError(Why.NATURAL_PERSON, "Entity.EntityCategory")
    if category not in _KINDS:
        raise NotTakenError(Why.NOT_KNOWN, "Entity.EntityCategory")
    name = text(data, "Entity", "LegalName")
    if not name:
        raise NotTakenError(Why.FIELD_MISSING, "Entity.LegalName")
    seat = countries.code(text(data, "Entity", "LegalJurisdiction").split("-")[0])
    located = countries.code(text(data, "Entity", "HeadquartersAddress", "Country"))
    other = {
        text(one, inside)
        for outside, inside, never in _OTHER_NAMES
        for one in each(data, "Entity", outside)
        if text(one, "type") not in never
    }
    party = Party(
        id=f"lei:{id}",
        kind=_KINDS[category],
        name=name,
        aliases=tuple(sorted(other - {name, ""})),
        identifiers=(f"lei:{id}",),
        state=seat.code,
        located=located.code if located.code != seat.code else None,
        source=SOURCE,
        details=_details(data),
    )
    row = RowRead(line=line, fate=Fate.IMPORTED)
    if seat.code is None:
        column = "Entity.LegalJurisdiction"
        row = RowRead(line=line, fate=Fate.AMBIGUOUS, why=Why.COUNTRY_DOUBTFUL, column=column)
    return row, State(record=f"lei:{id}", at=_when(data), parties=(party,))


def _details(data: Data) -> tuple[tuple[str, str], ...]:
    said = {
        "lei_category": text(data, "Entity", "EntityCategory"),
        "lei_entity": text(data, "Entity", "EntityStatus"),
        "lei_registration": text(data, "Registration", "RegistrationStatus"),
    }
    if inner(data, "Extension", "Deletion"):
        said["lei_registration"] = "DELETED"
    if (at := _when(data)) > NO_TIME:
        said["as_of"] = at.date().isoformat()
    return tuple(sorted((key, value) for key, value in said.items() if value))


def _relationship(data: Data, line: int, setting: Setting) -> tuple[RowRead, State]:
    """Who stands above whom. Whatever is doubtful about it, that goes on excluding."""
    child = _node(data, "StartNode")
    parent = _node(data, "EndNode")
    if child == parent:
        raise NotTakenError(Why.LINKED_TO_ITSELF, "Relationship.EndNode")
    relation = text(data, "Relationship", "RelationshipType")
    where, kind = _RELATIONS.get(relation, ("other", LinkKind.PARENT_OF))
    feeds = kind is LinkKind.INVESTS_IN
    at, since, until, doubt = _times(data, setting)
    doubt = doubt or _unheard_of(data)
    status, by = _status(data, setting)
    if doubt and status is LinkStatus.VERIFIED:
        status, by = LinkStatus.UNVERIFIED, ""
    slot = f"{SOURCE}:{where}:{child}:"
    one_at_a_time = where not in ("feeder", "other")
    record = f"{slot}{parent}"
    state = State(record=record, at=at, rivals=slot if one_at_a_time else "")
    link = Link(
        id=record,
        kind=kind,
        a=f"lei:{child if feeds else parent}",
        b=f"lei:{parent if feeds else child}",
        status=status,
        source=SOURCE,
        valid_from=since,
        valid_until=until,
        as_of=state.day,
        evidence=relation if where != "other" else "",
        verified_by=by,
        verified_at=at if by and state.day else None,
    )
    state = replace(state, links=(link,))
    if doubt is None:
        return RowRead(line=line, fate=Fate.IMPORTED), state
    return RowRead(line=line, fate=Fate.AMBIGUOUS, why=doubt[0], column=doubt[1]), state


def _status(data: Data, setting: Setting) -> tuple[LinkStatus, str]:
    """What the register says of a relationship, and who stands for it."""
    registration = text(data, "Registration", "RegistrationStatus")
    if inner(data, "Extension", "Deletion") or registration in _NEVER_HELD:
        return LinkStatus.WITHDRAWN, ""
    active = text(data, "Relationship", "RelationshipStatus") == "ACTIVE"
    if registration not in _STANDING or not active:
        return LinkStatus.LAPSED, ""
    if text(data, "Registration", "ValidationSources") == _CORROBORATED:
        return LinkStatus.VERIFIED, SOURCE
    if setting.verified_by:
        return LinkStatus.VERIFIED, setting.verified_by
    return LinkStatus.UNVERIFIED, ""


def _unheard_of(data: Data) -> tuple[Why, str] | None:
    """A word that the register did not have when this was written."""
    known = (
        (("Relationship", "RelationshipType"), frozenset(_RELATIONS)),
        (("Relationship", "RelationshipStatus"), _LINK_STATES),
        (("Registration", "RegistrationStatus"), _STANDING | _NEVER_HELD | _ENDED),
    )
    for path, words in known:
        if text(data, *path) not in words:
            return Why.NOT_KNOWN, ".".join(path)
    return None


def _times(
    data: Data, setting: Setting
) -> tuple[datetime, date | None, date | None, tuple[Why, str] | None]:
    """When the register said so, since when and until when it holds, and what is wrong there.

    A period of accounts decides nothing, yet one in the year 202 says that nobody looked.
    """
    at = _when(data)
    if at.date() > setting.today + _AHEAD:
        # Believed, it would stand against every later word of the register.
        return NO_TIME, None, None, (Why.DATE_IMPOSSIBLE, "Registration.LastUpdateDate")
    since = until = None
    try:
        for period in each(data, "Relationship", "RelationshipPeriods"):
            start, end = day(period, "StartDate"), day(period, "EndDate", last=True)
            if start and end and start > end:
                raise DayError(Why.DATES_REVERSED)
            if text(period, "PeriodType") == "RELATIONSHIP_PERIOD":
                since, until = start, end
    except DayError as error:
        return at, None, None, (error.why, "Relationship.RelationshipPeriods")
    return at, since, until, None


def _exception(data: Data, line: int) -> RowRead:
    """Why no parent is named: somebody has to find out who controls it. Nobody's name is kept."""
    _lei(text(data, "LEI"), "LEI")
    for column, known in (("ExceptionCategory", _CATEGORIES), ("ExceptionReason", _EXCEPTIONS)):
        if text(data, column) not in known:
            raise NotTakenError(Why.NOT_KNOWN, column)
    if inner(data, "Extension", "Deletion"):
        return RowRead(line=line, fate=Fate.IMPORTED)
    return RowRead(
        line=line, fate=Fate.AMBIGUOUS, why=Why.CONTROL_UNKNOWN, column="ExceptionReason"
    )


def _when(data: Data) -> datetime:
    """When the register said so."""
    deleted = moment(data, "Extension", "Deletion", "DeletedAt")
    return max(moment(data, "Registration", "LastUpdateDate"), deleted)


def _node(data: Data, which: str) -> str:
    column = f"Relationship.{which}"
    if text(data, "Relationship", which, "NodeIDType") != "LEI":
        raise NotTakenError(Why.NOT_AN_IDENTIFIER, column)
    return _lei(text(data, "Relationship", which, "NodeID"), column)


def _lei(written: str, column: str) -> str:
    try:
        return identifier(Scheme.LEI, written).value
    except IdentifierError:
        raise NotTakenError(Why.NOT_AN_IDENTIFIER, column) from None


def _recognises(file: SourceFile) -> bool:
    keys = documents.first_keys(file)
    return bool(
        {"LEI", "Entity"} <= keys
        or "Relationship" in keys
        or {"LEI", "ExceptionCategory"} <= keys
        or {"case", "seq", "record"} <= keys
    )


GLEIF = Format(
    name="gleif",
    title="LEI records, relationships and exceptions of GLEIF",
    source=SOURCE,
    read=read,
    recognises=_recognises,
)
