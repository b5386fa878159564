"""The process that reads the log is killed, and reports go on."""

from pathlib import Path

from tests.crash.failover import run


async def test_b36_reports_go_on_after_their_reader_was_killed_and_none_is_lost(
    kafka_jars: Path, tmp_path: Path
) -> None:
    result = await run(tmp_path, runner="aiokafka", static=True, kills=1)

    assert result.passed, result.line()
    assert result.acknowledged > 0
    assert result.unasked_ends == 0
