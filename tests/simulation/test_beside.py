"""The loops beside the work: what an auditor of an honest life may say, and what it may not."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from engine.case.commands import RaiseIncident
from schemas.codes import IncidentCode
from tests.simulation.beside import WELL_AFTER
from tests.simulation.loop import VirtualLoop
from tests.simulation.run import Simulation, run

WATCHED, UNWATCHED = 31000, 7
"""Seeds of a life with these loops, and of one without."""
LATE = RaiseIncident(code=IncidentCode.INVARIANT_BROKEN, key="I4")
UNREACHED = RaiseIncident(code=IncidentCode.REACHED_NOBODY, key="c1")
OF_A_ROW = RaiseIncident(code=IncidentCode.INVARIANT_BROKEN, key="I19:c1:0a1b2c3d")
NO_ROUND = RaiseIncident(code=IncidentCode.LOOP_FAILED, key="auditor")


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[Simulation]:
    loop = VirtualLoop()
    with closing(loop), closing(_life(WATCHED, tmp_path, loop)) as made:
        yield made


def _life(seed: int, directory: Path, loop: VirtualLoop) -> Simulation:
    return Simulation(seed, directory=directory, loop=loop, keep=False)


def broken(sim: Simulation) -> list[str]:
    return [each.row for each in sim.violations]


@pytest.mark.parametrize("incident", [LATE, UNREACHED])
def test_what_is_late_while_everything_fails_is_rightly_told(
    sim: Simulation, incident: RaiseIncident
) -> None:
    sim.beside.heard(incident)

    assert not broken(sim)


@pytest.mark.parametrize("incident", [LATE, UNREACHED])
def test_what_is_late_once_all_is_well_again_is_a_fault(
    sim: Simulation, incident: RaiseIncident
) -> None:
    sim.healed_at = sim.now() - WELL_AFTER
    sim.beside.heard(incident)
    assert not broken(sim)

    sim.healed_at -= timedelta(seconds=1)
    sim.beside.heard(incident)

    assert broken(sim) == [incident.key]


@pytest.mark.parametrize("incident", [OF_A_ROW, NO_ROUND])
def test_a_broken_row_and_a_round_that_fails_are_faults_at_any_time(
    sim: Simulation, incident: RaiseIncident
) -> None:
    sim.beside.heard(incident)

    assert broken(sim) == [incident.key]


def test_a_life_with_an_auditor_hears_it_live_and_judges_over_each_registry() -> None:
    result = run(WATCHED)

    assert not result.wrong
    assert result.counts["a life with an auditor"] == 1
    assert result.counts["a sign of life"] > 3


def test_a_life_without_these_loops_is_what_it_was(tmp_path: Path) -> None:
    loop = VirtualLoop()
    with closing(loop), closing(_life(UNWATCHED, tmp_path, loop)) as made:
        assert not made.beside.on
        assert not made.beside.conflicted("fjord")


def test_our_own_people_declare_no_conflict(sim: Simulation) -> None:
    assert not any(sim.beside.conflicted("person:ana") for _ in range(200))
    assert any(sim.beside.conflicted("fjord") for _ in range(200))
