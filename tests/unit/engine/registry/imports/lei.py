"""Invented LEIs and GLEIF records: no such code was ever given out."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.registry.history import Known
from engine.registry.imports.ownership.gleif import SOURCE, read
from engine.registry.imports.planning import plan
from engine.registry.imports.together import FileRows
from engine.registry.rows import RowRead, SourceFile
from rules.graph import Registry
from schemas.link import Link
from schemas.party import Party
from tests.unit.engine.registry.imports.files import setting

Record = dict[str, Any]


def lei(number: int) -> str:
    """A code with right check digits, of an issuer that does not exist."""
    body = f"QQQQ00INVENTED{number:04d}"
    value = int("".join(str(int(letter, 36)) for letter in f"{body}00"))
    return f"{body}{98 - value % 97:02d}"


def entity(number: int, name: str = "", *, at: str = "2024-01-01", **said: Any) -> Record:
    """A legal entity seated in an invented state."""
    registration = said.pop("RegistrationStatus", "ISSUED")
    return {
        "LEI": lei(number),
        "Entity": {
            "LegalName": name or f"Invented {number}",
            "LegalJurisdiction": "QM",
            "EntityCategory": "GENERAL",
            "EntityStatus": "ACTIVE",
            **said,
        },
        "Registration": {"LastUpdateDate": at, "RegistrationStatus": registration},
    }


def relationship(
    child: int,
    parent: int,
    *,
    at: str = "2024-01-01T10:00:00Z",
    kind: str = "IS_DIRECTLY_CONSOLIDATED_BY",
    status: str = "PUBLISHED",
    active: str = "ACTIVE",
    sources: str = "FULLY_CORROBORATED",
    since: str = "2020-01-01",
    until: str = "",
    deleted: str = "",
) -> Record:
    period = {"StartDate": since, "PeriodType": "RELATIONSHIP_PERIOD"}
    record: Record = {
        "Relationship": {
            "StartNode": {"NodeID": lei(child), "NodeIDType": "LEI"},
            "EndNode": {"NodeID": lei(parent), "NodeIDType": "LEI"},
            "RelationshipType": kind,
            "RelationshipPeriods": [period | ({"EndDate": until} if until else {})],
            "RelationshipStatus": active,
        },
        "Registration": {
            "LastUpdateDate": at,
            "RegistrationStatus": status,
            "ValidationSources": sources,
        },
    }
    if deleted:
        record["Extension"] = {"Deletion": {"DeletedAt": deleted}}
    return record


def exception(number: int, reason: str = "NON_PUBLIC", **more: Any) -> Record:
    return {
        "LEI": lei(number),
        "ExceptionCategory": "DIRECT_ACCOUNTING_CONSOLIDATION_PARENT",
        "ExceptionReason": reason,
        **more,
    }


def rows_of(records: Iterable[Record], *, verified_by: str = "") -> list[RowRead]:
    """The rows of a file with these records."""
    file = SourceFile(name="gleif.json", data=json.dumps(list(records)).encode())
    return list(read(file, setting(verified_by=verified_by)))


def links_of(records: Iterable[Record], *, verified_by: str = "") -> dict[str, Link]:
    """What a file with these records says of links, by id."""
    rows = rows_of(records, verified_by=verified_by)
    return {link.id: link for row in rows for link in row.links}


@dataclass(kw_only=True)
class Imported:
    """What is known once files have been imported one after another."""

    links: dict[str, Link] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    news: int = 0
    """How many of them changed anything."""


def one_after_another(files: Iterable[Sequence[Record]]) -> Imported:
    """Files of GLEIF, imported in this order."""
    return taken_in_turn((rows_of(records) for records in files), source=SOURCE)


def taken_in_turn(files: Iterable[Iterable[RowRead]], *, source: str) -> Imported:
    """What is known once these files of one source have been taken."""
    read_ones = (
        FileRows(
            name="file.json",
            sha256="",
            format=source,
            source=source,
            complete=False,
            updates=False,
            rows=tuple(rows),
        )
        for rows in files
    )
    found = Imported()
    for planned in plan(read_ones, Known()):
        found.news += bool(planned.changes.all)
        for change in planned.changes.all:
            if isinstance(change.record, Link):
                found.links[change.id] = change.record
            elif isinstance(change.record, Party):
                found.parties[change.id] = change.record
    return found


def registry_of(links: Iterable[Link]) -> Registry:
    return Registry(links=tuple(links))
