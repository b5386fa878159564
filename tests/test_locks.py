"""What is installed is what was reviewed: locks are pinned, hashed, complete, address-free."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).parents[1]
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-tools.txt")

PINNED = re.compile(r"^(?P<name>[a-z0-9.-]+)(\[[a-z,]+\])?==(?P<version>\S+)( ; .+)?$")


def _entries(lock: str) -> dict[str, list[str]]:
    """The logical lines of a lock: requirement -> its hashes."""
    text = (HERE / lock).read_text("utf-8")
    logical = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    split = (line.split(" --hash=") for line in logical.splitlines())
    return {first.strip(): [digest.strip() for digest in digests] for first, *digests in split}


def _versions(lock: str) -> dict[str, set[str]]:
    """Name -> versions; more than one where Pythons need different ones."""
    versions: dict[str, set[str]] = {}
    for entry in _entries(lock):
        found = PINNED.match(entry)
        assert found, f"{lock}: {entry!r} is not pinned to one version"
        versions.setdefault(canonicalize_name(found["name"]), set()).add(found["version"])
    return versions


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_is_pinned_and_hashed(lock: str) -> None:
    entries = _entries(lock)

    assert entries
    for entry, digests in entries.items():
        assert PINNED.match(entry), entry
        assert digests, f"{lock}: {entry} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in digests), entry


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_an_address_or_a_folder(lock: str) -> None:
    text = (HERE / lock).read_text("utf-8")

    assert "://" not in text
    assert not re.search(r"^--|file:|\s/", text, flags=re.MULTILINE)


def _direct(*tables: list[str]) -> list[Requirement]:
    return [Requirement(text) for table in tables for text in table]


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        (
            "requirements.txt",
            _direct(
                PROJECT["project"]["dependencies"],
                PROJECT["project"]["optional-dependencies"]["demo"],
                PROJECT["dependency-groups"]["build"],
                PROJECT["build-system"]["requires"],
            ),
        ),
        (
            "requirements-dev.txt",
            _direct(
                PROJECT["dependency-groups"]["dev"],
                PROJECT["project"]["optional-dependencies"]["kafka"],
            ),
        ),
    ],
)
def test_the_lock_holds_what_the_project_asks_for(lock: str, wanted: list[Requirement]) -> None:
    locked = _versions(lock)

    for requirement in wanted:
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not in {lock}: run `make lock`"
        assert all(version in requirement.specifier for version in versions), (
            f"{lock} has {requirement.name} {versions}, asked for {requirement}: run `make lock`"
        )


def test_development_and_service_run_the_same_versions() -> None:
    service, development = _versions("requirements.txt"), _versions("requirements-dev.txt")

    assert {name: development.get(name) for name in service} == service
