"""Which runner reads which topic, and that settings decide it."""

from typing import Any

import pytest

from engine.clock import SystemClock
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
