"""Rows of the real and invented files that lie beside the repository, with their rules for use."""

import csv
import json
from pathlib import Path

import pytest

DATA = Path(__file__).parents[5].parent / "shared" / "data"

needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="The development data (../shared/data) are not beside the repository."
)


def rows(path: str, *, separator: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV file, as the file has them."""
    with (DATA / path).open(encoding="utf-8", newline="") as lines:
        return [
            {key: value or "" for key, value in row.items() if key is not None}
            for row in csv.DictReader(lines, delimiter=separator)
        ]


def folder(path: str) -> list[dict[str, str]]:
    """The rows of all CSV files of a folder."""
    return [
        row for file in sorted((DATA / path).glob("*.csv")) for row in rows(f"{path}/{file.name}")
    ]


def events() -> list[dict[str, str]]:
    """The invented events."""
    lines = (DATA / "events" / "synthetic.ndjson").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]
