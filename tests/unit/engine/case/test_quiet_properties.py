"""Duty is quiet exactly while every owed thing has an owner and a future time, whatever happens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case import times
from engine.case.check_ins import TALKS
from engine.case.draft import Refusal
from engine.case.due import due_at
from engine.case.state import CaseStatus
from schemas import facts as f
from schemas.codes import ActionKind, DateKind, Heard, Severity, SubjectStatus, TrackName
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import ROSTER, Story, a_told_case, an_event

PEOPLE = ("ana", "ben", "chi", "eve")
CODES = ("arrest", "threat", "enrichment", "released_from_custody", "status_changed")
Act = Callable[[Story], object]
_NO = (ResponseKind.DECLINED, ResponseKind.WRONG_CONTACT)

people = st.sampled_from(PEOPLE)
numbers = st.integers(min_value=0, max_value=9)


def waits(minutes: int) -> Act:
    return lambda story: story.after(minutes=minutes)


def stands_still(minutes: int) -> Act:
    return lambda story: story.outage(minutes=minutes)


def answers(by: str, kind: ResponseKind) -> Act:
    return lambda story: story.answer(by, kind, alert=story.duty(by).id)


def takes(by: str, at: int) -> Act:
    def act(story: Story) -> None:
        task = story.case.tasks[at % len(story.case.tasks)]
        story.send(c.TakeTask(inbox=story.inbox(), case=story.case.id, task=task.id, by=by))

    return act


def finishes(by: str, at: int, result: str, heard: Heard) -> Act:
    def act(story: Story) -> None:
        task = story.case.tasks[at % len(story.case.tasks)]
        story.send(
            c.FinishTask(
                inbox=story.inbox(),
                case=story.case.id,
                task=task.id,
                by=by,
                result=result,
                heard=heard,
            )
        )

    return act


def speaks(by: str, heard: Heard) -> Act:
    """A talk with the person, the first or a later one."""

    def act(story: Story) -> None:
        task = next(t for t in story.case.tasks if t.kind in TALKS)
        finishes(by, story.case.tasks.index(task), "done", heard)(story)

    return act


def reports(code: str, severity: Severity, status: SubjectStatus | None) -> Act:
    who = {"kind": "person", "pseudonym": "s1", "status": status}
    return lambda story: story.report(an_event(code, subjects=[who]), severity=severity)


def notes(status: SubjectStatus) -> Act:
    return lambda story: story.send(
        c.NoteStatus(inbox=story.inbox(), case=story.case.id, status=status, by="ana")
    )


def lowers(severity: Severity) -> Act:
    return lambda story: story.send(
        c.LowerSeverity(
            inbox=story.inbox(),
            case=story.case.id,
            severity=severity,
            was=story.case.severity,
            why="other",
            by="ana",
        )
    )


def leaves_talks_to(owners: tuple[str, ...]) -> Act:
    return lambda story: story.send(
        c.SetContactOwners(inbox=story.inbox(), case=story.case.id, owners=owners, by="ana")
    )


def seeks(state: str) -> Act:
    return lambda story: story.send(
        c.NoteRemedy(inbox=story.inbox(), case=story.case.id, state=state, by="ana")  # type: ignore[arg-type]
    )


def roster_changes(away: str) -> Act:
    shifts = tuple(shift for shift in ROSTER.shifts if shift.person != away)
    return lambda story: story.around(roster=replace(ROSTER, version=away, shifts=shifts))


def promises(minutes: int) -> Act:
    return lambda story: story.promises(
        "lea", ActionKind.VISIT, due=story.now + story.now.resolution * minutes * 60_000_000
    )


def ends(by: str) -> Act:
    return lambda story: story.proposed(by).confirmed("dia")


def hands_over(by: str, to: str, some: int) -> Act:
    """The case, or only the first of its tasks."""

    def act(story: Story) -> None:
        tasks = tuple(task.id for task in story.case.tasks[:some])
        story.send(c.HandOver(inbox=story.inbox(), case=story.case.id, by=by, to=to, tasks=tasks))

    return act


def adds_a_task(owner: str, minutes: int, critical: bool) -> Act:
    def act(story: Story) -> None:
        due = story.now + timedelta(minutes=minutes)
        story.send(story.a_task_by_hand(due, owner=owner, critical=critical))

    return act


def calls_by_hand(by: str, step: int) -> Act:
    return lambda story: story.send(
        c.Escalate(inbox=story.inbox(), case=story.case.id, by=by, step=step)
    )


def adds_a_date(minutes: int) -> Act:
    return lambda story: story.send(
        c.AddDate(
            inbox=story.inbox(),
            case=story.case.id,
            date_kind=DateKind.HEARING,
            on=story.now + timedelta(minutes=minutes),
            by="ana",
        )
    )


def bounces(who: str) -> Act:
    return lambda story: story.bounced(who).send(c.Tick())


def is_touched(story: Story) -> None:
    story.send(c.TouchedByAct(case=story.case.id, event="e9", after="other"))


def stands(minutes: int) -> Act:
    return lambda story: story.stands(until=story.now + timedelta(minutes=minutes))


tracks = st.sampled_from((TrackName.MISSIONS, TrackName.COMPANIES, TrackName.PROTECTION))

acts = st.one_of(
    st.builds(hands_over, people, people, st.integers(min_value=0, max_value=2)),
    st.builds(
        adds_a_task, st.sampled_from(("", *PEOPLE)), st.sampled_from((30, 3_000)), st.booleans()
    ),
    st.builds(calls_by_hand, people, st.integers(min_value=0, max_value=2)),
    st.builds(adds_a_date, st.sampled_from((60, 1_441, 9_000))),
    st.builds(bounces, people),
    st.just(is_touched),
    st.builds(stands, st.sampled_from((1_441, 9_000, 40_000))),
    st.just(lambda story: story.standing_ended()),
    tracks.map(lambda name: lambda story: story.release(name)),
    tracks.map(lambda name: lambda story: story.freeze(name)),
    tracks.map(lambda name: lambda story: story.lifted(name)),
    st.builds(waits, st.sampled_from((1, 14, 29, 61, 239, 241, 1_441, 9_000))),
    st.builds(waits, st.integers(min_value=1, max_value=400)),
    st.builds(stands_still, st.sampled_from((45, 700, 3_000))),
    st.builds(
        answers,
        people,
        st.sampled_from((ResponseKind.ACKNOWLEDGED, ResponseKind.ASKS, *_NO)),
    ),
    st.builds(takes, people, numbers),
    st.builds(speaks, people, st.sampled_from(list(Heard))),
    st.builds(
        finishes,
        people,
        numbers,
        st.sampled_from(("done", "no_sign", "no")),
        st.sampled_from(list(Heard)),
    ),
    st.builds(
        reports,
        st.sampled_from(CODES),
        st.sampled_from(list(Severity)),
        st.sampled_from((None, *SubjectStatus)),
    ),
    st.builds(notes, st.sampled_from(list(SubjectStatus))),
    st.builds(lowers, st.sampled_from(list(Severity))),
    st.builds(leaves_talks_to, st.sampled_from(((), ("ben",), ("ben", "chi")))),
    st.builds(seeks, st.sampled_from(("sought", "obtained"))),
    st.builds(roster_changes, st.sampled_from(("ana", "ben", "nobody"))),
    st.builds(promises, st.integers(min_value=10, max_value=3_000)),
    st.builds(ends, people),
    st.just(lambda story: story.reopened()),
)


def look(story: Story) -> None:
    case, now = story.case, story.now
    if case.status.alive:
        due = due_at(case)
        assert due is not None
        assert due > now
    if case.status is not CaseStatus.OPEN:
        return
    for task in case.tasks:
        assert task.next_at > now, "whatever is owed has a time ahead at which somebody hears of it"
    duty = story.track(TrackName.DUTY)
    if duty.hold_until is not None:
        assert duty.hold_until > now
        assert all(task.owner for task in case.tasks), "quiet, and something is nobody's"
        answered = max(x.at for x in story.facts if isinstance(x, f.Owned))
        for task in case.tasks:
            late = now - max(task.due_at, answered)
            assert late <= times.ANSWER_WITHIN[case.severity], "late, told in vain, and quiet"
        return
    assert duty.next_at is not None
    assert duty.next_at > now, "not quiet, and nobody will be called"
    calls = (f.TrackWoken, f.Owned)
    last = [x for x in story.facts if isinstance(x, calls) and _duty(x)][-1:]
    assert not any(isinstance(x, f.Owned) for x in last), "it fell silent, and nothing called it"


def _duty(fact: object) -> bool:
    return not isinstance(fact, f.TrackWoken) or fact.track is TrackName.DUTY


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(acts, min_size=3, max_size=25))
@example([leaves_talks_to(("ben",)), speaks("ben", Heard.SAFE_CHANNEL), waits(61)])
@example([leaves_talks_to(("chi",)), roster_changes("chi"), speaks("eve", Heard.LAWYER)])
@example(
    [
        waits(239),
        speaks("ben", Heard.SAFE_CHANNEL),
        answers("ana", ResponseKind.DECLINED),
    ]
)
@example(
    [
        leaves_talks_to(("ben",)),
        stands_still(700),
        answers("ben", ResponseKind.DECLINED),
        answers("ana", ResponseKind.ACKNOWLEDGED),
    ]
)
def test_duty_is_quiet_exactly_while_every_owed_thing_has_an_owner_and_a_future_time(
    life: list[Act],
) -> None:
    story = a_told_case()
    look(story)
    for act in life:
        try:
            act(story)
        except (Refusal, StopIteration, ZeroDivisionError, AssertionError):
            continue  # Refused, nobody of that name was told, or nothing is owed or frozen.
        look(story)


def test_a_person_who_does_the_late_thing_need_not_say_that_they_have_it() -> None:
    story = a_told_case()
    while story.track(TrackName.DUTY).hold_until is not None:
        story.after(minutes=30)
    duty = story.track(TrackName.DUTY)
    assert (duty.hold_until, duty.woken_by) == (None, "hold_expired")
    story.after(minutes=1)
    for task in [t for t in story.case.tasks if t.due_at <= story.now]:
        finishes("ben", story.case.tasks.index(task), "done", Heard.SAFE_CHANNEL)(story)
    assert story.track(TrackName.DUTY).hold_until is not None
    assert story.case.owner == "ben"
    look(story)


def test_doing_something_else_does_not_silence_a_new_act() -> None:
    story = a_told_case().when("Tue 01:00").report(an_event("threat"), severity=Severity.HIGH)
    assert story.track(TrackName.DUTY).woken_by == "suspected_reprisal"
    story.finish("first_contact", by="ben")
    assert story.track(TrackName.DUTY).hold_until is None
