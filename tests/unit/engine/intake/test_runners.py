"""Which runner reads which topic, and that settings decide it."""

from typing import Any

import pytest

from engine.clock import SystemClock
from engine.intake.answer_stream import AnswerHandler
from engine.intake.durability import TopicState, check_durability, judge
from engine.intake.runners import kafka_lanes
from engine.settings import KafkaSettings


@pytest.mark.parametrize(
    ("critical", "normal", "names", "kinds"),
    [
        ("aiokafka", "faust", ["critical", "normal"], ["KafkaStream", "FaustStream"]),
        ("faust", "aiokafka", ["critical", "normal"], ["FaustStream", "KafkaStream"]),
        ("faust", "faust", ["all"], ["FaustStream"]),
        ("aiokafka", "aiokafka", ["critical", "normal"], ["KafkaStream", "KafkaStream"]),
    ],
)
def test_each_lane_can_be_switched(
    critical: Any, normal: Any, names: list[str], kinds: list[str]
) -> None:
    nothing: Any = None

    lanes = kafka_lanes(
        KafkaSettings(critical_runner=critical, normal_runner=normal),
        door=nothing,
        desk=nothing,
        reader=nothing,
        writer=nothing,
        clock=SystemClock(),
        halt=lambda reason: None,
        owner="here",
    )

    assert [lane.name for lane in lanes] == names
    assert [type(lane.stream).__name__ for lane in lanes] == kinds


@pytest.mark.parametrize(
    ("topic", "taken", "names"),
    [
        ("tocsin.answers", True, ["critical", "normal", "answers"]),
        ("", True, ["critical", "normal"]),
        ("tocsin.answers", False, ["critical", "normal"]),
    ],
)
def test_answers_have_a_lane_of_their_own_where_somebody_named_their_topic(
    topic: str, taken: bool, names: list[str]
) -> None:
    nothing: Any = None
    handler = AnswerHandler(answers=nothing, desk=nothing, vault=nothing, clock=SystemClock())

    lanes = kafka_lanes(
        KafkaSettings(answers_topic=topic, normal_runner="aiokafka"),
        door=nothing,
        desk=nothing,
        reader=nothing,
        writer=nothing,
        clock=SystemClock(),
        halt=lambda reason: None,
        owner="here",
        answers=handler if taken else None,
    )

    assert [lane.name for lane in lanes] == names
    assert [lane.handler for lane in lanes if lane.name == "answers"] == [handler] * (
        "answers" in names
    )


def test_answers_never_share_a_topic_with_reports() -> None:
    with pytest.raises(ValueError, match="a topic of their own"):
        KafkaSettings(answers_topic="tocsin.threats")


@pytest.mark.parametrize(
    ("replicas", "in_sync", "refused"),
    [(3, 2, False), (5, 3, False), (1, 2, True), (3, 1, True), (2, 2, True)],
)
def test_a_topic_that_may_lose_what_it_acknowledged_is_named_with_its_figures(
    replicas: int, in_sync: int, refused: bool
) -> None:
    found = judge({"tocsin.threats": TopicState(replicas=replicas, in_sync_least=in_sync)})

    assert bool(found) is refused
    assert all(f"replication factor {replicas}" in fault for fault in found)


def test_a_topic_that_is_not_there_is_named() -> None:
    assert judge({"t": TopicState(replicas=0, in_sync_least=0)}) == ["t: there is no such topic."]


@pytest.mark.parametrize("durability", ["single", "none"])
async def test_weaker_durability_is_not_asked_about_when_somebody_chose_it(durability: Any) -> None:
    await check_durability(KafkaSettings(brokers=("127.0.0.1:1",), durability=durability))
