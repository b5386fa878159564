"""A desk at the terminal: commands in a folder of its own, by named people, without an engine."""

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pyotp
import pytest
from typer.testing import CliRunner

from engine.cli.app import app
from engine.cli.exits import Exit
from engine.clock import SystemClock
from schemas.envelope import THREAT_TYPE

PASSWORDS = ("correct horse battery staple", "another horse battery staple")
runner = CliRunner()


class Desk:
    """A desk in a folder, with Ana and Ben, each with a log-in of their own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(folder)
        self._patch = monkeypatch
        for key in ("TOCSIN_CONFIG", "TOCSIN_PERSON"):
            monkeypatch.delenv(key, raising=False)
        self.now("ana")

    def begin(self) -> None:
        """The desk of a first day: as `tocsin init` makes it, with two people logged in."""
        shutil.copytree(_first_day(), Path.cwd(), dirs_exist_ok=True)
        self.now("ana")

    def init(self) -> None:
        """Make it by `tocsin init`."""
        self._patch.delenv("TOCSIN_PERSON")
        ana = self.json("init", "--person", "ana", input=PASSWORDS[0])["person"]
        self._log_in("ana", PASSWORDS[0], ana["totp_secret"])
        ben = self.json("person", "add", "ben", "--role", "second", input=PASSWORDS[1])
        self._log_in("ben", PASSWORDS[1], ben["totp_secret"])
        self.now("ana")

    def now(self, person: str) -> None:
        """From here on this person types."""
        self._patch.setenv("TOCSIN_PERSON", f"{person}.json")

    def run(self, *words: str, input: str = "") -> Any:
        return runner.invoke(app, list(words), input=f"{input}\n" if input else None)

    def json(self, *words: str, input: str = "") -> Any:
        done = self.run(*words, "--json", input=input)
        assert done.exit_code == Exit.DONE, done.output
        return json.loads(done.output)

    def said(self, *words: str) -> str:
        done = self.run(*words)
        assert done.exit_code == Exit.DONE, done.output
        return str(done.output)

    def _log_in(self, person: str, password: str, secret: str) -> None:
        self.now(person)
        code = pyotp.TOTP(secret).at(SystemClock().now())
        done = self.run("login", "--as", person, input=f"{password}\n{code}")
        assert done.exit_code == Exit.DONE, done.output


@cache
def _first_day() -> Path:
    """Made once for all tests: its passwords alone take longer than most of them."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-first-day-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with pytest.MonkeyPatch.context() as patch:
        Desk(folder, patch).init()
    return folder


def an_event(id: str, *, consent: bool = True) -> str:
    """An arrest, alleged against the mine of the example."""
    given = [{"basis": "person", "audiences": ["missions", "companies"], "mode": "private"}]
    event = {
        "code": "arrest",
        "situation": id,
        "certainty": "likely",
        "source_reliability": "highly_reliable",
        "subjects": [{"kind": "person", "pseudonym": id}],
        "parties": [
            {"party": "example-mine", "role": "alleged_perpetrator", "known_how": "reported"}
        ],
        "countries": [{"code": "QM", "role": "happened"}],
        "consent": given if consent else [],
    }
    whole = {"specversion": "1.0", "id": id, "source": "hotline-a", "type": THREAT_TYPE}
    return json.dumps({**whole, "data": {"event": event}})
