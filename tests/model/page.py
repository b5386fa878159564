"""The tables of docs/reference/escalation.md, as people read them."""

import re
from functools import cache
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "escalation.md"
SEVERITIES = ("critical", "high", "elevated", "watch")

_MINUTES = {"min": 1, "h": 60, "hour": 60, "d": 24 * 60}
_TIMES = {"once": 1, "twice": 2, "three times": 3, "four times": 4, "five times": 5}


@cache
def table(after: str) -> dict[str, list[str]]:
    """The first table after these words: each row's cells by its first one."""
    text = PAGE.read_text("utf-8")
    lines = text[text.index(after) :].splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("|"))
    rows = {}
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            break
        head, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        rows[head] = cells
    return rows


def minutes(text: str) -> int:
    """`15 min`, `4 h` or `7 d`, in minutes."""
    found = re.fullmatch(r"(\d+)? ?(min|h|hour|d)", text.strip())
    if found is None:
        raise ValueError(f"{PAGE.name}: no length of time: {text}")
    return int(found[1] or 1) * _MINUTES[found[2]]


def row(after: str, head: str) -> tuple[int, ...]:
    """The lengths of time in the row that begins so, or lists the word: one for each severity."""
    rows = table(after)
    found = next(each for each in rows if each.startswith(head) or head in each.split(", "))
    return tuple(minutes(cell) for cell in rows[found])


def check_ins() -> list[tuple[int, ...]]:
    """The pauses between check-ins, for each severity."""
    rows = table("## What duty owes")
    cells = next(rows[head] for head in rows if head.startswith("check-in"))
    return [tuple(minutes(each) for each in cell.split(",")) for cell in cells]


def rungs(severity: str) -> tuple[tuple[int, str], ...]:
    """Minutes after the anchor, and who is paged: roles, between blanks."""
    cell = table("## Duty")[severity][0]
    found = []
    for rung in cell.split(" · "):
        after, _, roles = rung.partition(re.findall(r"\d+(?: min| h)? ", rung)[0])
        time = rung[: len(rung) - len(roles)].strip()
        names = (role.strip().replace(" ", "_") for role in roles.split(" and "))
        found.append((0 if time == "0" else minutes(time), " ".join(names)))
        assert not after
    return tuple(found)


def pauses(severity: str) -> tuple[int, ...]:
    """The pauses between rounds of everybody; the last goes on."""
    often, _, last = table("## Duty")[severity][1].partition("; then every ")
    pause, _, times = often.partition(", ")
    return (*(minutes(pause),) * _TIMES[times], minutes(last.removesuffix(", without end")))
