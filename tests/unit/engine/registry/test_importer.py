"""Registry and roster files: every mistake at once, each where it stands."""

import pytest

from engine.registry import ImportRefused, read_files
from schemas.link import LinkKind
from schemas.party import PartyKind

GOOD = """
parties:
  - {id: mine, kind: company, name: Mine}
  - {id: pit, kind: site, name: Pit}
links:
  - {id: l1, kind: operates, a: mine, b: pit, status: verified, source: register}
contacts:
  - id: lea
    party: mine
    label: Human rights
    level: hq_human_rights
    endpoints: [{id: lea-mail, channel: email, address: lea@mine.example}]
"""
ROSTER = """
people:
  - {id: "person:ana", label: Ana, endpoints: ["email:lea-mail"]}
shifts:
  - {role: handler, person: "person:ana"}
"""


def mistakes(**files: str) -> list[str]:
    with pytest.raises(ImportRefused) as raised:
        read_files({f"{name}.yaml": text for name, text in files.items()})
    return [str(each) for each in raised.value.mistakes]


def test_several_files_make_one_import() -> None:
    found = read_files({"registry.yaml": GOOD, "roster.yaml": ROSTER})

    assert [party.kind for party in found.parties] == [PartyKind.COMPANY, PartyKind.SITE]
    assert [link.kind for link in found.links] == [LinkKind.OPERATES]
    assert found.roster is not None and found.roster.people[0].label == "Ana"


def test_json_is_read_as_well() -> None:
    found = read_files({"r.json": '{"parties": [{"id": "x", "kind": "ngo", "name": "X"}]}'})

    assert (found.parties[0].name, found.roster) == ("X", None)


def test_every_mistake_of_every_file_is_told_at_once() -> None:
    broken = "parties:\n  - {id: mine, kind: castle, nam: Mine}\n"

    told = mistakes(a=broken, b="links: 3\n")

    assert [line.split(": ")[0] for line in told] == [
        "a.yaml:2:5",
        "a.yaml:2:16",
        "a.yaml:2:30",
        "b.yaml:1:1",
    ]


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (("id: pit", "id: mine"), "registry.yaml:4:10", "comes twice"),
        (("party: mine", "party: mill"), "registry.yaml:9:12", "'mill' is not here"),
        (("label: Human rights", "label: x\n    hours: whenever"), "registry.yaml:11:12", "hours"),
        (("channel: email", "channel: fax"), "roster.yaml:3:49", "channel:endpoint id"),
    ],
)
def test_what_no_record_shows_alone_is_found(
    change: tuple[str, str], where: str, what: str
) -> None:
    (told,) = mistakes(registry=GOOD.replace(*change), roster=ROSTER)

    assert told.startswith(where) and what in told


def test_somebody_on_shift_who_is_nobody_is_found() -> None:
    (told,) = mistakes(registry=GOOD, roster=ROSTER.replace('person: "person:ana"', "person: bo"))

    assert "'bo' is not here" in told


ROTA = """
people:
  - {id: "person:ana", label: Ana, endpoints: ["email:lea-mail"]}
rotations:
  - {id: turns, people: ["person:ana"], every: daily, starts: 2026-11-02, at: "09:00", zone: UTC}
calendars:
  - {id: feasts, zone: UTC, country: DE, dates: [2026-12-24]}
layers:
  - {id: first, role: handler, rotation: turns, except_holidays: feasts}
absences:
  - {person: "person:ana", starts: "2026-12-01T09:00Z", ends: "2026-12-02T09:00Z"}
longest_hours: 24
"""


def test_a_rota_is_read_from_a_file() -> None:
    found = read_files({"registry.yaml": GOOD, "roster.yaml": ROTA}).roster

    assert found is not None
    assert (found.rotations[0].every, found.layers[0].rotation) == ("daily", "turns")
    assert found.calendars[0].dates[0].isoformat() == "2026-12-24"
    assert (len(found.absences), found.longest_hours) == (1, 24)


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (('people: ["person:ana"]', "people: [bo]"), "roster.yaml:5:26", "'bo' is not here"),
        (('people: ["person:ana"]', "people: []"), "roster.yaml:5:25", "nobody takes turns"),
        (("every: daily", "every: sometimes"), "roster.yaml:5:41", "write daily"),
        (('at: "09:00"', 'at: "9"'), "roster.yaml:5:75", "as 09:00"),
        (('"09:00", zone: UTC', '"09:00", zone: Mars'), "roster.yaml:5:94", "'Mars'"),
        (("country: DE", "country: QM"), "roster.yaml:7:38", "no holidays are known of 'QM'"),
        (("country: DE", "country: DE, region: XX"), "roster.yaml:7:50", "known: BB, BE"),
        (("rotation: turns", "rotation: spins"), "roster.yaml:9:42", "'spins' is not here"),
        (("rotation: turns, ", ""), "roster.yaml:9:5", "either a rotation or people"),
        (("role: handler", "role: floor"), "roster.yaml:9:23", "has no layers"),
        (("holidays: feasts", "holidays: days"), "roster.yaml:9:66", "'days' is not here"),
        (("turns, except", 'turns, hours: "8-16", except'), "roster.yaml:9:57", "Cannot read"),
        (("12-02T09", "11-02T09"), "roster.yaml:11:64", "ends before it begins"),
        (("12-02T09:00Z", "12-02T09:00"), "roster.yaml:11:57", "add its offset"),
        (("longest_hours: 24", "longest_hours: 0"), "roster.yaml:12:1", "greater than"),
        (("id: turns, ", ""), "roster.yaml:5:5", "id: is missing"),
    ],
)
def test_a_rota_that_could_wake_nobody_is_refused_where_it_stands(
    change: tuple[str, str], where: str, what: str
) -> None:
    told = mistakes(registry=GOOD, roster=ROTA.replace(*change))

    assert any(each.startswith(where) and what in each for each in told), told


def test_a_shift_whose_times_have_no_offset_is_refused() -> None:
    """It was taken, and comparing it with an instant failed every tick of every case."""
    naive = ROSTER.replace('"person:ana"}\n', '"person:ana", starts: "2026-12-01T09:00"}\n')

    told = mistakes(registry=GOOD, roster=naive)

    assert any("has no offset" in each for each in told), told


def test_a_value_that_was_written_is_in_no_message() -> None:
    (told,) = mistakes(r="contacts:\n  - {id: q, party: p, label: l, level: secret-name}\n")[:1]

    assert "secret-name" not in told
