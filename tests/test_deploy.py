"""What is handed to those who run Tocsin works with this very release."""

import configparser
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli.app import app
from engine.cli.running import roles_in
from engine.processes import WITH_LOG, WITHOUT_LOG, Group, groups
from engine.settings import ALL_ROLES, Settings

HERE = Path(__file__).parents[1]
FOLDER = HERE / "deploy" / "systemd"
SERVICES = sorted(FOLDER.glob("*.service"))
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "LimitCORE": "0",
}


class Unit(configparser.RawConfigParser):
    """A unit file; of a setting that is given twice the last counts, except for Environment."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, delimiters=("=",), comment_prefixes=("#",))
        self.text = path.read_text("utf-8")
        self.read_string(self.text)

    def optionxform(self, optionstr: str) -> str:
        return optionstr

    @property
    def environment(self) -> dict[str, str]:
        return dict(re.findall(r"^Environment=(\w+)=(.*)$", self.text, flags=re.MULTILINE))


def _named(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", SERVICES, ids=_named)
def test_a_service_is_started_again_without_limit(path: Path) -> None:
    unit = Unit(path)

    assert unit["Service"]["Restart"] == "always"
    assert float(unit["Service"]["RestartSec"]) <= 2
    assert unit["Unit"]["StartLimitIntervalSec"] == "0", "in [Unit], or systemd ignores it"


@pytest.mark.parametrize("path", SERVICES, ids=_named)
def test_a_service_may_do_next_to_nothing(path: Path) -> None:
    service = Unit(path)["Service"]

    assert {name: service.get(name) for name in HARDENED} == HARDENED
    assert service["User"] != "root"


@pytest.mark.parametrize("path", SERVICES, ids=_named)
def test_the_command_of_a_service_exists_with_all_its_options(path: Path) -> None:
    program, verb, *words = Unit(path)["Service"]["ExecStart"].split()
    help = CliRunner().invoke(app, [verb, "--help"], terminal_width=200)

    assert program.endswith("/bin/tocsin")
    assert help.exit_code == 0, help.output
    for option in (word for word in words if word.startswith("--")):
        assert option in help.output


@pytest.mark.parametrize("path", SERVICES, ids=_named)
def test_the_variables_of_a_service_are_settings(path: Path) -> None:
    known = {f"TOCSIN_{name.upper()}" for name in Settings.model_fields}

    assert set(Unit(path).environment) <= known


def test_the_processes_of_a_machine_have_every_role_that_is_needed_without_a_log() -> None:
    wanted = Unit(FOLDER / "tocsin.target")["Unit"]["Wants"].split()
    names = [re.fullmatch(r"tocsin@(.+)\.service", each) for each in wanted]
    found = {roles_in(name[1]) for name in names if name is not None}

    assert found == set(WITHOUT_LOG)
    assert {role for roles in found for role in roles} == set(ALL_ROLES) - {"relay"}


@pytest.mark.parametrize("roles", [*WITH_LOG, *WITHOUT_LOG])
def test_a_group_is_started_by_its_name(roles: tuple[str, ...]) -> None:
    assert roles_in("-".join(roles)) == roles
    assert roles_in("-".join(roles) + "-2") == roles


def test_the_names_under_the_supervisor_and_under_systemd_are_the_same() -> None:
    settings = Settings(database_url="postgresql://desk@db.example/tocsin")  # type: ignore[arg-type]

    assert [roles_in(group.name) for group in groups(settings)] == list(WITHOUT_LOG)
    assert Group(name="sender-2", roles=("sender",)).roles == roles_in("sender-2")
