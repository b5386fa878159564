"""GLEIF: legal entities (level 1), who consolidates whom (level 2), and why nobody is named.

One file may mix the three and hold several states of a record (`ownership.states`). It may be a
copy with flat records, or the golden copy itself and its deltas, in JSON or XML
(`ownership.gleif_golden`).
What no other source does:

* only `Extension.Deletion` says that a record is taken back: it still reads ACTIVE, PUBLISHED;
* a relationship that reads ACTIVE while its registration is LAPSED was not renewed: nobody stands
  for it any more, so it excludes and includes nobody;
* an exception says that a parent is not named, and why: for a person, with nobody's name.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from engine.registry.imports import documents
from engine.registry.imports.countries import CountryColumn
from engine.registry.imports.fields import (
    NO_TIME,
    Data,
    NotTakenError,
    each,
    inner,
    text,
)
from engine.registry.imports.ownership import gleif_golden as golden
from engine.registry.imports.ownership import xml_records
from engine.registry.imports.ownership.gleif_relations import SOURCE, lei, relationship, when
from engine.registry.imports.ownership.states import State, rows, settle
from engine.registry.rows import Fate, Format, RowRead, Setting, SourceFile, Why
from schemas.party import Party, PartyKind

_KINDS = {
    "GENERAL": PartyKind.COMPANY,
    "BRANCH": PartyKind.COMPANY,
    "FUND": PartyKind.INVESTOR,
    "RESIDENT_GOVERNMENT_ENTITY": PartyKind.STATE_BODY,
    "INTERNATIONAL_ORGANIZATION": PartyKind.COMPANY,
}
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
_HEAD = 4_096
_GLEIFS = re.compile(rb"<(?:\w+:)?(?:LEIData|RelationshipData|ReportingExceptionData)[\s>]")
"""How its XML files begin."""
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
    for found in _found(file):
        if isinstance(found, RowRead):
            records.append((found, None))
            continue
        data = golden.flat(inner(found.data, "record") or found.data)
        try:
            records.append(_record(data, found.number, countries, setting))
        except NotTakenError as error:
            records.append((error.row(found.number), None))
    return rows(records, settle([state for _, state in records if state is not None]))


def _found(file: SourceFile) -> Iterator[documents.Document | RowRead]:
    if xml_records.looks_like(file):
        return xml_records.read(file, elements=golden.ELEMENTS)
    nested = b'"RelationshipRecord"' in file.data[:_HEAD]
    starts = ("LEI", "RelationshipRecord" if nested else "Relationship", "case")
    return documents.read(file, starts=starts, known=_KEYS, lists=golden.LISTS)


def _record(
    data: Data, line: int, countries: CountryColumn, setting: Setting
) -> tuple[RowRead, State | None]:
    if "Relationship" in data:
        return relationship(data, line, setting)
    if "ExceptionCategory" in data or "ExceptionReason" in data:
        return _exception(data, line), None
    if "Entity" in data:
        return _entity(data, line, countries, setting)
    raise NotTakenError(Why.WRONG_SHAPE, "")


def _entity(
    data: Data, line: int, countries: CountryColumn, setting: Setting
) -> tuple[RowRead, State]:
    """A legal entity. A retired one stays: links and old cases name it."""
    id = lei(text(data, "LEI"), "LEI")
    category = text(data, "Entity", "EntityCategory") or "GENERAL"
    if category == "SOLE_PROPRIETOR":
        raise NotTakenError(Why.NATURAL_PERSON, "Entity.EntityCategory")
    if category not in _KINDS:
        raise NotTakenError(Why.NOT_KNOWN, "Entity.EntityCategory")
    name = text(data, "Entity", "LegalName")
    if not name:
        raise NotTakenError(Why.FIELD_MISSING, "Entity.LegalName")
    at = when(data, setting)
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
        details=_details(data, at),
    )
    row = RowRead(line=line, fate=Fate.IMPORTED)
    if seat.code is None:
        column = "Entity.LegalJurisdiction"
        row = RowRead(line=line, fate=Fate.AMBIGUOUS, why=Why.COUNTRY_DOUBTFUL, column=column)
    return row, State(record=f"lei:{id}", at=at, parties=(party,))


def _details(data: Data, at: datetime) -> tuple[tuple[str, str], ...]:
    said = {
        "lei_category": text(data, "Entity", "EntityCategory"),
        "lei_entity": text(data, "Entity", "EntityStatus"),
        "lei_registration": text(data, "Registration", "RegistrationStatus"),
    }
    if inner(data, "Extension", "Deletion"):
        said["lei_registration"] = "DELETED"
    if at > NO_TIME:
        said["as_of"] = at.date().isoformat()
    return tuple(sorted((key, value) for key, value in said.items() if value))


def _exception(data: Data, line: int) -> RowRead:
    """Why no parent is named: somebody has to find out who controls it. Nobody's name is kept."""
    lei(text(data, "LEI"), "LEI")
    for column, known in (("ExceptionCategory", _CATEGORIES), ("ExceptionReason", _EXCEPTIONS)):
        if text(data, column) not in known:
            raise NotTakenError(Why.NOT_KNOWN, column)
    if inner(data, "Extension", "Deletion"):
        return RowRead(line=line, fate=Fate.IMPORTED)
    return RowRead(
        line=line, fate=Fate.AMBIGUOUS, why=Why.CONTROL_UNKNOWN, column="ExceptionReason"
    )


def _recognises(file: SourceFile) -> bool:
    if xml_records.looks_like(file):
        return _GLEIFS.search(file.data[:_HEAD]) is not None
    keys = documents.first_keys(file, lists=golden.LISTS)
    return bool(
        {"LEI", "Entity"} <= keys
        or "Relationship" in keys
        or "RelationshipRecord" in keys
        or {"LEI", "ExceptionCategory"} <= keys
        or {"case", "seq", "record"} <= keys
    )


GLEIF = Format(
    name="gleif",
    title="LEI records, relationships and exceptions of GLEIF",
    source=SOURCE,
    read=read,
    whole=golden.is_whole,
    recognises=_recognises,
)
