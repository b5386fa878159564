"""A database that is not there yet, or any more: somebody is told so, and nobody gives up early."""

import asyncio
from pathlib import Path

import pytest
from psycopg import sql
from typer.testing import CliRunner

from engine.bootstrap import serving
from engine.bootstrap.doctor import examine
from engine.bootstrap.refusals import CannotStartError
from engine.cli.app import app
from engine.cli.exits import Exit
from tests.harness.house import House
from tests.harness.people import faro
from tests.harness.postgres import PostgresServer
from tests.harness.reports import HOTLINE
from tests.harness.towns import loto
from tests.harness.waiting import until
from tests.integration.bootstrap.house import begin, settings_in

NOBODY = "postgresql://desk@127.0.0.1:1/nowhere"


def _rename(server: PostgresServer, name: str, to: str) -> None:
    server.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to))
    )


async def test_an_engine_that_starts_before_its_database_waits_for_it(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    url = postgres.url("boots")
    name = url.partition("?")[0].rpartition("/")[2]
    outbox: dict[str, object] = {"kind": "outbox", "folder": str(tmp_path / "outbox")}
    house = House(
        tmp_path / "house",
        place=loto(),
        roster=faro(),
        channels={"sms": outbox, "email": outbox},
        database_url=url,
    )
    await house.prepare(source=HOTLINE)
    _rename(postgres, name, "elsewhere")
    starting = asyncio.create_task(house.start())
    try:
        await until(lambda: "store_does_not_answer" in house.log_tail(), why=house.log_tail)
        _rename(postgres, "elsewhere", name)
        await starting
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await house.kill()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"fsync": "off"}, ("fsync",)),
        ({"full_page_writes": "off"}, ("full_page_writes",)),
        ({"synchronous_commit": "off"}, ()),
    ],
)
async def test_b36_a_server_that_would_forget_after_a_power_cut_is_named_at_the_start(
    tmp_path: Path, settings: dict[str, str], said: tuple[str, ...]
) -> None:
    """Whoever started it reads it, and whoever asks the doctor. What each session sets by itself
    is no trouble of theirs."""
    server = PostgresServer(settings=settings)
    outbox: dict[str, object] = {"kind": "outbox", "folder": str(tmp_path / "outbox")}
    house = House(
        tmp_path / "house",
        place=loto(),
        roster=faro(),
        channels={"sms": outbox, "email": outbox},
        database_url=await asyncio.to_thread(_a_database, server),
    )
    try:
        await house.prepare(source=HOTLINE)
        await house.start()
        logged = house.log_tail(1000)
        found = await examine(house.settings)
    finally:
        await house.kill()
        server.remove()

    assert logged.count("store_is_weak") == len(said)
    assert all(f"has {name} off" in logged and f"Set {name} = on" in logged for name in said)
    bad = [each.what for each in found if each.level == "bad" and "power cut" in each.what]
    assert len(bad) == len(said), "the doctor says what the start says"
    assert all(f"has {name} off" in what for name, what in zip(said, bad, strict=True))


def _a_database(server: PostgresServer) -> str:
    server.start()
    return server.url("weak")


async def test_after_a_while_it_gives_up_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(settings_in(tmp_path))
    monkeypatch.setattr(serving, "STORE_PATIENCE", 0.0)
    settings = settings_in(tmp_path, database_url=NOBODY)

    with pytest.raises(CannotStartError, match="does not answer") as refused:
        await serving.serve(settings, started=lambda line: None)

    assert "database_url" in refused.value.next_step


def test_a_command_says_at_once_that_the_database_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(settings_in(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TOCSIN_DATABASE_URL", NOBODY)

    done = CliRunner().invoke(app, ["login", "--as", "ana"], input="a password\n123456\n")

    assert done.exit_code == Exit.UNREACHABLE
    assert "does not answer" in done.output
