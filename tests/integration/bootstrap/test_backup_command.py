"""A backup at the terminal: taken, looked at, put back; and the desk that starts on it is held."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.cli.app import app
from engine.cli.exits import Exit
from engine.settings import load_settings
from engine.store import stopping
from engine.store.database import Database
from engine.store.tables import cases
from tests.integration.bootstrap.desk import Desk, an_event, runner
from tests.integration.bootstrap.house import begin, mailbox, running, settings_in


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    return made


def _reported(desk: Desk, id: str) -> None:
    Path(f"{id}.json").write_text(an_event(id), "utf-8")
    desk.json("event", "send", f"{id}.json")


def test_what_came_after_the_backup_is_gone_and_what_came_before_is_back(desk: Desk) -> None:
    _reported(desk, "e-1")
    before = desk.json("case", "list")["cases"]
    taken = desk.json("backup", "kept")
    _reported(desk, "e-2")

    assert desk.json("restore", "--check", "kept")["rows"] == taken["rows"]
    refused = runner.invoke(app, ["restore", "kept"])
    assert refused.exit_code == Exit.USAGE
    assert "--aside" in refused.output
    assert len(desk.json("case", "list")["cases"]) == 2, "a refusal changes nothing"

    said = desk.said("restore", "--aside", "kept")
    assert "two people" in said
    assert desk.run("case", "list").exit_code == Exit.WHO, "log-ins end with the desk they were at"
    data = load_settings(Path("tocsin.yaml")).data_dir
    with closing(Database(f"sqlite:///{data / 'tocsin.db'}")) as database:
        refs = [row.ref for row in database.reader().execute(select(cases.c.ref))]
    assert refs == [each["ref"] for each in before]
    assert len(list(data.glob("*.before-*"))) >= 1, "what was there is kept"


def test_without_the_keys_of_cases_it_says_what_stays_closed(desk: Desk) -> None:
    desk.json("backup", "kept")
    Path("kept.keys").unlink()

    assert "not looked at" in desk.said("restore", "--check", "kept")
    assert "stays closed" in desk.said("restore", "--aside", "kept")


def test_a_backup_is_not_written_over_and_a_missing_place_is_named(desk: Desk) -> None:
    desk.json("backup", "kept")
    for file, said in (("kept", "is there already"), ("no/such/place", "cannot be written")):
        done = runner.invoke(app, ["backup", file])
        assert done.exit_code in (Exit.USAGE, Exit.UNREACHABLE)
        assert said in done.output


async def test_the_desk_that_starts_on_a_backup_calls_duty_and_tells_nobody_else(
    tmp_path: Path,
) -> None:
    async with mailbox() as (sink, letters):
        settings = settings_in(tmp_path, smtp_port=sink.port)
        begin(settings)
        async with running(settings):
            pass
        (settings.data_dir / "newest").write_text("99")
        async with running(settings) as engine:
            mail = await letters.next()
            stop = await engine.parts.reader.run(stopping.read)
    assert stop.on
    assert stop.by == "restore"
    assert mail.recipients == ("ana@desk.example",)
