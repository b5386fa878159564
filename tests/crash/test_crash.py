"""The engine is killed under load, and nobody's report or message is lost."""

from pathlib import Path

import pytest

from tests.crash.run import run
from tests.harness.house import READY_WITHIN


@pytest.mark.timeout(120)
async def test_killed_three_times_the_engine_loses_nothing(tmp_path: Path) -> None:
    result = await run(tmp_path, kills=3)

    assert not result.violations, "\n".join(map(str, result.violations))
    assert not result.not_handed_on
    assert result.accepted > 50
    assert result.slowest_start < READY_WITHIN
