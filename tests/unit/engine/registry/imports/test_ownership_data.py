"""The real registers of ownership, counted by hand and read: every record once, nothing shrinks.

Real companies stand here as entries of a register and are never put beside a threat.
"""

import csv
import json
from collections import Counter
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.registry.history import Known
from engine.registry.imports import planning
from engine.registry.imports.formats import FORMATS
from engine.registry.imports.ownership.gleif import GLEIF
from engine.registry.imports.reading import NotTaken, read_file
from engine.registry.imports.together import FileRows, together
from engine.registry.imports.together import Known as Named
from engine.registry.rows import Fate, Format, RowRead, SourceFile, Why
from schemas.link import Link, LinkKind, LinkStatus
from tests.unit.engine.registry.imports.files import TODAY, Records, records, setting, shared
from tests.unit.engine.registry.names.shared_data import DATA, needs_data

pytestmark = needs_data

OURS = ("gleif", "bods", "bods-words", "meip")
IMPORTED, AMBIGUOUS, REFUSED = Fate.IMPORTED, Fate.AMBIGUOUS, Fate.REFUSED
COUNTED = {
    # Entities, relationships: as many as there are, each taken.
    "gleif/lei-data.json": {IMPORTED: 13},
    "gleif/lei-updates-data.json": {IMPORTED: 5},
    "gleif/lei-updates-data2-new.json": {IMPORTED: 12},
    "gleif/lei-updates-data2.json": {IMPORTED: 12},
    "gleif/lei-updates-replaces-data.json": {IMPORTED: 2},
    "gleif/relationship-update-data.json": {IMPORTED: 6},
    "gleif/rr-data.json": {IMPORTED: 10},
    "gleif/rr-updates-data.json": {IMPORTED: 3},
    "gleif/rr-updates-data2-new.json": {IMPORTED: 10},
    "gleif/rr-updates-data2.json": {IMPORTED: 11},
    # Why no parent is named: for a person, but for one that was taken back.
    "gleif/repex-data.json": {AMBIGUOUS: 10},
    "gleif/repex-updates-data2-new.json": {AMBIGUOUS: 6, IMPORTED: 1},
    "gleif/repex-updates-data2.json": {AMBIGUOUS: 7},
    # A year 202, and an exception that stands until the next line.
    "gleif_changes.ndjson": {IMPORTED: 15, AMBIGUOUS: 2},
    "meip_mne_heads.csv": {IMPORTED: 482},
    "bods_0.3/2-single-update.json": {IMPORTED: 3, AMBIGUOUS: 1},
    "bods_0.4/bods-package-annotations.json": {IMPORTED: 2, AMBIGUOUS: 1},
    "bods_0.4/bods-package-entity-owning-entity.json": {IMPORTED: 3},
    "bods_0.4/bods-package-fi-soe.json": {IMPORTED: 9},
    "bods_0.4/bods-package-linking-annotations.json": {IMPORTED: 3},
    "bods_0.4/bods-package.json": {IMPORTED: 3},
    "bods_0.4/fermcat.json": {IMPORTED: 23},
    "bods_0.4/full-pep-declaration.json": {IMPORTED: 3},
    "bods_0.4/gleif-relationship-closed.json": {IMPORTED: 2},
    "bods_0.4/indirect-ownership.json": {IMPORTED: 5, AMBIGUOUS: 1},
    "bods_0.4/joint-ownership.json": {IMPORTED: 7},
    "bods_0.4/levent.json": {IMPORTED: 6, AMBIGUOUS: 1},
    "bods_0.4/listed-company-exempt-from-disclosure.json": {IMPORTED: 1, AMBIGUOUS: 1},
    "bods_0.4/mixed-direct-and-indirect-ownership.json": {IMPORTED: 5, AMBIGUOUS: 1},
    "bods_0.4/multiple-indirect-ownership.json": {IMPORTED: 7, AMBIGUOUS: 2},
    "bods_0.4/multiple-tax-residencies.json": {IMPORTED: 3},
    "bods_0.4/mutilple-indirect-ownership-2.json": {IMPORTED: 7, AMBIGUOUS: 2},
    "bods_0.4/nomination.json": {IMPORTED: 8},
    "bods_0.4/plc-entity-statement.json": {IMPORTED: 1},
    "bods_0.4/simple-pep-declaration.json": {IMPORTED: 3},
    "bods_0.4/tecido.json": {IMPORTED: 11},
    "bods_0.4/codelists/directOrIndirect.csv": {REFUSED: 3},
    "bods_0.4/codelists/entityType.csv": {REFUSED: 7},
    "bods_0.4/codelists/interestType.csv": {REFUSED: 23},
    "bods_0.4/codelists/recordStatus.csv": {REFUSED: 3},
    "bods_0.4/codelists/unspecifiedReason.csv": {REFUSED: 7},
}


@cache
def taken(path: str) -> FileRows:
    """A file of ours as the command reads it."""
    found = read_file(shared(f"ownership/{path}"), setting(), formats=FORMATS)
    assert not isinstance(found, NotTaken), found
    return found


@cache
def everything() -> tuple[FileRows, ...]:
    """All of the folder, as one import."""
    return tuple(together([taken(path) for path in sorted(COUNTED)], known=Named()))


def counted_by_itself(path: str) -> int:
    """How many records a file has, without any of our readers."""
    file = DATA / "ownership" / path
    text = file.read_text("utf-8")
    if path.endswith(".ndjson"):
        return len(text.splitlines())
    if path.endswith(".csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            return sum(1 for _ in csv.DictReader(lines))
    return len(json.loads(text))


def test_no_file_of_the_folder_is_passed_over() -> None:
    folder = DATA / "ownership"
    files = {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}
    assert files == set(COUNTED)


@pytest.mark.parametrize("path", sorted(COUNTED))
def test_every_record_comes_out_once_with_the_fate_somebody_counted(path: str) -> None:
    found = taken(path)
    assert found.format in OURS
    assert Counter(row.fate for row in found.rows) == COUNTED[path]
    assert len(found.rows) == counted_by_itself(path)
    assert len({row.line for row in found.rows}) == len(found.rows)


def test_all_of_it_together_contradicts_itself_nowhere() -> None:
    fates = Counter(row.fate for file in everything() for row in file.rows)
    assert fates == {IMPORTED: 697, AMBIGUOUS: 35, REFUSED: 43}
    reasons = Counter(row.why for file in everything() for row in file.rows if row.why)
    assert reasons == {Why.CONTROL_UNKNOWN: 34, Why.DATE_IMPOSSIBLE: 1, Why.VOCABULARY: 43}


def test_importing_all_of_it_twice_changes_nothing() -> None:
    twice = list(planning.plan([*everything(), *everything()], Known()))
    first, second = twice[: len(COUNTED)], twice[len(COUNTED) :]
    assert all(not planned.changes.all for planned in second)
    links = {c.id: c.record for p in first for c in p.changes.all if isinstance(c.record, Link)}
    assert Counter(each.source for each in links.values()) == {"gleif": 27, "bods": 78}


def test_a_relationship_that_reads_active_while_its_registration_lapsed_includes_nobody() -> None:
    found = records(taken("gleif/rr-data.json").rows)
    over = [each for each in found.links.values() if each.status is LinkStatus.LAPSED]
    assert len(over) == 2
    assert not any(each.current(TODAY) for each in over)
    assert {each.kind for each in found.links.values()} == {
        LinkKind.PARENT_OF,
        LinkKind.OPERATES,
    }


def test_a_deleted_relationship_still_reads_active_and_only_its_extension_tells() -> None:
    raw = json.loads((DATA / "ownership/gleif/rr-updates-data2-new.json").read_text("utf-8"))
    deleted = [n for n, record in enumerate(raw, 1) if "Extension" in record]
    assert [raw[n - 1]["Relationship"]["RelationshipStatus"] for n in deleted] == ["ACTIVE"]
    rows = {row.line: row for row in taken("gleif/rr-updates-data2-new.json").rows}
    assert [each.status for n in deleted for each in rows[n].links] == [LinkStatus.WITHDRAWN]


def test_the_change_stream_ends_as_it_is_documented() -> None:
    found = records(taken("gleif_changes.ndjson").rows)
    assert Counter(each.status for each in found.links.values()) == {
        LinkStatus.WITHDRAWN: 1,  # deleted, and the state of the year 202 before it
        LinkStatus.UNVERIFIED: 1,  # updated; only the firm itself says so
        LinkStatus.LAPSED: 1,  # the parent that was replaced
        LinkStatus.VERIFIED: 1,  # the one that replaced it
    }
    (retired,) = (p for p in found.parties.values() if ("lei_entity", "INACTIVE") in p.details)
    assert dict(retired.details)["lei_registration"] == "RETIRED"


@cache
def stream() -> tuple[dict[str, Any], ...]:
    lines = (DATA / "ownership/gleif_changes.ndjson").read_text("utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def in_order(order: list[dict[str, Any]]) -> SourceFile:
    data = "\n".join(json.dumps(each) for each in order).encode()
    return SourceFile(name="changes.ndjson", data=data)


def states(found: Records) -> tuple[Any, ...]:
    return found.links, found.parties


@settings(max_examples=6)
@given(st.randoms(use_true_random=False))
def test_the_change_stream_gives_the_same_in_any_order(random: Any) -> None:
    shuffled = list(stream())
    random.shuffle(shuffled)
    found = records(GLEIF.read(in_order(shuffled), setting()))
    assert states(found) == states(records(taken("gleif_changes.ndjson").rows))


def linked(links: dict[str, Link]) -> set[tuple[str, str, str]]:
    """Who stands in what relation to whom, whatever became of it: what exclusion goes by."""
    return {(each.kind.value, each.a, each.b) for each in links.values()}


def test_the_ties_to_go_by_do_not_become_fewer_by_what_the_register_says_next() -> None:
    before: set[tuple[str, str, str]] = set()
    known: dict[str, Link] = {}
    files = (plain(GLEIF, in_order([each]), number) for number, each in enumerate(stream()))
    for planned in planning.plan(files, Known()):
        found = {c.id: c.record for c in planned.changes.all if isinstance(c.record, Link)}
        known |= found
        assert before <= linked(known)
        before = linked(known)
    # To the day, as the whole file at once leaves it.
    assert known == records(taken("gleif_changes.ndjson").rows).links


def plain(format: Format, file: SourceFile, number: int) -> FileRows:
    rows: tuple[RowRead, ...] = tuple(format.read(file, setting()))
    return FileRows(
        name=f"{number}",
        sha256="",
        format=format.name,
        source=format.source,
        complete=False,
        updates=False,
        rows=rows,
    )


def test_later_files_of_the_same_records_only_add() -> None:
    """Each first edition, then its update; an older edition after a newer one is no news."""
    for old, new in (
        ("gleif/rr-updates-data2.json", "gleif/rr-updates-data2-new.json"),
        ("gleif/rr-data.json", "gleif/rr-updates-data.json"),
        ("gleif/lei-updates-data2.json", "gleif/lei-updates-data2-new.json"),
        ("gleif/lei-data.json", "gleif/lei-updates-data.json"),
    ):
        ends = []
        for order in ((old, new), (new, old)):
            links: dict[str, Any] = {}
            parties: dict[str, Any] = {}
            for planned in planning.plan([taken(path) for path in order], Known()):
                for change in planned.changes.all:
                    kept = links if isinstance(change.record, Link) else parties
                    kept[change.id] = change.record
            ends.append((links, parties))
        assert ends[0] == ends[1]


def test_no_natural_person_of_any_file_is_kept() -> None:
    """Names, days of birth and tax numbers that the files have of persons."""
    said: set[str] = set()
    for path in sorted(COUNTED):
        if not path.startswith("bods") or not path.endswith(".json"):
            continue
        for statement in json.loads((DATA / "ownership" / path).read_text("utf-8")):
            details = statement.get("recordDetails", statement)
            if "personType" not in details:
                continue
            said |= {name["fullName"] for name in details.get("names", ())}
            said |= {each["id"] for each in details.get("identifiers", ())}
            said |= {details["birthDate"]} if "birthDate" in details else set()
    assert len(said) > 25
    kept = repr([row for file in everything() for row in file.rows])
    firms = {"Person 1"}  # what some examples call one, and nothing says it of a firm
    assert not {each for each in said - firms if each in kept}


def test_the_heads_of_groups_are_found_by_lei_and_by_their_other_names() -> None:
    found = records(taken("meip_mne_heads.csv").rows)
    assert len(found.parties) == 482
    assert all(party.identifiers == (party.id,) for party in found.parties.values())
    assert all(party.state for party in found.parties.values())
    assert len({party.state for party in found.parties.values()}) == 38
    assert Counter(party.state for party in found.parties.values()).most_common(3) == [
        ("US", 216),
        ("GB", 49),
        ("JP", 28),
    ]
    assert sum(bool(party.aliases) for party in found.parties.values()) == 467
