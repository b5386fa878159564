"""Consent at the terminal, as a person on duty types it."""

from pathlib import Path

import pytest

from engine.cli.exits import Exit
from tests.integration.bootstrap.desk import Desk, an_event

SUBJECT = "hotline-a/person-7"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    return made


def test_a_consent_is_recorded_before_any_case_and_shown_with_its_history(desk: Desk) -> None:
    assert "Nobody but duty" in desk.said("consent", "show", SUBJECT)

    given = ("--audience", "missions", "--audience", "nhris", "--holder", "sister-1")
    assert "in force" in desk.said("consent", "give", SUBJECT, *given)
    assert "in force" in desk.said("consent", "narrow", SUBJECT, "--audience", "nhris")
    shown = desk.json("consent", "show", SUBJECT)

    assert shown["now"]["audiences"] == ["nhris"]
    assert (shown["now"]["holder"], shown["now"]["door"]) == ("sister-1", "terminal")
    assert [each["audiences"] for each in shown["history"]] == [["missions", "nhris"], ["nhris"]]
    assert "Taken back" in desk.said("consent", "revoke", SUBJECT)
    assert "taken back" in desk.said("consent", "show", SUBJECT)


def test_one_person_never_opens_companies_alone(desk: Desk) -> None:
    said = desk.said("consent", "give", SUBJECT, "--audience", "companies")
    assert "It counts once a second person agrees" in said
    shown = desk.json("consent", "show", SUBJECT)
    assert not shown["counts"] and shown["wider"]["needs"] == 2

    alone = desk.run("consent", "agree", SUBJECT, shown["wider"]["mark"])

    assert alone.exit_code == Exit.REFUSED
    assert "second person" in alone.output
    assert "Agree: tocsin consent agree" in desk.said("consent", "show", SUBJECT)


def test_whoever_speaks_for_the_person_says_why_they_could_not_be_asked(desk: Desk) -> None:
    proxy = ("consent", "give", SUBJECT, "--audience", "missions", "--basis", "guardian")

    refused = desk.run(*proxy)
    assert refused.exit_code == Exit.REFUSED and "could not be asked" in refused.output
    assert "in force" in desk.said(*proxy, "--inability", "child", "--note", "She is nine.")
    assert "nine" not in desk.said("consent", "show", SUBJECT)


def test_a_name_written_wrongly_was_said_to_have_stopped_everything(desk: Desk) -> None:
    """*Taken back. Nothing more leaves* — of somebody else, while the person's messages went on."""
    Path("event.json").write_text(an_event("person-7"), "utf-8")
    desk.json("event", "send", "event.json")

    wrong = desk.said("consent", "revoke", "hotline-a/persom-7")
    right = desk.said("consent", "revoke", SUBJECT)

    assert "No case is about hotline-a/persom-7" in wrong
    assert "nothing was stopped" in wrong and "Nothing more leaves" not in wrong
    assert "Nothing more leaves" in right and "No case" not in right


def test_nobody_is_given_a_page_about_a_name_that_nobody_knows(desk: Desk) -> None:
    """It would say that nobody was told, and its button would stop nothing."""
    refused = desk.run("case", "view-link", "--person", "hotline-a/persom-7")

    assert refused.exit_code == Exit.REFUSED
    assert "Nothing is known of hotline-a/persom-7" in refused.output
