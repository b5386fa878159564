"""The registry's arrays in a file: whole and of this release, or as good as none."""

import os
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from engine.registry.kept import UnusableError, load, save, version_in
from rules.graph import Registry
from tests.unit.rules.build import NOW, K, L, a_contact, a_link, a_party
from tests.unit.rules.test_overlay import Edit, answers, edits, scratch

LINKS = [
    a_link("a", L.PARENT_OF, "b", share=33.3, evidence="p. 7"),
    a_link("b", L.BUYS_FROM, "c", tier=2, sectors=("mining",), as_of=date(2026, 1, 1)),
    a_link("b", L.MEMBER_OF, "nobody", verified_by="ana", verified_at=NOW, value=2.5),
]
PARTIES = [a_party("a", state="QM"), a_party("b", K.MISSION, "QN"), a_party("é", K.SITE)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "registry.arrays"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(edits, edits)
def test_a_registry_read_back_answers_as_before_and_can_be_edited(
    path: Path, start: Edit, edit: Edit
) -> None:
    state = start.after(Edit())
    save(path, scratch(state), version="import-1")

    kept = load(path)
    again = kept.registry(state.contacts.values())

    assert kept.version == "import-1"
    assert answers(again) == answers(scratch(state))
    assert answers(edit.on(again)) == answers(scratch(edit.after(state)))


def test_every_field_of_a_party_and_a_link_comes_back(path: Path) -> None:
    save(path, Registry(PARTIES, links=LINKS), version="one")

    again = load(path).registry(())

    assert [again.link(link.id) for link in LINKS] == LINKS
    assert [again.party(party.id) for party in PARTIES] == PARTIES
    assert again.party("nobody") is None and again.party("stranger") is None
    assert sorted(party.id for party in again.parties()) == ["a", "b", "é"]


def test_addresses_stay_in_the_store_and_the_file_is_its_owners_alone(path: Path) -> None:
    registry = Registry(PARTIES, links=LINKS, contacts=[a_contact("a")])

    save(path, registry, version="one")

    assert b"mail.example" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == [path.name], "nothing is left beside it"
    assert load(path).registry([a_contact("a")]).version == registry.version
    assert load(path).registry(()).version != registry.version


def test_any_byte_that_is_missing_or_another_makes_it_useless(path: Path) -> None:
    save(path, Registry(PARTIES, links=LINKS), version="one")
    whole = path.read_bytes()
    for damaged in (
        b"",
        whole[:10],
        whole[: len(whole) // 2],
        whole[:-1],
        whole + b"x",
        b"PK\x03\x04" + whole[4:],
        *(whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :] for n in range(0, len(whole), 97)),
    ):
        path.write_bytes(damaged)

        with pytest.raises(UnusableError):
            load(path)
        version_in(path)  # may be told anything, and does not mind


def test_a_file_says_which_version_it_is_without_being_read(path: Path) -> None:
    save(path, Registry(PARTIES, links=LINKS), version="one")

    assert version_in(path) == "one"
    path.write_bytes(path.read_bytes()[:80])
    assert version_in(path) is None
    assert version_in(path.with_name("none")) is None


def test_a_file_of_a_release_with_other_kinds_is_not_read_as_if_it_were_ours(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.registry.kept.KINDS", ("feeds", *sorted(L)))
    save(path, Registry(PARTIES, links=LINKS), version="one")
    monkeypatch.undo()

    with pytest.raises(UnusableError, match="other kinds"):
        load(path)
    assert version_in(path) is None, "so that it is made anew"


def test_a_file_that_an_older_release_wrote_is_made_anew_and_not_kept_for_its_version(
    path: Path,
) -> None:
    save(path, Registry(PARTIES, links=LINKS), version="one")
    path.write_bytes(path.read_bytes().replace(b"arrays 2\n", b"arrays 1\n", 1))

    assert version_in(path) is None
    with pytest.raises(UnusableError, match="no file of arrays of this release"):
        load(path)


def test_a_write_that_fails_leaves_the_old_file_as_it_was(path: Path) -> None:
    save(path, Registry(PARTIES, links=LINKS), version="one")
    edited = Registry(PARTIES, links=LINKS).changed(links=[replace(LINKS[0], share=1.0)])

    with pytest.raises(ValueError, match="without edits"):
        save(path, edited, version="two")

    assert load(path).version == "one"
    with pytest.raises(FileNotFoundError):
        load(path.with_name("none"))


def test_ids_of_any_letters_come_back_though_they_stand_in_the_file_only_once(path: Path) -> None:
    ids = ['a"b', "a\\b", "tab\there", "\x7f", "é", "\U0001d49c", "\u2028", "{", "0"]
    parties = [a_party(id, kind) for id, kind in zip(ids, K, strict=False)]
    save(path, Registry(parties), version="one")

    again = load(path).registry(())

    assert [again.party(party.id) for party in parties] == parties
    assert again.version == Registry(parties).version


def test_links_edited_into_what_was_read_are_not_in_the_file_nor_in_what_is_read_next(
    path: Path,
) -> None:
    save(path, Registry(PARTIES, links=LINKS), version="one")
    more = [a_link("a", L.OPERATES, f"n{number}") for number in range(600)]

    edited = load(path).registry(()).changed(links=more)

    assert all(edited.link(link.id) == link for link in (*LINKS, *more)), "more than rows to spare"
    again = load(path).registry(())
    assert again.version == Registry(PARTIES, links=LINKS).version
    assert again.changed(links=more).version == edited.version


def test_what_is_saved_has_none_of_the_links_that_an_edit_laid_over_its_arrays(path: Path) -> None:
    registry = Registry(PARTIES, links=LINKS)
    save(path, registry, version="one")
    before = path.read_bytes()
    registry.changed(links=[a_link("a", L.OPERATES, f"n{number}") for number in range(9)])

    save(path, registry, version="one")

    assert path.read_bytes() == before
