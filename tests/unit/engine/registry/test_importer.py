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


def test_a_value_that_was_written_is_in_no_message() -> None:
    (told,) = mistakes(r="contacts:\n  - {id: q, party: p, label: l, level: secret-name}\n")[:1]

    assert "secret-name" not in told
