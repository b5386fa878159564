"""Taking a registry while a desk runs: never one after which nobody could be woken."""

import asyncio
from pathlib import Path

import pytest

from engine.admin.errors import NotCarriedOutError
from engine.bootstrap import CannotStartError, open_engine
from engine.bootstrap.alone import alone
from engine.store.following import open_cases
from tests.integration.bootstrap.house import ROSTER, begin, settings_in

PARTIES = """
parties: [{id: embassy, kind: mission, name: Embassy, state: QN}]
contacts:
  - id: lea
    party: embassy
    label: Focal point
    level: focal_point
    endpoints: [{id: lea-mail, channel: email, address: lea@mission.example}]
"""
SHIFTS_ONLY = """
people: [{id: "person:ana", label: Ana, endpoints: ["email:ana-mail"]}]
floor: {id: "person:ana", label: Ana, endpoints: ["email:ana-mail"]}
"""


async def test_a_registry_without_our_own_people_is_not_taken(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)

    async with alone(settings) as house:
        with pytest.raises(NotCarriedOutError, match="Pages would not arrive") as refused:
            await house.import_registry({"registry.yaml": PARTIES}, by="person:ana")
        world, _ = house.world()
        assert world is not None
        assert world.registry.endpoint("ana-mail") is not None

    assert "email:ana-mail of person:ana" in refused.value.what
    assert "roster.yaml" in refused.value.next_step


async def test_a_registry_with_our_own_people_is_taken(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)

    async with alone(settings) as house:
        files = {"registry.yaml": PARTIES, "roster.yaml": ROSTER}
        taken = await house.import_registry(files, by="person:ana")

    assert (taken["parties"], taken["contacts"]) == (2, 2)


async def test_new_shifts_alone_leave_everybody_elses_address_as_it_is(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)

    async with alone(settings) as house:
        await house.import_registry({"all.yaml": PARTIES, "ours.yaml": ROSTER}, by="person:ana")
        await house.import_registry({"shifts.yaml": SHIFTS_ONLY}, by="person:ana")
        world, roster = house.world()

    assert world is not None
    assert world.registry.endpoint("lea-mail") is not None
    assert roster.floor is not None


async def test_a_way_that_is_on_another_channel_is_no_way(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)
    shifts = SHIFTS_ONLY.replace("email:ana-mail", "sms:ana-mail")

    async with alone(settings) as house:
        with pytest.raises(NotCarriedOutError, match="sms:ana-mail"):
            await house.import_registry({"shifts.yaml": shifts}, by="person:ana")


def test_files_after_which_nobody_could_be_woken_are_not_taken_at_the_start(
    tmp_path: Path,
) -> None:
    settings = settings_in(tmp_path)
    begin(settings)
    (tmp_path / "roster.yaml").write_text(SHIFTS_ONLY, "utf-8")

    with pytest.raises(CannotStartError, match="Pages would not arrive"):
        open_engine(settings)


async def test_while_a_long_registry_is_read_pages_go_on(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    begin(settings)
    long = "\n".join(
        ["parties:", *(f"  - {{id: p{n}, kind: ngo, name: Invented {n}}}" for n in range(1_500))]
    )

    async with alone(settings) as house:
        taking = asyncio.create_task(
            house.import_registry({"registry.yaml": long}, by="person:ana")
        )
        fired = 0
        while not taking.done():
            await house.services.reader.run(open_cases)
            fired += 1
        with pytest.raises(NotCarriedOutError, match="Pages would not arrive"):
            await taking

    assert fired > 20  # it was 1: the whole engine stood still


TIED = PARTIES.replace(
    "contacts:",
    "links: [{id: t, kind: accredited_to, a: embassy, b: 'state:QM', status: verified,"
    " source: list}]\ncontacts:",
)


async def test_half_a_registry_file_is_not_taken_at_a_start_and_what_was_in_force_stays(
    tmp_path: Path,
) -> None:
    file = tmp_path / "registry.yaml"
    settings = settings_in(tmp_path, registry=file)
    begin(settings)
    file.write_text(TIED, "utf-8")
    async with alone(settings) as house:
        world, _ = house.world()
        assert world is not None and world.registry.link("t") is not None

    file.write_text(PARTIES[: PARTIES.index("contacts:")], "utf-8")
    with pytest.raises(CannotStartError, match="no longer names") as refused:
        async with alone(settings):
            pass
    assert "--accept-removals" in refused.value.next_step

    file.write_text(TIED, "utf-8")
    async with alone(settings) as house:
        world, _ = house.world()
        assert world is not None and world.registry.endpoint("lea-mail") is not None
