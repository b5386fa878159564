"""Names out of public lists stay beside the words that say whose they are."""

from pathlib import Path

HERE = Path(__file__).parent
NAMES = HERE / "false_matches.tsv"
CREDITS = HERE / "ATTRIBUTION.md"


def test_each_list_that_a_name_was_taken_from_is_credited() -> None:
    rows = [line.split("\t") for line in NAMES.read_text("utf-8").splitlines() if line[:1] != "#"]
    lists = {row[0] for row in rows} | {row[2] for row in rows}
    credited = CREDITS.read_text("utf-8")

    assert lists
    assert [name for name in sorted(lists) if f"| `{name}` |" not in credited] == []
