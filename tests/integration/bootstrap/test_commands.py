"""Commands against a desk: what they say is what is true, and one bad line holds up nobody."""

import json
import os
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from alembic import command
from sqlalchemy import delete

from engine.cli.app import app
from engine.cli.exits import Exit
from engine.clock import SystemClock
from engine.settings import load_settings
from engine.store.database import Database, transact
from engine.store.schema import check_version
from engine.store.tables import contact_versions
from tests.harness.house import free_port
from tests.harness.migrating import config
from tests.integration.bootstrap.desk import Desk, an_event, runner
from tests.integration.bootstrap.house import begin, running, settings_in


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    return made


def _reported(desk: Desk, *, consent: bool) -> str:
    Path("event.json").write_text(an_event("e-1", consent=consent), "utf-8")
    desk.json("event", "send", "event.json")
    return str(desk.json("case", "list")["cases"][0]["ref"])


RELEASE = ("--why", "protect_now", "--forecast", "low", "--wishes-read", "--partner", "our-desk")


@pytest.mark.parametrize("given", ["", "too short"])
def test_a_first_person_without_a_good_password_is_told_what_to_do(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    done = runner.invoke(app, ["init", "--person", "ana"], input=f"{given}\n" if given else None)

    assert done.exit_code == Exit.USAGE
    assert "failed" not in done.output
    assert len(done.output.splitlines()) == 2
    assert done.output.splitlines()[1].startswith("-> ")


def test_the_tables_of_the_desk_that_a_variable_names_are_brought_up_and_no_other_desk_is_made(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second, empty desk was made where one stood, and the old tables stayed as they were."""
    where, elsewhere = Path.cwd(), tmp_path / "elsewhere"
    elsewhere.mkdir()
    url = f"sqlite:///{load_settings(Path('tocsin.yaml')).data_dir.absolute() / 'tocsin.db'}"
    with closing(Database(url)) as database, closing(database.writer()) as conn:
        transact(conn, lambda c: command.downgrade(config(c), "0008"))
    settings = where / "tocsin.yaml"
    text = settings.read_text()
    for name in ("tocsin-data", "registry.yaml", "roster.yaml"):
        text = text.replace(f": {name}", f": {where / name}")
    settings.write_text(text)
    monkeypatch.setenv("TOCSIN_CONFIG", str(settings))
    monkeypatch.chdir(elsewhere)

    desk.said("init")

    assert not list(elsewhere.iterdir())
    with closing(Database(url)) as database, closing(database.reader()) as conn:
        check_version(conn)


def test_a_release_says_how_many_are_asked(desk: Desk) -> None:
    ref = _reported(desk, consent=True)

    assert "1 party is asked now" in desk.said("release", ref, "missions", *RELEASE)


def test_a_release_that_tells_nobody_says_so(desk: Desk) -> None:
    ref = _reported(desk, consent=False)

    assert "nobody can be told now" in desk.said("release", ref, "missions", *RELEASE)


IN_A_MONTH = f"{SystemClock().now() + timedelta(days=30):%Y-%m-%dT%H:%MZ}"
WHOLE = (
    *RELEASE, "--whether", "linked", "--waiting", "medium", "--until", IN_A_MONTH,
    *(
        word
        for point in (
            "convenor_legitimacy=accepted", "actors_ability=able", "power_dynamics=balanced",
            "previous_interventions=none", "context=fits",
        )
        for word in ("--check", point)
    ),
)  # fmt: skip


def test_half_a_release_is_not_taken_for_a_whole_one(desk: Desk) -> None:
    ref = _reported(desk, consent=True)

    assert "until somebody else" in desk.said("release", ref, "companies", *WHOLE)
    assert desk.run("release", ref, "companies", *WHOLE).exit_code == Exit.REFUSED
    desk.now("ben")
    assert "1 party is asked now" in desk.said("release", ref, "companies", *WHOLE)


def test_a_second_person_agrees_with_the_record_that_the_first_one_wrote(desk: Desk) -> None:
    ref = _reported(desk, consent=True)
    refused = desk.run("release", ref, "companies", *RELEASE)
    assert refused.exit_code == Exit.REFUSED
    for point in ("whether", "risk_of_waiting", "expires_at", "actors_ability", "power_dynamics"):
        assert point in refused.output
    desk.said("release", ref, "companies", *WHOLE)
    shown = desk.json("case", "show", ref)
    (record,) = shown["records"]
    assert (record["approver"], record["whether"]) == ("person:ana", "linked")
    assert record["preflight"]["context"] == "fits" and record["risk_of_not_acting"] == "medium"

    desk.now("ben")
    agree = ("--forecast", "low", "--wishes-read", "--agree-with")
    other = desk.run("release", ref, "companies", *agree, "another")
    assert other.exit_code == Exit.REFUSED and "read it, then agree" in other.output
    assert "1 party is asked now" in desk.said("release", ref, "companies", *agree, record["id"])


def test_what_is_known_of_the_person_is_said_at_the_terminal(desk: Desk) -> None:
    ref = _reported(desk, consent=True)

    desk.said("case", "status", ref, "in_hiding", "--note", "At a friend's")
    desk.said("case", "contact", ref, "ana")
    desk.said("case", "remedy", ref, "sought")
    shown = desk.json("case", "show", ref)

    assert shown["person"].startswith("The person is in hiding. Only Ana may speak with them.")
    assert (shown["contact_owners"], shown["remedy_sought"]) == (["person:ana"], True)
    assert [clock["clock"] for clock in shown["clocks"]] == ["protect", "respect", "remedy"]
    assert shown["clocks"][2]["next"].startswith("Follow up the remedy")
    assert "Three clocks:" in desk.said("case", "show", ref)
    assert desk.run("case", "contact", ref, "nobody").exit_code == Exit.REFUSED
    too_low = desk.run("case", "lower", ref, "--to", "watch", "--why", "misjudged")
    assert too_low.exit_code == Exit.REFUSED
    desk.said("case", "status", ref, "free")
    assert "Lowered." in desk.said("case", "lower", ref, "--to", "watch", "--why", "danger_passed")
    assert desk.json("case", "show", ref)["severity"] == "watch"


def test_certainty_sources_and_modes_are_judged_at_the_terminal(desk: Desk) -> None:
    ref = _reported(desk, consent=True)

    desk.said("case", "certainty", ref, "possible", "--why", "doubts")
    desk.said("case", "heard", ref, "clinic", "--reliability", "highly_reliable")
    desk.said("case", "heard", ref, "clinic", "--reliability", "highly_reliable")
    shown = desk.json("case", "show", ref)

    assert (shown["certainty"], shown["independent_sources"]) == ("possible", 2)

    desk.said("case", "quieter", ref, "quiet")
    public = desk.run("case", "louder", ref, "public")

    assert desk.json("case", "show", ref)["mode_ceiling"] == "quiet"
    assert public.exit_code == Exit.REFUSED
    for needed in ("consent", "sign-off", "forecast", "two people", "no public channel"):
        assert needed in " ".join(public.output.split())

    assert "two other people" in desk.said("case", "together", ref, "missions")
    desk.now("ben")
    bare = desk.run("release", ref, "missions", *RELEASE)
    assert bare.exit_code == Exit.REFUSED and "actors_ability" in bare.output
    needless = desk.run("case", "necessity", ref, "--why", "no_time")
    back = desk.run("case", "necessity", ref, "--withdraw")
    assert (needless.exit_code, back.exit_code) == (Exit.REFUSED, Exit.REFUSED)


def test_a_lift_says_whether_the_track_goes_on(desk: Desk) -> None:
    ref = _reported(desk, consent=True)
    desk.said("freeze", ref, "missions")

    assert "until somebody else lifts it too" in desk.said("lift", ref, "missions")
    assert desk.run("lift", ref, "missions").exit_code == Exit.REFUSED
    desk.now("ben")
    assert "goes on" in desk.said("lift", ref, "missions")


def test_nobody_approaches_an_audience_until_two_say_so_or_its_time_has_come(desk: Desk) -> None:
    ref = _reported(desk, consent=True)
    place = ("hold", "place", ref, "--track", "missions", "--reason", "talks", "--until")
    assert desk.run(*place, "2001-01-01T12:00Z").exit_code == Exit.REFUSED
    until = (SystemClock().now() + timedelta(days=2)).isoformat()
    assert "When it ends you are told" in desk.said(*place, until)
    (held,) = desk.json("hold", "list", ref)["holds"]
    assert held["hold"] in desk.said("hold", "list", ref)

    assert "until somebody else lifts it too" in desk.said("hold", "lift", ref, held["hold"])
    desk.now("ben")
    assert "What waited goes on" in desk.said("hold", "lift", ref, held["hold"])
    assert "Nobody is held" in desk.said("hold", "list", ref)


def test_a_drill_stops_nothing_and_says_whether_it_would(desk: Desk) -> None:
    _reported(desk, consent=True)
    said = desk.said("stop", "--drill")
    assert "nothing was stopped" in said
    assert "STOP" in said
    assert desk.json("stop", "--drill")["stopped"] is False


def test_two_people_switch_on_what_one_has_stopped(desk: Desk) -> None:
    assert "Only duty is told" in desk.said("stop")
    assert "stays stopped" in desk.said("stop", "--off")
    assert desk.run("stop", "--off").exit_code == Exit.REFUSED
    desk.now("ben")
    assert "goes on" in desk.said("stop", "--off")


def test_without_an_engine_nobody_believes_that_somebody_was_woken(desk: Desk) -> None:
    Path("event.json").write_text(an_event("e-1"), "utf-8")

    assert "nobody is told anything until" in desk.said("event", "send", "event.json")
    assert "nobody is told" not in desk.said("case", "list")


def test_a_door_behind_which_nobody_is_keeps_no_report_out(desk: Desk) -> None:
    """Its process number belongs to somebody else by now: to this test."""
    door = {"port": free_port(), "token": "t", "process": os.getpid(), "board": ""}
    Path("tocsin-data/engine.json").write_text(json.dumps(door), "utf-8")
    Path("event.json").write_text(an_event("e-1"), "utf-8")

    assert "Taken" in desk.said("event", "send", "event.json")


def test_doctor_sees_when_what_is_in_force_would_wake_nobody(desk: Desk) -> None:
    database = Database("sqlite:///tocsin-data/tocsin.db")
    with closing(database.writer()) as conn:
        transact(conn, lambda c: c.execute(delete(contact_versions)))
    database.close()

    done = desk.run("doctor")

    assert done.exit_code == Exit.UNSOUND
    assert "Pages would not arrive" in done.output
    assert "tocsin registry import registry.yaml roster.yaml" in done.output
    desk.said("registry", "import", "registry.yaml", "roster.yaml")
    assert desk.run("doctor").exit_code == Exit.DONE


def test_a_bad_line_in_a_file_holds_up_none_after_it(desk: Desk) -> None:
    lines = [an_event("e-1"), '{"oops":', an_event("e-2")]
    Path("events.jsonl").write_text("\n".join(lines), "utf-8")

    done = desk.run("event", "replay", "events.jsonl")

    assert done.exit_code == Exit.USAGE
    assert "events.jsonl:2: truncated" in done.output
    assert "2 of 3 were taken" in done.output
    assert desk.json("case", "list")["count"] == 2


def test_with_the_log_switched_off_nobody_waits_for_a_broker(desk: Desk) -> None:
    done = desk.run("kafka", "topics")

    assert done.exit_code == Exit.USAGE
    assert "switched off" in done.output


def test_whoever_makes_a_key_hears_whether_its_consents_count(desk: Desk) -> None:
    assert "each report that carries one is a task" in desk.said("source", "add", "hotline-b")
    counting = ("--types", "act warning consent to:missions")
    assert "a task" not in desk.said("source", "add", "hotline-c", *counting)


async def test_a_program_that_asks_wrongly_gets_the_shape_it_knows(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)

    async with running(settings) as engine, httpx2.AsyncClient(trust_env=False) as client:
        wrong_way = await client.get(f"{engine.address}/v1/events")
        nowhere = await client.post(f"{engine.address}/v1/nothing")

    assert (wrong_way.status_code, wrong_way.headers["allow"]) == (405, "POST")
    assert wrong_way.json()["problems"][0]["fix"] == "Send it with POST."
    assert (nowhere.status_code, nowhere.json()["outcome"]) == (404, "refused")
