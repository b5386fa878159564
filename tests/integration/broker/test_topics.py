"""`tocsin kafka topics` against a real broker: its refusals are heard, and its numbers are told."""

from itertools import count
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.broker import LocalKafka
from engine.cli.app import app
from engine.cli.exits import Exit
from engine.clock import SystemClock
from engine.cluster.topics import TopicsRefusedError, make_topics, weaker_than_promised
from engine.settings import KafkaSettings

NAMES = ("critical_topic", "normal_topic", "cases_topic", "quarantine_topic")
_numbers = count(1)
runner = CliRunner()


def logs(kafka: LocalKafka, durability: str) -> dict[str, str]:
    """Settings with topics that no other test has."""
    n = next(_numbers)
    topics = {name: f"made.{n}.{name}" for name in NAMES}
    return {"brokers": " ".join(kafka.bootstrap), "durability": durability, **topics}


def settings_for(kafka: LocalKafka, durability: str) -> KafkaSettings:
    return KafkaSettings.model_validate(logs(kafka, durability))


async def test_a_topic_made_twice_is_made_once_and_told_with_its_numbers(
    kafka: LocalKafka,
) -> None:
    settings = settings_for(kafka, "single")

    first = await make_topics(settings, clock=SystemClock(), partitions=2, days=7)
    again = await make_topics(settings, clock=SystemClock(), partitions=5, days=1)

    assert [topic.made for topic in first] == [True] * 4
    assert [topic.made for topic in again] == [False] * 4
    assert {(t.partitions, t.replicas, t.in_sync_least, t.retention) for t in again} == {
        (2, 1, 1, "kept 7 days")
    }


async def test_three_copies_on_one_broker_are_refused_with_the_broker_s_own_number(
    kafka: LocalKafka,
) -> None:
    """The client raises nothing: without a look into the answer, no topic and no word of it."""
    with pytest.raises(TopicsRefusedError) as refused:
        await make_topics(settings_for(kafka, "replicated"), clock=SystemClock())

    assert str(refused.value).count("Kafka's error 38") == 4
    assert "1 broker" in str(refused.value)


async def test_topics_that_are_weaker_than_promised_are_told_with_both_numbers(
    kafka: LocalKafka,
) -> None:
    settings = settings_for(kafka, "single")
    found = await make_topics(settings, clock=SystemClock())

    assert weaker_than_promised(settings, found) == []
    promised = settings.model_copy(update={"durability": "replicated"})
    assert (
        f"{settings.normal_topic}: replication factor 1 (at least 3), min.insync.replicas 1"
        " (at least 2)." in weaker_than_promised(promised, found)
    )


def typed(folder: Path, given: dict[str, str], *words: str) -> tuple[int, str]:
    lines = "".join(f"  {name}: {value}\n" for name, value in given.items())
    config = folder / "tocsin.yaml"
    config.write_text(f"kafka:\n  enabled: true\n{lines}", "utf-8")
    done = runner.invoke(app, ["kafka", *words, "--config", str(config)])
    return done.exit_code, done.output


def test_whoever_types_it_reads_what_there_is_and_what_is_too_weak(
    kafka: LocalKafka, tmp_path: Path
) -> None:
    given = logs(kafka, "single")

    code, said = typed(tmp_path, given, "topics")
    assert code == Exit.DONE
    assert f"made   {given['critical_topic']}" in said
    assert "min.insync.replicas 1" in said

    code, said = typed(tmp_path, {**given, "durability": "replicated"}, "topics")
    assert code == Exit.UNSOUND
    assert "replication factor 1 (at least 3)" in said


def test_whoever_types_it_reads_why_the_broker_refused(kafka: LocalKafka, tmp_path: Path) -> None:
    code, said = typed(tmp_path, logs(kafka, "replicated"), "topics")

    assert code == Exit.REFUSED
    assert "Kafka's error 38" in said
    assert "kafka.durability: single" in said


def test_a_broker_that_is_away_is_named(tmp_path: Path) -> None:
    code, said = typed(tmp_path, {"brokers": "127.0.0.1:1"}, "topics")

    assert code == Exit.UNREACHABLE
    assert "127.0.0.1:1 does not answer" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("grant", "x", "--may", "rule"), "--may publish for a hotline"),
        (("grants", "--login", "nowhere"), "does not hold a user and a password"),
        (("grant", "x", "--may", "publish", "--login", "half"), "does not hold a user"),
        (("start", "--brokers", "2"), "Choose 1, or 3"),
    ],
)
def test_what_was_mistyped_is_said_before_anybody_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("half").write_text("admin\n", "utf-8")

    code, said = typed(tmp_path, {"brokers": "127.0.0.1:1"}, *words)

    assert code != Exit.DONE
    assert says in said


def test_a_kafka_that_was_never_started_is_said_not_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    code, said = typed(tmp_path, {"brokers": "127.0.0.1:1"}, "status")

    assert code == Exit.UNREACHABLE
    assert "tocsin kafka start" in said
