"""`tocsin rules fields`: whoever reviews a rulebook sees who may ever be shown what."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli.app import app
from engine.cli.exits import Exit
from schemas.codes import FieldName, TrackName
from tests.unit.rules.build import PACK, the_default_pack

runner = CliRunner()
DOC = Path(__file__).parents[4] / "docs" / "reference" / "what-recipients-see.md"
SHOWN = the_default_pack().shape.field_classes


def run(*arguments: str) -> str:
    result = runner.invoke(app, ["rules", "fields", *arguments])
    assert result.exit_code == Exit.DONE, result.output
    return result.output


def changed(tmp_path: Path, before: str, after: str) -> str:
    text = PACK.read_text("utf-8")
    assert before in text
    file = tmp_path / "ours.yaml"
    file.write_text(text.replace(before, after), "utf-8")
    return str(file)


def row(text: str, name: str) -> list[str]:
    return next(line for line in text.splitlines() if line.startswith(f"{name} ")).split(maxsplit=2)


def test_each_field_stands_in_a_line_with_its_class_and_who_may_see_it() -> None:
    text = run(str(PACK))

    assert row(text, "company")[1:] == [
        "need-to-know", "missions, nhris, msis, investors, legal, unions",
    ]  # fmt: skip
    assert [line.split(maxsplit=1)[0] for line in text.splitlines()[: len(FieldName)]] == [
        name.value for name in FieldName
    ]
    assert "Nobody is ever shown it." in text
    assert "at least 5 people" in text


def test_without_a_file_it_is_the_rulebook_of_the_settings(tmp_path: Path) -> None:
    ours = changed(tmp_path, "small_cell: 5", "small_cell: 8")
    config = tmp_path / "tocsin.toml"
    config.write_text(f'rulebook = "{ours}"\n', "utf-8")

    assert "at least 8 people" in run("--config", str(config))


def test_what_a_change_would_show_to_whom_is_said_in_words(tmp_path: Path) -> None:
    ours = changed(tmp_path, "companies: [country, sector,", "companies: [country, act,")

    text = run(ours, "--against", str(PACK))

    since = text.splitlines()[-3:]
    assert since == [
        f"Since {PACK}:",
        "  Companies may now be shown what happened.",
        "  Companies no longer see the sector.",
    ]


def test_a_smaller_pattern_is_said_too(tmp_path: Path) -> None:
    ours = changed(tmp_path, "small_cell: 5", "small_cell: 3")

    assert run(ours, "--against", str(PACK)).splitlines()[-1] == (
        "  A pattern must be of 3 people, before of 5."
    )


def test_where_nothing_changed_that_is_said() -> None:
    assert run(str(PACK), "--against", str(PACK)).splitlines()[-1] == (
        "  nobody may be shown anything else."
    )


def test_a_script_gets_the_same_as_data(tmp_path: Path) -> None:
    ours = changed(tmp_path, "legal: [country, act, company,", "legal: [country, act,")

    found = json.loads(run(ours, "--against", str(PACK), "--json"))

    assert found["changes"] == [{"audience": "legal", "field": "company", "wider": False}]
    company = next(each for each in found["fields"] if each["field"] == "company")
    assert company["class"] == "need-to-know"
    assert "legal" not in company["audiences"]


@pytest.mark.parametrize("number", ["2", "0", "-1", "1001", "many"])
def test_a_cell_in_which_somebody_could_be_picked_out_is_refused(
    tmp_path: Path, number: str
) -> None:
    ours = changed(tmp_path, "small_cell: 5", f"small_cell: {number}")

    result = runner.invoke(app, ["rules", "check", ours])

    assert result.exit_code == Exit.UNSOUND
    assert "small_cell" in result.stderr


def test_the_reference_has_the_table_of_the_shipped_rulebook() -> None:
    outside = [track for track in TrackName if track is not TrackName.DUTY]
    head = f"| | {' | '.join(track.value for track in outside)} |"
    lines = [
        f"| `{name.value}` | "
        + " | ".join("yes" if name in SHOWN.get(track, ()) else "" for track in outside)
        + " |"
        for name in FieldName
    ]
    table = "\n".join([head, "|" + "---|" * (len(outside) + 1), *lines])

    assert table in DOC.read_text("utf-8"), f"the table is now:\n{table}"
