"""Duty at the terminal: seen, changed and checked in the words of a tired person."""

import shutil
from pathlib import Path

import pytest

from engine.cli.exits import Exit
from tests.integration.bootstrap.desk import Desk

EXAMPLE = Path(__file__).parents[3] / "examples" / "roster.yaml"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """With the roster of the example in force."""
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    shutil.copy(EXAMPLE, "duty.yaml")
    made.said("registry", "import", "registry.yaml", "duty.yaml")
    return made


def test_a_night_at_the_terminal(desk: Desk) -> None:
    shown = desk.said("duty", "now")
    assert "handler" in shown
    assert "No page reaches:" in shown, "its channels are not those of this desk"
    assert "on a channel that is not switched on" in shown

    week = ("--from", "2098-03-03T00:00+01:00", "--until", "2098-03-10T00:00+01:00")
    entered = desk.said("duty", "absent", "Ben", *week)
    assert entered.startswith("Entered as d")
    assert "Chi" in entered

    who = desk.json("duty", "who", "--at", "2098-03-04T03:00+01:00")
    people = {each["role"]: each["now"]["people"] for each in who["roles"]}
    assert "person:ben" not in {p for some in people.values() for p in some}

    shown = desk.said("duty", "now")
    entry = next(line.split()[0] for line in shown.splitlines() if "Ben is away" in line)
    assert "On duty by it:" in desk.said("duty", "withdraw", entry)
    assert "Ben is away" not in desk.said("duty", "now")


def test_what_leaves_nobody_is_refused_with_when_and_entered_when_confirmed(desk: Desk) -> None:
    away = ("duty", "absent", "dia", "--until", "2099-01-01T00:00Z")
    night = ("duty", "absent", "dia", "--from", "2098-12-31T00:00Z", "--until", "2099-01-01T00:00Z")

    assert desk.run(*away).exit_code == Exit.USAGE, "longer than a year"
    refused = desk.run(*night)

    assert refused.exit_code == Exit.REFUSED
    assert "Nothing changed" in refused.output
    assert "director" in refused.output
    assert "nobody, so Eve (floor)" in refused.output
    assert "Entered as d" in desk.said(*night, "--confirm")


def test_the_import_and_doctor_say_what_the_check_finds(desk: Desk) -> None:
    files = ("registry.yaml", "roster.yaml")
    taken = desk.said("registry", "import", *files, "--accept-removals")

    assert "Look at it: roster.yaml:1:1: Nobody is second at any time" in taken
    assert "Nobody is second at any time" in desk.run("doctor").output


def test_two_swap_by_naming_any_time_within_their_shifts(desk: Desk) -> None:
    def handler(at: str) -> str:
        found = desk.json("duty", "who", "--at", at)["roles"][0]["now"]["people"]
        return str(found[0])

    night, later = "2098-03-29T23:00+01:00", "2098-03-30T23:00+02:00"
    mine, theirs = handler(night), handler(later)
    assert mine != theirs

    desk.said("duty", "swap", "--person", mine, "--at", night, "--with", theirs, "--theirs", later)

    assert (handler(night), handler(later)) == (theirs, mine)
    assert handler("2098-03-30T07:59+02:00") == theirs, "the whole of it: eleven hours that night"


def test_a_calendar_to_subscribe_to_is_given_an_address_that_can_be_changed(desk: Desk) -> None:
    address = desk.said("duty", "calendar", "--person", "ana", "--address").strip()

    assert address.endswith(".ics")
    assert desk.said("duty", "calendar", "--person", "ana", "--anew").strip() != address
    text = desk.said("duty", "calendar", "--person", "ana")
    assert text.startswith("BEGIN:VCALENDAR")
    assert "SUMMARY:On duty: handler" in text


def test_a_roster_is_checked_without_an_engine_each_finding_where_it_stands(desk: Desk) -> None:
    text = EXAMPLE.read_text("utf-8").replace('hours: "daily 08', 'hours: "daily 8')
    Path("typo.yaml").write_text(text.replace("rotation: seconds", "rotation: second"), "utf-8")
    Path("gap.yaml").write_text(
        EXAMPLE.read_text("utf-8").replace(
            "{id: handler, role: handler, rotation: handlers}",
            '{id: handler, role: handler, rotation: handlers, hours: "Mon-Sat 00:00-24:00 UTC"}',
        ),
        "utf-8",
    )
    on = Path("on.yaml")
    on.write_text("channels: {sms: {kind: outbox}, email: {kind: outbox}}\n", "utf-8")

    wrong = desk.run("duty", "lint", "typo.yaml", "--config", "on.yaml")
    gap = desk.run("duty", "lint", "gap.yaml", "--config", "on.yaml")
    sound = desk.run("duty", "lint", str(EXAMPLE), "--config", "on.yaml")

    assert (wrong.exit_code, sound.exit_code) == (Exit.USAGE, Exit.DONE), wrong.output
    line = next(n for n, s in enumerate(text.splitlines(), 1) if "rotation: seconds" in s)
    assert f"typo.yaml:{line}:" in wrong.output
    assert gap.exit_code == Exit.UNSOUND
    assert "Nobody is handler from Sun" in gap.output
    assert gap.output.startswith("gap.yaml:")
