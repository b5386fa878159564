"""Whatever is killed, and wherever: nobody's report is lost, and every page leaves."""

from pathlib import Path

import pytest

from engine.broker import LocalKafka
from tests.crash.faults import DATABASE, KILL, POINT, Fault
from tests.crash.run import Run
from tests.harness.postgres import PostgresServer


@pytest.mark.parametrize(
    ("store", "runner", "fault"),
    [
        pytest.param("sqlite", "aiokafka", Fault(kind=POINT, point="send.after"), id="a_send"),
        pytest.param("sqlite", "faust", Fault(kind=KILL), id="anywhere"),
        pytest.param("postgres", "aiokafka", Fault(kind=DATABASE), id="the_database"),
        pytest.param("postgres", "faust", Fault(kind=POINT, point="accept.before"), id="a_commit"),
    ],
)
async def test_killed_at_any_moment_nothing_is_lost_doubled_or_left_unsent(
    tmp_path: Path,
    kafka: LocalKafka,
    request: pytest.FixtureRequest,
    store: str,
    runner: str,
    fault: Fault,
) -> None:
    postgres: PostgresServer | None = None
    if store == "postgres":
        postgres = request.getfixturevalue("postgres")
    run = Run(tmp_path, store=store, runner=runner, seed=4, kafka=kafka, postgres=postgres)

    outcome = await run.run([fault], kills=1, until=float("inf"))

    assert outcome.sound, "\n".join(outcome.lines())
    assert [one.name for one in outcome.struck if one.name != "exit"] == [fault.name]
    assert outcome.verdict.events > 30
    assert outcome.verdict.cases > 5
