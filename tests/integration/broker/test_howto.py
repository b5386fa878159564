"""docs/howto/kafka.md, followed to the letter: every command on the page is run, in its order."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from ruamel.yaml import YAML

from engine.broker import LocalKafka
from engine.clock import SystemClock
from engine.settings import load_settings
from schemas.codes import IncidentCode
from tests.integration.intake.lanes import reading, until
from tests.integration.intake.room import a_room

HERE = Path(__file__).parents[3]
PAGE = (HERE / "docs" / "howto" / "kafka.md").read_text("utf-8")
ONE_BROKER, _, THREE_BROKERS = PAGE.partition("## How safe a report is")
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
BROKER = "127.0.0.1:9092"
"""What the page says where a reader says their own."""


@dataclass
class Reader:
    """Somebody with the page before them, a shell, and an empty folder."""

    folder: Path
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        tocsin = f"{shlex.quote(sys.executable)} -c 'from engine.cli import main; main()'"
        for name, command in (("tocsin", tocsin), ("python", shlex.quote(sys.executable))):
            (self.bin / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n', "utf-8")
            (self.bin / name).chmod(0o755)
        self.here = self.folder / "here"
        self.here.mkdir()
        copytree(HERE / "examples", self.here / "examples")

    @property
    def kafka(self) -> LocalKafka:
        return LocalKafka(self.here / "tocsin-data" / "kafka")

    def type(self, text: str) -> str:
        """Run the lines of one block; each must end well."""
        if self.kafka.bootstrap:
            text = text.replace(BROKER, self.kafka.bootstrap[0])
        done = subprocess.run(
            ["/bin/sh", "-e", "-c", text],
            cwd=self.here,
            capture_output=True,
            text=True,
            timeout=90,
            env={
                **{n: os.environ[n] for n in ("HOME", "XDG_CACHE_HOME") if n in os.environ},
                "PATH": f"{self.bin}:/usr/bin:/bin",
                "PYTHONPATH": str(HERE),
                "LANG": "C.UTF-8",
            },
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        self.said.append(done.stdout)
        return done.stdout

    def put_into_settings(self, text: str) -> None:
        """Add these lines to tocsin.yaml, below what is there under `kafka`."""
        path = self.here / "tocsin.yaml"
        yaml = YAML()
        there: Any = yaml.load(path.read_text("utf-8")) if path.exists() else {"kafka": {}}
        there["kafka"].update(yaml.load(text)["kafka"])
        with path.open("w") as file:
            yaml.dump(there, file)


@pytest.fixture
def reader(kafka_jars: Path, tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(tmp_path)
    try:
        yield reader
    finally:
        reader.kafka.stop()


async def follow(reader: Reader, part: str) -> str:
    """Do what this part of the page says; return all that the commands said."""
    for block in BLOCK.finditer(part):
        kind, text = block["kind"], block["text"]
        if kind == "yaml":
            reader.put_into_settings(text)
        elif kind == "python":
            (reader.here / "publish.py").write_text(text, "utf-8")
        elif kind == "sh":
            said = reader.type(text)
            if "kafka start" in text:
                reader.put_into_settings(said[said.index("kafka:") :].partition("\n\n")[0])
            if "publish.py" in text:
                await arrives(reader)
    return "\n".join(reader.said)


async def test_whoever_follows_the_page_ends_with_a_report_on_the_desk(reader: Reader) -> None:
    said = await follow(reader, ONE_BROKER)

    assert len(reader.said) == ONE_BROKER.count("```sh\n") == 6
    assert "replication factor 1" in said
    assert "hotline-a  write topic tocsin.threats" in said
    assert "hotline-b may no longer" in said
    assert [node.pid for node in reader.kafka.status()] == [None]


async def test_whoever_wants_to_see_three_brokers_sees_three_copies(reader: Reader) -> None:
    said = await follow(reader, THREE_BROKERS)

    assert len(reader.said) == THREE_BROKERS.count("```sh\n") == 2
    assert said.count("replication factor 3  min.insync.replicas 2") == 4
    assert said.count("answers") == 3
    assert [node.pid for node in reader.kafka.status()] == [None] * 3


async def arrives(reader: Reader) -> None:
    """The published example reaches a desk that was set up by the same page."""
    settings = load_settings(reader.here / "tocsin.yaml").kafka
    assert (settings.security, settings.username) == ("sasl_ssl", "tocsin")
    lane_of_all = settings.model_copy(
        update={
            "critical_topic": settings.normal_topic,
            "normal_topic": settings.critical_topic,
        }
    )
    async with (
        a_room(reader.folder, clock=SystemClock()) as room,
        reading(room, lane_of_all) as lane,
    ):

        async def taken() -> bool:
            return "example-1" in await room.taken()

        await until(taken)
        assert lane.halted == []


def test_every_alarm_about_a_log_is_on_the_page() -> None:
    codes = {code for code in IncidentCode if code.startswith("log_")} | {
        IncidentCode.RECORD_PARKED,
        IncidentCode.QUARANTINE,
    }

    missing = [code for code in sorted(codes) if f"\n| `{code}` |" not in PAGE]

    assert not missing


def test_the_list_of_rights_is_the_one_that_is_given() -> None:
    from engine.cluster.grants import May, rights_of
    from engine.settings import KafkaSettings

    table = PAGE.partition("| Who | Right | On |")[2].partition("\n\n")[0]
    for may, who in ((May.PUBLISH, "a publisher"), (May.ENGINE, "the desk")):
        told = {
            (operation.strip().lower(), name.rstrip("."))
            for line in table.splitlines()
            if line.startswith(f"| {who} |")
            for operation in line.split("|")[2].split(",")
            for name in re.findall(r"`(tocsin\.[a-z.]*)`", line.split("|")[3])
        }
        given = {
            (right.operation.name.lower(), right.name.rstrip("."))
            for right in rights_of(KafkaSettings(), may)
        }
        assert told == given
