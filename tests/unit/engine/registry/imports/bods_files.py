"""Invented statements of BODS, and the standard's own fictional examples."""

import json
from typing import Any

from engine.registry.imports.ownership.bods import read
from engine.registry.rows import RowRead, SourceFile
from rules.exclusion import closure
from rules.graph import Registry
from schemas.link import Link, LinkKind
from schemas.party import Party
from tests.unit.engine.registry.imports.files import Records, records, setting, shared
from tests.unit.rules.build import a_role, an_event

Statement = dict[str, Any]
FOLDER = "ownership/bods_0.4"


def entity(
    record: str, name: str = "", *, type: str = "registeredEntity", **said: Any
) -> Statement:
    details = {"entityType": {"type": type}, "name": name or record.title(), **said}
    return _statement("entity", record, details)


def person(record: str, **said: Any) -> Statement:
    details = {"personType": "knownPerson", "names": [{"fullName": "Ana Secret"}], **said}
    return _statement("person", record, details)


def interest(
    subject: str,
    holder: Any,
    *types: str,
    record: str = "",
    status: str = "new",
    at: str = "2024-01-01",
    source: str = "officialRegister",
    **said: Any,
) -> Statement:
    """A relationship with interests of these types, all else of them as said."""
    held = [{"type": each, **said} for each in types]
    details = {"subject": subject, "interestedParty": holder, "interests": held}
    found = _statement("relationship", record or f"{subject}-{holder}", details)
    return {**found, "recordStatus": status, "statementDate": at, "source": {"type": [source]}}


def _statement(kind: str, record: str, details: dict[str, Any]) -> Statement:
    return {
        "statementId": f"s-{record}",
        "statementDate": "2024-01-01",
        "recordId": record,
        "recordType": kind,
        "recordStatus": "new",
        "recordDetails": details,
    }


def rows_of(*statements: Statement, verified_by: str = "") -> list[RowRead]:
    file = SourceFile(name="bods.json", data=json.dumps(statements).encode())
    return list(read(file, setting(verified_by=verified_by)))


def of(*statements: Statement, verified_by: str = "") -> Records:
    return records(rows_of(*statements, verified_by=verified_by))


def link(*statements: Statement, verified_by: str = "") -> Link:
    """The one that says more than that something is itself."""
    found = of(*statements, verified_by=verified_by).links.values()
    (one,) = (each for each in found if each.kind != "same_as")
    return one


def example(name: str) -> Records:
    """One of the standard's examples, all of it invented."""
    return records(read(shared(f"{FOLDER}/{name}.json"), setting()))


def excluded(found: Records, alleged: Party) -> set[str]:
    """The names of those who must not hear of it, if this one is alleged; persons as `person`."""
    registry = Registry(found.parties.values(), links=found.links.values())
    event = an_event(parties=[a_role(alleged.id)])
    parties = (found.parties.get(entry.party) for entry in closure(registry, event).entries)
    return {party.name for party in parties if party is not None and party.kind != "person"}


def persons(found: Records, alleged: Party) -> int:
    """How many persons are among them."""
    registry = Registry(found.parties.values(), links=found.links.values())
    event = an_event(parties=[a_role(alleged.id)])
    parties = (found.parties.get(entry.party) for entry in closure(registry, event).entries)
    return sum(party is not None and party.kind == "person" for party in parties)


def above(found: Records, firm: Party) -> set[str]:
    """The names of those who stand above it, without saying anything about it; of a person,
    `person`."""
    seen, frontier = {firm.id}, [firm.id]
    while frontier:
        up = {each.a for each in found.by_kind(LinkKind.PARENT_OF) if each.b in frontier}
        frontier = sorted(up - seen)
        seen |= up
    parties = [found.parties[id] for id in seen - {firm.id}]
    return {"person" if party.kind == "person" else party.name for party in parties}
