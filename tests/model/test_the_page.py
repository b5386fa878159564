"""The page of escalation says what the code does: its diagrams and its times."""

import re
from collections.abc import Iterator

import pytest

from engine.case import times
from rules import duty
from schemas.codes import Severity, TrackName
from tests.model.diagram import PAGE, drawn, with_diagrams
from tests.unit.rules.build import the_default_pack

TEXT = PAGE.read_text("utf-8")
PACK = the_default_pack().shape.policies["default"].tracks


def test_the_state_diagrams_are_current() -> None:
    assert with_diagrams(TEXT, drawn()) == TEXT, "run: python -m tests.model.diagram --write"


def rows(after: str) -> Iterator[list[str]]:
    """The rows of the first table after these words, without its head."""
    lines = iter(TEXT[TEXT.index(after) :].splitlines())
    table = [line for line in _first_table(lines)]
    for line in table[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def _first_table(lines: Iterator[str]) -> Iterator[str]:
    begun = False
    for line in lines:
        if line.startswith("|"):
            begun = True
            yield line
        elif begun:
            return


def length(seconds: float) -> str:
    """As the page writes it: 15 min, 4 h, 7 d."""
    if seconds >= 7 * 86_400:
        return f"{seconds / 86_400:g} d"
    if seconds >= 7_200 or seconds == 3_600:
        return f"{seconds / 3_600:g} h"
    return f"{seconds / 60:g} min"


@pytest.mark.parametrize("severity", list(Severity))
def test_the_rungs_of_duty_stand_in_the_page(severity: Severity) -> None:
    row = next(row for row in rows("## Duty") if row[0] == severity)
    rungs = []
    for step in duty.STEPS[severity]:
        after = "0" if not step.offset else f"{step.offset // 60} min"
        if step.offset % 3_600 == 0 and step.offset and severity not in ("critical", "high"):
            after = f"{step.offset // 3_600} h"
        rungs.append(f"{after} {' and '.join(role.replace('_', ' ') for role in step.roles)}")
    pauses = duty.REPEAT_EVERY[severity]
    repeats = len([pause for pause in pauses if pause == pauses[0]])

    assert row[1] == " · ".join(rungs)
    assert row[2].startswith(f"{length(pauses[0])}, {['', '', 'twice', '', 'four times'][repeats]}")
    assert row[2].endswith(f"every {length(pauses[-1]).replace('1 h', 'hour')}, without end")
    assert row[3] == length(duty.ANSWER_HOLDS_FOR[severity])


def test_the_times_of_what_duty_owes_stand_in_the_page() -> None:
    table = {row[0].split(":")[0].split(",")[0]: row[1:] for row in rows("## What duty owes")}

    def of(kind: str) -> list[str]:
        return [length(times.task_within(s, kind).total_seconds()) for s in Severity]  # type: ignore[arg-type]

    assert [x.replace("1 h", "60 min") for x in of("first_contact")] == [
        x.replace("3 d", "72 h") for x in table["first contact"]
    ]
    assert of("triage") == table["triage"]
    assert of("question") == table["any other"]


@pytest.mark.parametrize("name", sorted(PACK))
def test_the_times_to_answer_stand_in_the_page(name: TrackName) -> None:
    row = next(row for row in rows("## Outward tracks") if name.value in row[0].split(", "))

    assert row[1:] == [length(PACK[name].answer_by[severity]) for severity in Severity]


FEATURES = re.findall(r"^\| (\d\d) \| .* \| `(.*)::(test_\w+)` \|$", TEXT, flags=re.MULTILINE)


def test_every_row_of_the_features_of_escalation_is_listed_once() -> None:
    assert [int(row) for row, _, _ in FEATURES] == list(range(18, 35))


@pytest.mark.parametrize(("row", "path", "name"), FEATURES)
def test_every_listed_test_exists(row: str, path: str, name: str) -> None:
    text = (PAGE.parents[2] / path).read_text("utf-8")

    assert f"def {name}(" in text, f"row {row}: {path} has no {name}"
