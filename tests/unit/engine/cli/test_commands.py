"""Typing a command: help at once, endings that scripts can rely on, sentences that help."""

import json
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from engine.cli.app import app
from engine.cli.cases import moment
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal, table

HERE = Path(__file__).parents[4]
HELP_WITHIN = 0.4  # seconds of its own work, the interpreter's start among them
HEAVY = ("asyncio", "fastapi", "faust", "pydantic", "rich", "sqlalchemy", "uvicorn", "aiokafka")

runner = CliRunner()


def _leaves(command: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    inner = getattr(command, "commands", None)
    if not inner:
        return [path]
    return [leaf for name in inner for leaf in _leaves(inner[name], (*path, name))]


COMMANDS = _leaves(typer.main.get_command(app))


def _said(result: object) -> str:
    return str(getattr(result, "output", "")) + str(getattr(result, "stderr", ""))


def test_help_is_there_at_once() -> None:
    took = []
    for _ in range(5):
        before = _of_children()
        done = subprocess.run([sys.executable, "-c", _HELP], capture_output=True, text=True)
        took.append(_of_children() - before)
        assert done.returncode == 0, done.stderr[-500:]

    assert min(took) < HELP_WITHIN


def test_help_loads_nothing_that_it_does_not_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _HELP + "; import sys; print('LOADED', *sorted(sys.modules))"],
        capture_output=True,
        text=True,
    )
    loaded = done.stdout.partition("LOADED")[2].split()

    assert not [name for name in HEAVY if name in loaded]


_HELP = """
import sys
sys.argv = ["tocsin", "--help"]
from engine.cli import main
try:
    main()
except SystemExit as leaving:
    assert not leaving.code
"""
_HELP = "exec(" + repr(_HELP) + ")"


def _of_children() -> float:
    """Seconds of processor time of all that ended, however busy the machine is."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    result = runner.invoke(app, [*path, "--help"])

    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 5
    assert "--json" in result.output
    assert "--config" in result.output


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_a_heading_in_the_reference(path: tuple[str, ...]) -> None:
    text = (HERE / "docs" / "reference" / "cli.md").read_text("utf-8")

    assert f"\n### `tocsin {' '.join(path)}`" in text


def test_every_exit_code_is_in_the_reference() -> None:
    text = (HERE / "docs" / "reference" / "cli.md").read_text("utf-8")

    for code in Exit:
        assert re.search(rf"^\| {code.value} \| `{code.name.lower()}` \|", text, re.MULTILINE)


def test_a_mistyped_command_is_corrected_and_not_carried_out() -> None:
    result = runner.invoke(app, ["case", "lst"])

    assert result.exit_code == Exit.USAGE
    assert "list" in _said(result)


def test_nobody_is_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    result = runner.invoke(app, ["case", "list"])

    assert result.exit_code == Exit.WHO
    assert "tocsin login" in _said(result)


def test_json_tells_a_script_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    result = runner.invoke(app, ["case", "list", "--json"])

    told = json.loads(result.output)
    assert told["exit"] == "who"
    assert told["error"]
    assert told["next_step"]


def test_wrong_settings_are_listed_all_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tocsin.yaml").write_text("htp: {port: 1}\ntimezome: UTC\n", "utf-8")

    result = runner.invoke(app, ["doctor"])

    assert result.exit_code == Exit.USAGE
    assert "htp" in _said(result)
    assert "timezome" in _said(result)


def test_a_fault_of_ours_shows_its_place_and_no_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.cli import command

    terminal = Terminal()
    said = command._said(ValueError("Invented Person One"))

    assert said.code is Exit.FAULT
    assert "Invented" not in said.what
    assert "ValueError" in said.what
    assert terminal.as_json is False


def test_an_event_is_judged_before_it_is_sent(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"specversion": "1.0", "id": "x", "source": "a", "type": "t", "data": {}}')

    result = runner.invoke(app, ["event", "validate", str(bad)])

    assert result.exit_code == Exit.USAGE
    assert "data.event" in _said(result)
    assert "type" in _said(result)


def test_a_rulebook_shows_every_mistake_with_its_line(tmp_path: Path) -> None:
    bad = tmp_path / "rules.yaml"
    bad.write_text('version: "1"\nname: mine\nrulez: []\n', "utf-8")

    result = runner.invoke(app, ["rules", "check", str(bad)])

    assert result.exit_code == Exit.UNSOUND
    assert f"{bad}:3:1" in _said(result)


def test_the_shipped_rulebook_passes() -> None:
    result = runner.invoke(
        app, ["rules", "check", str(HERE / "rules/packs/default.yaml"), "--json"]
    )

    assert result.exit_code == Exit.DONE
    assert json.loads(result.output)["checked"][0]["rules"] > 5


@pytest.mark.parametrize("text", ["tomorrow", "2027-03-02", "2027-03-02T12:00"])
def test_a_time_without_its_offset_is_asked_for_again(text: str) -> None:
    with pytest.raises(CommandError) as caught:
        moment(text)

    assert caught.value.code is Exit.USAGE


def test_a_time_travels_in_utc() -> None:
    assert moment("2027-03-02T12:00+01:00") == "2027-03-02T11:00:00+00:00"
    assert moment(None) is None


def test_columns_line_up_and_an_empty_table_is_no_table() -> None:
    assert table([("a", "b"), ("longer", "c")]) == ["a       b", "longer  c"]
    assert table([]) == []
