"""A case lives for two years: four changes of the clocks, two hundred restarts, and nothing slips.

Core, desk and store, as they are shipped: real SQLite, the engine's own loops, virtual time.
"""

import time
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.case.due import due_at
from rules import duty
from schemas import facts as f
from schemas.codes import Severity
from schemas.projection import Purpose
from schemas.roster import Layer, Role, Roster, Rotation
from tests.harness.people import faro
from tests.harness.reports import report
from tests.harness.story import Story, given
from tests.harness.towns import LIFE, cerro, rulebook

BERLIN = ZoneInfo("Europe/Berlin")
NAMES = ("Ana", "Ben", "Chi")
FIRST_TURN = datetime(2027, 1, 3, 9, tzinfo=BERLIN).replace(tzinfo=None)
RESTARTS = 200
AT_MOST = 10.0
"""Seconds of computing, all threads together: what else runs beside it does not count."""
TWO_YEARS = timedelta(days=730)
CHANGES = (date(2027, 3, 28), date(2027, 10, 31), date(2028, 3, 26), date(2028, 10, 29))
"""Sundays on which the clocks change there, a few hours before the hand-over."""
WORSE = 2028
"""The year in which the case becomes critical; before, it is elevated."""
CADENCES = {
    Severity.ELEVATED: [timedelta(days=7), timedelta(days=30)],
    Severity.CRITICAL: [timedelta(hours=6), timedelta(hours=24), timedelta(hours=72)],
}


def by_weeks() -> Roster:
    """Ana, Ben and Chi hand over on Sundays at nine, by the clock on their wall."""
    roster = faro()
    weeks = Rotation(
        id="weeks",
        people=tuple(f"person:{name.lower()}" for name in NAMES),
        every="weekly",
        starts=FIRST_TURN.date(),
        at="09:00",
        zone="Europe/Berlin",
    )
    return replace(
        roster,
        rotations=(weeks,),
        layers=(Layer(id="handlers", role=Role.HANDLER, rotation="weeks"),),
        shifts=tuple(shift for shift in roster.shifts if shift.role is not Role.HANDLER),
    )


def whose_turn(now: datetime) -> str:
    """As people count it: weeks since the first Sunday at nine, on the wall."""
    wall = now.astimezone(BERLIN).replace(tzinfo=None)
    return NAMES[(wall - FIRST_TURN) // timedelta(weeks=1) % len(NAMES)]


async def test_a_case_lives_two_years_through_restarts_and_changes_of_the_clocks() -> None:
    life = TwoYears()
    began = time.process_time()
    async with given(
        registry=cerro(), rulebook=rulebook(LIFE), roster=by_weeks(), at="2027-03-01 10:00"
    ) as story:
        await life.through(story)

    assert life.restarts == RESTARTS
    assert life.hand_overs == 2 * len(CHANGES)
    assert 12 <= life.check_ins[Severity.ELEVATED] <= 14, "after a week, then every thirty days"
    assert 110 <= life.check_ins[Severity.CRITICAL] <= 115, "every three days"
    assert time.process_time() - began < AT_MOST


class TwoYears:
    """What happens to it, and what was counted. After a year something worse is done."""

    def __init__(self) -> None:
        self.restarts = self.hand_overs = 0
        self.check_ins: Counter[Severity] = Counter()

    async def through(self, story: Story) -> None:
        """Two years of one case, told to the minute."""
        await self.act(story)
        end = story.now + TWO_YEARS
        pause = TWO_YEARS / RESTARTS
        restarts = [story.now + pause * (n + 0.5) for n in range(RESTARTS)]
        acts = [
            datetime(day.year, day.month, day.day, 9, tzinfo=BERLIN) + before
            for day in CHANGES
            for before in (timedelta(minutes=-1), timedelta(0))
        ]
        for moment in sorted({*restarts, *acts, end}):
            await self.live_until(story, moment)
            if moment in acts:
                await self.act(story)
                self.hand_overs += 1
            elif moment in restarts:
                await (story.crash if self.restarts % 2 else story.restart)(seconds=20)
                self.restarts += 1
        self.nothing_lost_nor_doubled(story)

    async def act(self, story: Story) -> None:
        """Something new is done to the person: whoever has the turn is paged, and takes it."""
        forget_what_was_read(story)
        turn, worse = whose_turn(story.now), story.now.year >= WORSE
        code, said = ("shots_fired", "CRITICAL") if worse else ("dismissal", "elevated")
        await story.publish(
            report(code, id=f"act-{story.now:%Y%m%d%H%M}", parties=GUARD, consents=[])
        )
        await story.phone(turn).expects(said).replies("1")
        await story.advance(minutes=7)
        for kind in ("triage", "planning_trouble", "first_contact"):
            if kind in [task.kind for task in story.case().tasks]:
                await story.finish(kind, by=turn)

    async def live_until(self, story: Story, moment: datetime) -> None:
        """Let time pass; each check-in is kept in the minute in which it is due."""
        while True:
            case = story.case()
            due = due_at(case)
            assert due is not None, "an open case always owes something"
            (check_in,) = [task for task in case.tasks if task.kind == "check_in"]
            if check_in.due_at > moment:
                break
            await story.advance(seconds=(check_in.due_at - story.now).total_seconds())
            owner = check_in.owner.partition(":")[2]
            told = [sent for sent in story.sent(f"{owner}.sms") if sent.at == story.now]
            assert [sent.purpose for sent in told] == [Purpose.TASK]
            await story.finish("check_in", by=owner.title())
            (following,) = [task for task in story.case().tasks if task.kind == "check_in"]
            self.check_ins[case.severity] += 1
            cadence = CADENCES[case.severity]
            pause = cadence[min(self.check_ins.total(), len(cadence) - 1)]
            assert following.due_at - story.now == pause
        if moment > story.now:
            await story.advance(seconds=(moment - story.now).total_seconds())

    def nothing_lost_nor_doubled(self, story: Story) -> None:
        """Each message that was decided left once, and nobody had two at a time of one case."""
        keys = [notice.key for told in story.facts(f.Told) for notice in told.notices]
        left = Counter(sent.key for letters in PHONES for sent in story.sent(letters))

        assert set(left) == set(keys)
        assert set(left.values()) == {1}
        assert len(set(keys)) == len(keys)
        forget_what_was_read(story)


GUARD = {"guardia-sur": "alleged_perpetrator"}
PHONES = tuple(f"{name.lower()}.sms" for name in (*NAMES, "Dia", "Flo"))


def forget_what_was_read(story: Story) -> None:
    """Messages that were looked at in another way."""
    for name in (*NAMES, "Dia"):
        story.phone(name).ignores_everything()


@pytest.mark.parametrize("severity", CADENCES)
def test_the_cadence_of_this_test_is_the_shipped_one(severity: Severity) -> None:
    shipped = dict(duty.CHECK_INS.by_severity)[severity]

    assert [timedelta(seconds=pause) for pause in shipped] == CADENCES[severity]
