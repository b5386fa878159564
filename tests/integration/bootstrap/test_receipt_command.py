"""Receipts at the terminal: printed, written into a file, checked, refused with a next step."""

import asyncio
import json
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from engine.cli.exits import Exit
from engine.settings import load_settings
from engine.store.database import Database, transact
from engine.store.tables import journal
from tests.integration.bootstrap.desk import Desk, an_event
from tests.integration.bootstrap.house import running
from tests.integration.bootstrap.test_commands import RELEASE

EMBASSY = "Embassy of QN in QM"
HANDED_ON = select(journal.c.n).where(journal.c.kind == "handed_off")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, monkeypatch)
    made.begin()
    return made


def _reported(desk: Desk) -> str:
    Path("event.json").write_text(an_event("e-1"), "utf-8")
    desk.json("event", "send", "event.json")
    return str(desk.json("case", "list")["cases"][0]["ref"])


def _told(desk: Desk) -> str:
    """A case whose message to the embassy an engine has handed on, beside the one to Ana."""
    ref = _reported(desk)
    desk.said("release", ref, "missions", *RELEASE)
    asyncio.run(_until_sent(2))
    return ref


async def _until_sent(most: int) -> None:
    async with running(load_settings(Path("tocsin.yaml"))) as engine, asyncio.timeout(20):
        while await engine.parts.reader.run(_handed_on) < most:  # noqa: ASYNC110 (it is in a table)
            await asyncio.sleep(0.05)


def _handed_on(conn: Connection) -> int:
    return len(conn.execute(HANDED_ON).all())


def test_a_receipt_is_printed_written_and_holds_when_it_is_shown_again(desk: Desk) -> None:
    ref = _told(desk)

    said = desk.said("case", "receipt", ref, EMBASSY, "--to", "receipt.json")

    written = json.loads(Path("receipt.json").read_text("utf-8"))
    assert said.startswith(f"What {EMBASSY} was told, made ")
    assert written["digest"] in said
    assert Path("receipt.json").stat().st_mode & 0o077 == 0, "for its owner's eyes"
    assert "The journal still says exactly this." in desk.said(
        "case", "receipt-check", "receipt.json"
    )
    Path("other.json").write_text(json.dumps(desk.json("case", "receipt", ref, EMBASSY)), "utf-8")
    assert desk.json("case", "receipt-check", "other.json")["holds"]
    again = desk.run("case", "receipt", ref, EMBASSY, "--to", "receipt.json")
    assert again.exit_code == Exit.USAGE, "none is written over"


def test_a_journal_that_was_changed_is_found_out_by_whoever_kept_a_receipt(desk: Desk) -> None:
    ref = _told(desk)
    desk.said("case", "receipt", ref, EMBASSY, "--to", "receipt.json")
    told = json.loads(Path("receipt.json").read_text("utf-8"))["leaves"][0]["n"]
    data = load_settings(Path("tocsin.yaml")).data_dir
    with closing(Database(f"sqlite:///{data / 'tocsin.db'}")) as database:
        conn = database.writer()
        change = text("UPDATE journal SET at = at - 1 WHERE stream != 'system' AND n = :n")
        transact(conn, lambda c: c.exec_driver_sql("DROP TRIGGER journal_no_update"))
        transact(conn, lambda c: c.execute(change, {"n": told}))
        conn.close()

    checked = desk.run("case", "receipt-check", "receipt.json")

    assert checked.exit_code == Exit.UNSOUND
    assert f"the first place that differs is {told}." in checked.output


def test_who_was_never_told_has_no_receipt_at_the_terminal_either(desk: Desk) -> None:
    ref = _reported(desk)

    refused = desk.run("case", "receipt", ref, "example-mine", "--to", "receipt.json")

    assert refused.exit_code == Exit.REFUSED
    assert f"tocsin case told {ref}" in refused.output
    assert not Path("receipt.json").exists()


def test_a_file_that_is_not_there_or_no_receipt_is_said_to_be_so(desk: Desk) -> None:
    Path("letter.json").write_text('{"dear": "all"}', "utf-8")
    for name, said in (("nowhere.json", "cannot be read"), ("letter.json", "is no receipt")):
        done = desk.run("case", "receipt-check", name)
        assert done.exit_code == Exit.USAGE
        assert said in done.output
