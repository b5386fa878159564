"""Registry files in YAML: a record that is wrong keeps out itself, and nobody else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry.imports.formats import FORMATS
from engine.registry.imports.own.written import may_hold_roster
from engine.registry.imports.reading import NotTaken, read_file
from engine.registry.imports.together import FileRows
from engine.registry.roster_file import LISTS
from engine.registry.rows import Fate, RowRead
from tests.unit.engine.registry.imports.files import setting, text

GOOD = "  - {id: northmere, kind: company, name: Northmere Metals, state: QN}\n"
LINK = "  - {id: l1, kind: operates, a: northmere, b: pit, status: verified, source: list}\n"
DESK = (
    "contacts: [{id: c1, party: northmere, label: Desk, level: general,"
    " endpoints: [{id: e1, channel: email, address: desk@northmere.example}]}]\n"
)


def rows(content: str, name: str = "registry.yaml") -> tuple[RowRead, ...]:
    found = read_file(text(name, content), setting(), formats=FORMATS)
    assert isinstance(found, FileRows), found
    return found.rows


def not_taken(content: str) -> str:
    found = read_file(text("registry.yaml", content), setting(), formats=FORMATS)
    assert isinstance(found, NotTaken)
    return found.why


@pytest.mark.parametrize(
    ("record", "why", "column"),
    [
        ("{kind: company, name: No Id}", "field_missing", "id"),
        ("{id: x, kind: castle, name: X}", "not_known", "kind"),
        ("{id: x, kind: company, name: X, shoe_size: 9}", "not_known", ""),
        ("{id: x, kind: company, name: [X]}", "not_known", "name"),
        ("{id: x, kind: agreement, name: X, complaint_window: soon}", "not_a_number",
         "complaint_window"),
        ("{id: x, kind: agreement, name: X, complaint_window: 0}", "not_known",
         "complaint_window"),
        ("{id: x, kind: company, name: X, policy_as_of: last year}", "not_a_date", "policy_as_of"),
        ("{id: x, kind: company, name: '=cmd'}", "formula", "name"),
        ("Northmere Pit", "not_known", ""),
    ],
)  # fmt: skip
def test_a_party_that_cannot_be_read_is_named_with_its_line_and_the_rest_is_taken(
    record: str, why: str, column: str
) -> None:
    good, bad, link, contact = rows(f"parties:\n{GOOD}  - {record}\nlinks:\n{LINK}{DESK}")

    assert (bad.line, bad.fate, bad.why, bad.column) == (3, Fate.REFUSED, why, column)
    assert [each.fate for each in (good, link, contact)] == [Fate.IMPORTED] * 3
    assert (good.line, link.line, contact.line) == (2, 5, 6)
    assert link.links[0].b == "pit"


def test_a_party_that_was_refused_is_still_known_to_be_meant_so_that_its_links_exclude() -> None:
    bad, _ = rows(f"parties:\n  - {{id: pit, kind: castle, name: Pit}}\n{GOOD}")

    assert bad.left_out == ("pit",)


@pytest.mark.parametrize(
    ("record", "why", "column"),
    [
        ("{id: l2, kind: adores, a: x, b: y, status: verified, source: list}", "not_known", "kind"),
        ("{id: l2, kind: operates, a: x, status: verified, source: list}", "field_missing", "b"),
        ("{id: l2, kind: invests_in, a: x, b: y, status: verified, source: s, share: much}",
         "not_a_number", "share"),
        ("{id: l2, kind: operates, a: x, b: y, status: verified, source: s, valid_untill: 2030}",
         "not_known", ""),
    ],
)  # fmt: skip
def test_a_link_that_cannot_be_read_is_refused_alone(record: str, why: str, column: str) -> None:
    """A misspelt end would be a link without one."""
    good, bad = rows(f"links:\n{LINK}  - {record}\n")

    assert (bad.line, bad.why, bad.column) == (3, why, column)
    assert good.fate is Fate.IMPORTED and bad.links == ()


def test_json_is_read_likewise() -> None:
    good = {"id": "northmere", "kind": "company", "name": "Northmere"}
    bad = good | {"id": "pit", "kind": "castle"}

    found = rows(json.dumps({"parties": [good, bad]}), name="registry.json")

    assert [each.fate for each in found] == [Fate.IMPORTED, Fate.REFUSED]


@pytest.mark.parametrize(
    "content",
    [
        "parties:\n  - {id: a, kind: company, name: 'never closed}\n",
        "parties: {id: a, kind: castle}\n",
        "parties:\n  - {id: a, kind: castle, name: A}\nprinces: []\n",
        f"parties:\n{GOOD}  - {{id: a, kind: castle, name: A}}\npeople: []\n",
    ],
    ids=["no YAML", "no list", "a key that is none", "with a roster"],
)
def test_a_file_whose_form_is_wrong_and_one_with_a_roster_have_no_rows(content: str) -> None:
    assert "registry.yaml:" in not_taken(content)


@pytest.mark.parametrize("key", [*LISTS, "floor", "longest_hours"])
@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_a_roster_is_noticed_however_its_file_is_written(key: str, quote: str) -> None:
    """Else half of it would be taken, and the rest dropped in silence."""
    name = f"{quote}{key}{quote}"

    assert may_hold_roster(f"parties: []\n{name}: []\n".encode())
    assert may_hold_roster(f'{{"parties": [], {name} : []}}'.encode())
    assert may_hold_roster(f"  {name}:\n    - {{id: ana}}\n".encode())


def test_a_key_of_a_roster_in_disguise_is_refused_and_not_passed_over() -> None:
    disguised = f'parties:\n{GOOD}"\\x70eople": []\n'
    assert not may_hold_roster(disguised.encode())

    assert "write the keys of a roster plainly" in not_taken(disguised)


def test_a_registry_without_a_roster_is_no_roster() -> None:
    assert not may_hold_roster(f"parties:\n{GOOD}links:\n{LINK}{DESK}".encode())


RECORDS = st.lists(st.booleans(), min_size=1, max_size=12)


@given(RECORDS)
def test_every_record_comes_out_once_and_those_that_are_sound_are_taken(sound: list[bool]) -> None:
    lines = [
        f"  - {{id: p{n}, kind: {'company' if good else 'castle'}, name: P}}\n"
        for n, good in enumerate(sound)
    ]

    found = rows("parties:\n" + "".join(lines))

    assert [row.fate is Fate.IMPORTED for row in found] == sound
    assert [row.line for row in found] == [n + 2 for n in range(len(sound))]
    assert {p.id for row in found for p in row.parties} == {
        f"p{n}" for n, good in enumerate(sound) if good
    }
