"""The page about walks and the walks themselves say the same."""

import re
from pathlib import Path

import pytest

from rules.packs.walks import PARTS, READY
from rules.paths import compile_all
from rules.paths.check import MAX_STEPS
from rules.paths.parser import MAX_DEPTH, MAX_LENGTH, MAX_TIMES
from rules.paths.words import ATTRIBUTES, ROLES, SEATED, STARTS
from rules.rulebook import load
from rules.steps import Reach
from rules.walks import NAMES
from schemas.plan import Linkage
from tests.unit.rules.build import PACK

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "walks.md").read_text("utf-8")
CODE = set(re.findall(r"`([^`\n]+)`", PAGE))
DRAWN = [
    row.split(" | ")[1].strip("`").replace("\\|", "|")
    for row in re.sub(r"\\\| ", "\\|", PAGE)
    .partition("| Construct |")[2]
    .split("\n\n")[0]
    .splitlines()[2:]
]


def test_every_word_of_the_language_stands_on_the_page() -> None:
    words = {*ATTRIBUTES, *PARTS, *READY, *SEATED, *ROLES, *Linkage, "home", "event.parties"}
    words |= {name for name in STARTS if name.startswith(("event.", "desk."))} - {
        f"event.{role}" for role in ROLES
    }

    assert words - CODE == set()


def test_no_walk_stands_on_the_page_that_is_not_there() -> None:
    rows = PAGE.partition("| For | Walks |")[2].partition("Parts to build on")[0]

    assert set(re.findall(r"`(\w+)`", rows)) == set(READY)


def test_the_bounds_on_the_page_are_those_that_hold() -> None:
    reach = Reach()

    for bound in (
        reach.hops,
        reach.parties,
        reach.links,
        MAX_LENGTH,
        MAX_DEPTH,
        MAX_STEPS,
        MAX_TIMES,
    ):
        assert re.search(rf"\b{bound:,}\b", PAGE), bound


def test_there_is_an_example_of_each_construct() -> None:
    assert len(DRAWN) == 15


@pytest.mark.parametrize("path", DRAWN)
def test_every_drawn_example_is_a_path(path: str) -> None:
    assert not compile_all({"w": path}, beside=NAMES).problems


def test_the_example_for_people_who_write_rules_is_a_rulebook_that_loads() -> None:
    guide = (PACK.parents[2] / "docs" / "howto" / "rules.md").read_text("utf-8")
    blocks = [block.split("```")[0] for block in guide.split("```yaml\n")[1:]]
    example = next(block for block in blocks if "large_buyers" in block)
    walks, _, rules = example.partition("rules:\n")
    whole = PACK.read_text("utf-8").replace("walks:\n", walks, 1)
    whole = whole.replace("\nrules:\n", f"\nrules:\n{rules}", 1)

    assert {"large_buyers", "their_money", "neighbours"} <= set(load(whole, filename="x").walks)
