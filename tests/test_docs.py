"""The documents tell the truth: links lead somewhere, commands exist, choices are explained."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

HERE = Path(__file__).parents[1]
PAGES = sorted([*HERE.glob("*.md"), *(HERE / "docs").rglob("*.md")])
ADRS = sorted((HERE / "docs" / "adr").glob("[0-9]*.md"))
MAKEFILE = (HERE / "Makefile").read_text("utf-8")

LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
TARGET = re.compile(r"^(?P<name>[a-z-]+):(?!=)(?P<rest>.*)$", re.MULTILINE)


def _named(path: Path) -> str:
    return str(path.relative_to(HERE))


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_link_leads_somewhere(page: Path) -> None:
    for found in LINK.finditer(page.read_text("utf-8")):
        path, _, anchor = found["target"].partition("#")
        if "://" in path or path.startswith("mailto:"):
            continue
        target = page if not path else (page.parent / path).resolve()
        assert target.exists(), f"{_named(page)}: {found['target']} leads nowhere"
        if anchor and target.suffix == ".md":
            assert anchor in _anchors(target), f"{_named(page)}: no heading {found['target']}"


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_make_command_in_the_documents_exists(page: Path) -> None:
    targets = {found["name"] for found in TARGET.finditer(MAKEFILE)}

    named = set(re.findall(r"`make ([a-z-]+)", page.read_text("utf-8")))

    assert named <= targets, f"{_named(page)} names {sorted(named - targets)}"


def test_every_make_target_is_explained() -> None:
    unexplained = [
        found["name"]
        for found in TARGET.finditer(MAKEFILE)
        if " ## " not in found["rest"] and " = " not in found["rest"]
    ]

    assert not unexplained


def test_the_two_commands_are_on_the_first_page() -> None:
    text = (HERE / "README.md").read_text("utf-8")

    assert "make demo" in text
    assert "make test" in text


@pytest.mark.parametrize("page", ADRS, ids=_named)
def test_a_decision_is_dated_weighed_and_listed(page: Path) -> None:
    text = page.read_text("utf-8")
    index = (page.parent / "README.md").read_text("utf-8")

    assert text.startswith(f"# {page.name[:4]} ")
    assert re.search(r"^20\d\d-\d\d-\d\d\.", text, flags=re.MULTILINE)
    assert f"]({page.name})" in index


def test_every_direct_dependency_is_accounted_for() -> None:
    project = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))
    tables = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    asked = {Requirement(text).name for table in tables for text in table}

    text = (HERE / "docs" / "adr" / "0007-dependencies.md").read_text("utf-8")
    lines = set(re.findall(r"^\| ([a-z0-9-]+)", text, flags=re.MULTILINE))

    assert asked - lines == set()
    assert lines - asked - {"uv"} == set(), "no longer a dependency"


NAMED = re.compile(r"`((?:engine|rules|notifiers|schemas|tests|docs|scripts)/[A-Za-z0-9_./-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_file_named_in_the_documents_exists(page: Path) -> None:
    if page.parent.name == "adr":  # a decision may name what a later one moves
        return
    missing = [
        found for found in NAMED.findall(page.read_text("utf-8")) if not (HERE / found).exists()
    ]

    assert not missing, f"{_named(page)} names {missing}"


def test_the_way_of_one_event_goes_in_the_order_of_the_design() -> None:
    text = (HERE / "docs" / "explanation" / "one-event.md").read_text("utf-8")
    stations = ("intake/door", "rules/candidates", "desk/desk", "case/decide", "store/project")
    stations += ("engine/timers", "engine/sender", "web/answer/page", "case/closing")

    places = [text.index(station) for station in stations]

    assert places == sorted(places)


@pytest.mark.parametrize("path", sorted((HERE / "examples").glob("*.json")), ids=_named)
def test_every_example_is_an_event_that_would_be_taken(path: Path) -> None:
    from engine.cli.events import problems_of

    assert problems_of(path.read_bytes()) == []


def test_the_samples_of_a_first_day_can_be_read() -> None:
    from engine.registry import read_files

    folder = HERE / "engine" / "bootstrap" / "samples"
    read = read_files(
        {name: (folder / name).read_text("utf-8") for name in ("registry.yaml", "roster.yaml")}
    )

    assert read.roster is not None
    assert read.roster.floor is not None
