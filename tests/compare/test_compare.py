"""A comparison is only worth what its counting is: the same rule and the same moments for both."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.sinks import Answer, HttpSink, Request
from tests.compare.__main__ import ABSENT, main
from tests.compare.plan import PAUSE, plan
from tests.compare.recipient import ALERTMANAGER, Manner, Recipient, alerts_in
from tests.compare.run import Publisher
from tests.compare.tally import HEAD, Ended, Row, last_line, table, tally
from tests.harness.posting import Poster

R = TypeVar("R", bound=Recipient)
EVENTS = st.sampled_from([f"event-{n}" for n in range(6)])
MOMENTS = st.floats(0, 100)


def row(system: str, *, ended: Ended = Ended.KILL, told: int, hits: int, strikes: int = 2) -> Row:
    accepted = {f"event-{n}": 0.0 for n in range(3)}
    found = tally(accepted, [(f"event-{n % told}", 1.0) for n in range(hits)])
    return Row(
        posted="once",
        recipient="quick",
        ended=ended,
        system=system,
        strikes=strikes,
        repeated=4,
        back=(1.0, 3.0),
        tally=found,
    )


def told_of(*events: str, status: str = "firing") -> bytes:
    return json.dumps(
        {"alerts": [{"status": status, "labels": {"event": each}} for each in events]}
    ).encode()


class Asked(Recipient):
    """Says when it was asked something, long before it answers."""

    def __init__(self, *, slow: float) -> None:
        super().__init__(slow=slow)
        self.asked = asyncio.Event()

    def answer(self, request: Request) -> Answer:
        self.asked.set()
        return super().answer(request)


@asynccontextmanager
async def serving(recipient: R) -> AsyncIterator[tuple[R, Poster]]:
    await recipient.start()
    poster = Poster(port=recipient.port, key="")
    try:
        yield recipient, poster
    finally:
        await poster.aclose()
        await recipient.stop()


class Door:
    """As much of a system as a publisher sees."""

    def __init__(self, port: int) -> None:
        self._port = port

    def poster(self) -> Poster:
        return Poster(port=self._port, key="")

    def request(self, n: int) -> tuple[str, str, bytes]:
        return f"event-{n}", f"/events/{n}", b"{}"


def test_an_event_that_was_acknowledged_and_never_told_is_lost() -> None:
    found = tally({"a": 1.0, "b": 2.0, "c": 3.0}, [("a", 1.5), ("c", 2.0), ("a", 9.0), ("c", 4.0)])

    assert found.lost == ("b",)
    assert (found.accepted, found.told, found.duplicates, found.strangers) == (3, 2, 2, 0)
    assert found.waits == (0.0, 0.5)  # told before its publisher read that it was taken: no wait


def test_what_nobody_accepted_is_no_telling_of_anything() -> None:
    found = tally({"a": 1.0}, [("x", 1.0), ("x", 2.0)])

    assert (found.told, found.lost, found.duplicates, found.strangers) == (0, ("a",), 0, 2)


@settings(max_examples=40)
@given(st.dictionaries(EVENTS, MOMENTS), st.lists(st.tuples(EVENTS, MOMENTS)))
def test_each_event_and_each_telling_is_counted_once(
    accepted: dict[str, float], hits: list[tuple[str, float]]
) -> None:
    found = tally(accepted, hits)

    assert found.told + len(found.lost) == found.accepted == len(accepted)
    assert found.told + found.duplicates + found.strangers == len(hits)
    assert len(found.waits) == found.told
    assert tally(accepted, list(reversed(hits))) == found


@settings(max_examples=40)
@given(st.integers(1, 500), st.integers(0, 40), st.integers())
def test_both_are_ended_at_the_same_moments_and_all_lie_in_the_stream(
    events: int, kills: int, seed: int
) -> None:
    strikes = plan(events=events, kills=kills, seed=seed)

    assert strikes == plan(events=events, kills=kills, seed=seed)
    assert len(strikes) == kills
    assert [each.after for each in strikes] == sorted(each.after for each in strikes)
    assert all(1 <= each.after <= events and 0 <= each.pause <= PAUSE for each in strikes)


def test_another_seed_has_other_moments() -> None:
    assert plan(events=1000, kills=5, seed=1) != plan(events=1000, kills=5, seed=2)


@pytest.mark.parametrize(("events", "kills"), [(0, 1), (1, -1)])
def test_there_is_nothing_to_strike_in_an_empty_stream(events: int, kills: int) -> None:
    with pytest.raises(ValueError, match="events"):
        plan(events=events, kills=kills, seed=1)


def test_the_last_line_adds_up_the_rows_of_each_system() -> None:
    rows = [
        row("tocsin", told=3, hits=4),
        row("alertmanager", told=1, hits=1),
        row("tocsin", ended=Ended.STOP, told=3, hits=3),
        row("alertmanager", ended=Ended.STOP, told=2, hits=3),
    ]

    assert last_line(rows, events=3, seed=7) == (
        "events=3 kills=2 stops=2 tocsin_lost=0 tocsin_duplicates=1 "
        "alertmanager_lost=3 alertmanager_duplicates=1 seed=7"
    )
    assert last_line([], events=3, seed=7) == "events=3 kills=0 stops=0 seed=7"


def test_the_table_has_a_cell_for_every_heading() -> None:
    head, rule, *lines = table([row("tocsin", told=3, hits=4), row("tocsin", told=1, hits=0)])

    assert head.count("|") == rule.count("|") == len(HEAD) + 1
    assert (
        lines[0] == "| once | quick | 2 × kill -9 | tocsin | 3 | 3 | 0 | 1 | 4 | 1 s | 1 s | 2 s |"
    )
    assert lines[1] == "| once | quick | 2 × kill -9 | tocsin | 3 | 0 | 3 | 0 | 4 | – | – | 2 s |"


def test_a_long_wait_is_said_in_whole_seconds() -> None:
    late = replace(tally({"a": 0.0, "b": 0.0}, [("a", 0.0)]), waits=(0.04, 312.4, 312.4))

    cells = replace(row("tocsin", told=3, hits=3), tally=late).cells

    assert cells[-3:] == ("312 s", "312 s", "2 s")


def test_only_alerts_that_fire_are_tellings() -> None:
    assert alerts_in(told_of("event-1", "event-2")) == ["event-1", "event-2"]
    assert alerts_in(told_of("event-1", status="resolved")) == []


def test_without_an_alertmanager_one_sentence_says_how_to_get_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--alertmanager", "no-such-program-here"]) == ABSENT

    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "prometheus-alertmanager" in said


async def test_a_recipient_that_was_away_took_nothing() -> None:
    async with serving(Recipient()) as (recipient, poster):
        recipient.begin(Manner.AWAY)
        assert (await poster.post(ALERTMANAGER, told_of("event-1"))).status == 503
        recipient.away = False
        assert (await poster.post(ALERTMANAGER, told_of("event-2"))).status == 200

        assert [event for event, _ in recipient.hits] == ["event-2"]


@pytest.mark.parametrize(
    ("manner", "taken"),
    [(Manner.HAS_IT, ["gone", "there"]), (Manner.NOT_YET, ["there"])],
)
async def test_what_a_sender_did_not_wait_for_was_taken_or_not_as_the_recipient_is(
    manner: Manner, taken: list[str]
) -> None:
    async with serving(Asked(slow=0.5)) as (recipient, poster):
        recipient.begin(manner)
        hasty = Poster(port=recipient.port, key="")
        asking = asyncio.create_task(hasty.post(ALERTMANAGER, told_of("gone")))
        async with asyncio.timeout(20):
            await recipient.asked.wait()
        asking.cancel()
        await hasty.aclose()
        # Asked later, and so answered later: what became of the first is settled by then.
        assert (await poster.post(ALERTMANAGER, told_of("there"))).status == 200

        assert [event for event, _ in recipient.hits] == taken


async def test_an_event_is_posted_again_only_while_nobody_acknowledged_it() -> None:
    numbers = count()
    door = HttpSink(answer=lambda _: Answer(status=(500, 503, 202)[min(next(numbers), 2)]))
    await door.start()
    publisher = Publisher(Door(door.port), events=3, rate=1_000)
    try:
        await publisher.run()
    finally:
        await door.stop()

    assert sorted(publisher.accepted) == ["event-0", "event-1", "event-2"]
    assert (publisher.begun, publisher.repeated, len(door.requests)) == (3, 2, 5)


async def test_where_events_are_sent_again_and_again_only_what_was_accepted_is() -> None:
    paths: list[str] = []
    enough = asyncio.Event()

    def taken(request: Request) -> Answer:
        paths.append(request.target)
        if len(paths) == 4:
            enough.set()
        return Answer(status=202)

    door = HttpSink(answer=taken)
    await door.start()
    publisher = Publisher(Door(door.port), events=3, rate=1_000, begun=3)
    publisher.accepted = {"event-0": 1.0, "event-2": 1.0}
    keeping_on = asyncio.create_task(publisher.keep_on(every=0.0))
    try:
        async with asyncio.timeout(20):
            await enough.wait()
    finally:
        keeping_on.cancel()
        await asyncio.gather(keeping_on, return_exceptions=True)
        await door.stop()

    assert paths[:4] == ["/events/0", "/events/2", "/events/0", "/events/2"]
    assert publisher.accepted == {"event-0": 1.0, "event-2": 1.0}
