"""A desk from its first minute: it refuses unsafe starts, wakes somebody, and ends calmly."""

import stat
from datetime import timedelta
from pathlib import Path

import httpx2
import orjson
import pytest
from sqlalchemy import text

from engine.access import PersonRole
from engine.bootstrap import CannotStartError, open_engine
from engine.bootstrap.alone import alone
from engine.bootstrap.doctor import examine
from engine.cli import asking
from engine.cli.exits import CommandError, Exit
from engine.cli.session import keep_session, session_path
from engine.cli.terminal import Terminal
from engine.intake.scope import scope_from
from engine.settings import Settings
from engine.store.database import Database, transact
from schemas.envelope import THREAT_TYPE
from tests.integration.bootstrap.house import (
    NO_FLOOR,
    begin,
    mailbox,
    running,
    settings_in,
)

PASSWORD = "correct horse battery staple"


def _event(id: str = "e-1") -> bytes:
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": id,
            "source": "hotline-a",
            "type": THREAT_TYPE,
            "data": {"event": {"code": "arrest", "situation": "s-1"}},
        }
    )


async def _key(engine: object) -> str:
    scope = scope_from(source="hotline-a", words="act warning", ceiling="critical")
    issued = await engine.house.sources.issue(  # type: ignore[attr-defined]
        scope, valid=timedelta(days=1), by="test"
    )
    return str(issued.text)


async def test_a_report_over_http_wakes_somebody(tmp_path: Path) -> None:
    async with mailbox() as (sink, letters):
        settings = settings_in(tmp_path, smtp_port=sink.port)
        begin(settings)
        async with running(settings) as engine, httpx2.AsyncClient(trust_env=False) as client:
            answer = await client.post(
                f"{engine.address}/v1/events",
                content=_event(),
                headers={
                    "authorization": f"Bearer {await _key(engine)}",
                    "content-type": "application/cloudevents+json",
                },
            )
            letter = await letters.next()

    assert answer.status_code == 202
    assert letter.recipients == ("ana@desk.example",)
    assert letter.text.startswith("Tocsin HIGH TC-")


async def test_a_calm_end_leaves_no_door_and_no_message_on_its_way(tmp_path: Path) -> None:
    async with mailbox() as (sink, letters):
        settings = settings_in(tmp_path, smtp_port=sink.port)
        begin(settings)
        async with running(settings) as engine:
            await engine.house.services.reports.take(_event(), by="person:ana")
            await letters.next()
            door = settings.data_dir / "engine.json"
            assert stat.S_IMODE(door.stat().st_mode) == 0o600

    assert not door.exists()
    database = Database(settings.database.get_secret_value())
    conn = database.reader()
    states = conn.execute(text("select distinct state from notifications")).scalars().all()
    conn.close()
    database.close()
    assert states == ["handed_off"]


async def test_the_pages_and_the_signs_of_health_answer(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)

    async with running(settings) as engine, httpx2.AsyncClient(trust_env=False) as client:
        alive = await client.get(f"{engine.address}/healthz")
        ready = await client.get(f"{engine.address}/readyz")
        metrics = await client.get(f"{engine.address}/metrics")
        board = await client.get(f"{engine.address}/", follow_redirects=True)

    assert (alive.status_code, ready.status_code, metrics.status_code) == (200, 200, 200)
    assert board.url.path == "/login"


async def test_without_a_floor_contact_nothing_starts(tmp_path: Path) -> None:
    (tmp_path / "roster.yaml").write_text(NO_FLOOR, "utf-8")
    settings = settings_in(tmp_path)
    begin(settings)

    with pytest.raises(CannotStartError, match="floor contact") as refused:
        open_engine(settings)

    assert "roster" in refused.value.next_step


async def test_keys_that_others_can_read_are_refused(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)
    (settings.keys_dir / "master.key").chmod(0o644)

    with pytest.raises(CannotStartError, match="chmod 600"):
        open_engine(settings)


async def test_without_keys_the_way_out_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match="tocsin init"):
        open_engine(settings_in(tmp_path))


async def test_a_second_engine_on_the_same_file_refuses(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)

    async with running(settings):
        with pytest.raises(CannotStartError, match="Another engine"):
            open_engine(settings)


async def test_tables_of_a_newer_release_are_left_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)
    database = Database(settings.database.get_secret_value())
    conn = database.writer()
    transact(conn, lambda c: c.execute(text("update alembic_version set version_num='9999'")))
    conn.close()
    database.close()

    with pytest.raises(CannotStartError, match="9999"):
        open_engine(settings)


async def test_a_taken_port_is_named_and_the_file_is_free_again(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)
    async with running(settings) as engine:
        port = int(engine.address.rpartition(":")[2])
        other = tmp_path / "other"
        other.mkdir()
        second = settings_in(other, http=settings.http.model_copy(update={"port": port}))
        begin(second)

        with pytest.raises(CannotStartError, match=str(port)):
            open_engine(second)

    async with running(second.model_copy(update={"http": settings.http})) as free:
        assert free.address


async def test_a_command_is_answered_by_the_engine_that_runs(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)
    terminal = _terminal(settings)

    async with running(settings) as engine:
        await _log_in_as_ana(engine.house.services.people, terminal)
        await asking.ask(terminal, "event.report", event=_event().decode())
        found = await asking.ask(terminal, "case.list")
        ref = found["cases"][0]["ref"]
        story = await asking.ask(terminal, "case.show", case=ref)

    assert found["count"] == 1
    assert "Arrest" in story["summary"]


async def test_without_an_engine_the_command_does_it_under_the_lock(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)
    terminal = _terminal(settings)
    async with alone(settings) as house:
        await _log_in_as_ana(house.services.people, terminal)

    await asking.ask(terminal, "event.report", event=_event().decode())
    found = await asking.ask(terminal, "case.list")

    assert found["count"] == 1


async def test_what_was_decided_without_an_engine_is_told_when_one_starts(tmp_path: Path) -> None:
    async with mailbox() as (sink, letters):
        settings = settings_in(tmp_path, smtp_port=sink.port)
        begin(settings)
        async with alone(settings) as house:
            await house.services.reports.take(_event(), by="person:ana")

        async with running(settings):
            letter = await letters.next()

    assert "TC-" in letter.text


async def test_a_stranger_at_the_door_learns_nothing(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)

    async with running(settings):
        door = asking.read_door(settings.data_dir)
        assert door is not None
        answer = await asking.knock(
            {**door, "token": "guessed"}, "/admin/command", {"name": "case.list"}
        )

    assert answer["ending"] == "who"
    assert "result" not in answer


async def test_a_role_that_may_not_is_refused(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)
    terminal = _terminal(settings)

    async with running(settings) as engine:
        await _log_in_as_ana(engine.house.services.people, terminal, role=PersonRole.READER)
        with pytest.raises(CommandError) as refused:
            await asking.ask(terminal, "stop")

    assert refused.value.code is Exit.WHO


async def test_the_same_request_twice_is_one_command(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)
    terminal = _terminal(settings)

    async with running(settings) as engine:
        await _log_in_as_ana(engine.house.services.people, terminal)
        await asking.ask(terminal, "event.report", event=_event().decode())
        found = await asking.ask(terminal, "case.list")
        door = asking.read_door(settings.data_dir)
        assert door is not None
        from engine.cli.asking import current_session

        request = {
            "name": "freeze",
            "args": {"case": found["cases"][0]["ref"]},
            "session": await current_session(terminal),
            "request": "the-same",
        }
        first = await asking.knock(door, "/admin/command", request)
        second = await asking.knock(door, "/admin/command", request)

    assert first["ok"] is second["ok"]
    if first["ok"]:
        assert second["result"]["already"] is True


async def test_a_door_left_behind_by_a_killed_engine_is_no_door(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)
    (settings.data_dir / "engine.json").write_text(
        '{"port": 1, "token": "t", "process": 4194000, "board": ""}'
    )

    assert asking.read_door(settings.data_dir) is None


async def test_doctor_finds_what_would_keep_a_night_from_beginning(tmp_path: Path) -> None:
    (tmp_path / "roster.yaml").write_text(NO_FLOOR, "utf-8")
    settings = settings_in(tmp_path, smtp_port=1, phone="")
    begin(settings)

    found = {finding.what: finding for finding in await examine(settings)}
    bad = [what for what, finding in found.items() if finding.level == "bad"]

    assert any("floor contact" in what for what in bad)
    assert any("Nobody can log in" in what for what in bad)
    assert any("127.0.0.1:1" in what for what in bad)
    assert all(finding.next_step for finding in found.values() if finding.level != "good")


def _terminal(settings: Settings) -> Terminal:
    return Terminal(_settings=settings)


async def _log_in_as_ana(
    people: object, terminal: Terminal, *, role: PersonRole = PersonRole.HANDLER
) -> None:
    import pyotp

    from engine.clock import SystemClock

    added = await people.add_person(  # type: ignore[attr-defined]
        "ana", label="Ana", role=role, password=PASSWORD, by="test"
    )
    code = pyotp.TOTP(added.secret.reveal().decode()).at(SystemClock().now())
    session = await people.log_in(  # type: ignore[attr-defined]
        person="ana", password=PASSWORD, code=code
    )
    keep_session(session_path(terminal), person="ana", session=str(session))
