"""All of the development data in one import: one table, and every row of every file in it.

What is counted here is counted without any code of ours: rows by the language's own reader of CSV,
records by its reader of JSON.
"""

import csv
import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from engine.cli import told_of
from engine.cli.importing import Run, Wish, plan_files
from engine.registry.history import Known
from engine.registry.imports.formats import FORMATS
from engine.registry.imports.reading import NotTaken, read_file
from engine.registry.imports.together import FileRows
from engine.registry.rows import Fate, SourceFile, Why
from tests.unit.engine.registry.imports.files import setting
from tests.unit.engine.registry.names.shared_data import DATA, needs_data

pytestmark = needs_data

NO_REGISTRY_DATA = {
    "LICENSES.txt": "licences in words",
    "README.md": "what the files are",
    "events/gdelt_sample.csv": "reports of events, coded; no parties",
    "events/synthetic.ndjson": "reports of invented events: for `tocsin event send`",
    "events/synthetic_labels.csv": "what a reader is to find in those reports",
}
"""The files that no format takes, and why none should."""
WORDS = frozenset(
    {
        "suppliers/osh_contributor_types.csv",
        "suppliers/osh_sectors.json",
        *(
            f"ownership/bods_0.4/codelists/{name}.csv"
            for name in (
                "directOrIndirect",
                "entityType",
                "interestType",
                "recordStatus",
                "unspecifiedReason",
            )
        ),
    }
)
"""Lists of words: every row is read, and refused because it names no party."""

COUNTS = ("read", "imported", "ambiguous", "refused")


@dataclass(frozen=True, kw_only=True)
class Everything:
    """One import of all files."""

    run: Run
    table: str
    result: dict[str, Any]


@cache
def everything() -> Everything:
    run = Run()
    files: list[FileRows] = []
    for path in sorted(DATA.rglob("*")):
        if path.is_file():
            name = path.relative_to(DATA).as_posix()
            file = SourceFile(name=name, data=path.read_bytes())
            found = read_file(file, setting(), formats=FORMATS)
            if isinstance(found, NotTaken):
                run.not_taken.append(found)
            else:
                files.append(found)
    plan_files(files, Known(), Wish(dry_run=True), run)
    table = "\n".join(told_of.lines(run, Wish()))
    return Everything(run=run, table=table, result=told_of.result(run, Wish()))


def counted(name: str) -> int:
    """Rows or records of a file, by the readers of the language."""
    path = DATA / name
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return (
                sum(1 for row in csv.reader(file, delimiter=";" if "missions" in name else ",")) - 1
            )
    text = path.read_text("utf-8")
    if path.suffix == ".ndjson":
        return sum(1 for line in text.splitlines() if json.loads(line))
    return _records(json.loads(text))


def _records(data: Any) -> int:
    """A list of records, or GLEIF's objects with one list each."""
    if isinstance(data, list):
        return len(data)
    lists = [each for each in data.values() if isinstance(each, list)]
    return sum(map(len, lists)) if lists else 1


def test_every_file_is_taken_or_listed_with_the_reason_why_not() -> None:
    lost = {each.name for each in everything().run.not_taken}
    taken = {each.file.name for each in everything().run.planned}
    there = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file()}

    assert lost == set(NO_REGISTRY_DATA)
    assert taken | lost == there
    for name in NO_REGISTRY_DATA:
        assert f"Not taken: {name}: no format has these columns or keys" in everything().table


def test_each_file_has_as_many_rows_as_the_language_reads_in_it() -> None:
    ours = {each["file"]: each["read"] for each in everything().result["files"]}

    assert ours == {name: counted(name) for name in ours}


def test_every_row_comes_out_once_with_a_line_of_its_own_and_a_reason_unless_imported() -> None:
    for each in everything().run.planned:
        assert len({row.line for row in each.file.rows}) == len(each.file.rows), each.file.name
        for row in each.file.rows:
            assert (row.why is None) == (row.fate is Fate.IMPORTED)
            assert row.fate is not Fate.REFUSED or not (row.parties or row.links or row.contacts)


def test_the_counts_of_every_file_add_up_and_the_table_ends_with_them() -> None:
    total: Counter[str] = Counter()
    for each in everything().result["files"]:
        assert each["read"] == each["imported"] + each["ambiguous"] + each["refused"]
        assert (
            sum(reason["count"] for reason in each["reasons"])
            == each["ambiguous"] + each["refused"]
        )
        assert all(len(reason["lines"]) == reason["count"] for reason in each["reasons"])
        total.update({name: each[name] for name in COUNTS})

    assert dict(total) == {name: everything().result["total"][name] for name in COUNTS}
    last = [line.split() for line in everything().table.splitlines() if line.startswith("all ")]
    assert last == [["all", *(f"{count:,}" for count in total.values())]]


def test_little_is_refused_and_each_refusal_is_what_the_files_are_known_for() -> None:
    refused = {
        (each["file"], reason["why"]): reason["count"]
        for each in everything().result["files"]
        for reason in each["reasons"]
        if reason["fate"] == "refused"
    }

    words = {name for name, why in refused if why == Why.VOCABULARY}
    assert words == WORDS
    assert {key: count for key, count in refused.items() if key[0] not in WORDS} == {
        ("embassies/missions_2022-11.csv", "id_twice"): 2,  # one item twice, said differently
        ("suppliers/wikirate_has_brands.csv", "linked_to_itself"): 20,
    }


def test_no_address_of_a_real_mission_comes_in_and_no_real_name_is_in_the_table() -> None:
    assert not [each for each in everything().run.planned for row in each.file.rows if row.contacts]
    assert "@" not in everything().table and "mailto" not in everything().table


def test_whatever_is_taken_can_be_stored() -> None:
    """Ids fit, no row contradicts another, no link is left hanging but where a format says so."""
    planned = everything().run.planned
    parties = {p.id for each in planned for row in each.file.rows for p in row.parties}
    for each in planned:
        for row in each.file.rows:
            if not row.ahead:
                assert all({link.a, link.b} <= parties for link in row.links), each.file.name
    ids = [change.id for each in planned for change in each.changes.all]
    assert max(map(len, ids)) <= 128
    versions = Counter((c.what, c.id, c.n) for each in planned for c in each.changes.all)
    assert max(versions.values()) == 1
