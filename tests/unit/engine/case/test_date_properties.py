"""Whatever happens to a date, it is checked once, in time, and by its last word."""

from datetime import datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.due import due_at
from engine.case.evolve import evolve
from engine.case.marked import checks_of, over_at
from engine.case.state import Case, CaseStatus, dump_case, load_case
from schemas import facts as f
from schemas.codes import ActionKind, DateKind, Severity, TrackName
from schemas.responses import ResponseKind
from tests.unit.engine.case.builders import EMBASSY, NHRI, Refusal, Story, an_event, at, outward

MISSIONS, NHRIS = TrackName.MISSIONS, TrackName.NHRIS
TRACKS = (outward(MISSIONS), outward(NHRIS))
HOURS = st.integers(min_value=1, max_value=40 * 24)
KINDS = st.sampled_from([DateKind.HEARING, DateKind.EVICTION, DateKind.UN_REPLY, DateKind.VISIT])

acts = st.one_of(
    st.tuples(st.just("add"), KINDS, HOURS),
    st.tuples(st.just("move"), st.integers(0, 3), HOURS),
    st.tuples(st.just("remove"), st.integers(0, 3), st.just(0)),
    st.tuples(st.just("wait"), st.just(0), HOURS),
    st.tuples(st.just("outage"), st.just(0), st.integers(1, 10 * 24)),
    st.tuples(st.just("promise"), st.sampled_from(["lea", "nhri-mail"]), HOURS),
    st.tuples(st.just("answer"), st.sampled_from(["lea", "nhri-mail"]), st.integers(0, 3)),
    st.tuples(st.just("freeze"), st.just(0), st.just(0)),
)
_ANSWERS = (
    ResponseKind.ACKNOWLEDGED,
    ResponseKind.ACTED,
    ResponseKind.WITHDRAWS,
    ResponseKind.DECLINED,
)


def a_case() -> Story:
    story = Story(now=at("Mon 09:00")).report(
        an_event("slapp"), severity=Severity.ELEVATED, tracks=TRACKS, candidates=(EMBASSY, NHRI)
    )
    return story.page_answered().release(MISSIONS).release(NHRIS)


def happens(story: Story, act: tuple[str, object, int]) -> None:
    """Let one thing happen; what is refused changes nothing."""
    what, which, number = act
    later = story.now + timedelta(hours=number)
    dates = story.case.dates
    try:
        if what == "add" and isinstance(which, DateKind):
            story.send(
                c.AddDate(
                    inbox=story.inbox(), case=story.case.id, date_kind=which, on=later, by="ana"
                )
            )
        elif what == "wait":
            story.until(later)
        elif what == "outage":
            story.outage(hours=number)
        elif what == "freeze":
            story.freeze()
        elif what == "promise" and isinstance(which, str):
            story.promises(which, ActionKind.VISIT, due=later)
        elif what == "answer" and isinstance(which, str):
            story.answer(which, _ANSWERS[number])
        elif dates and isinstance(which, int):
            date = dates[which % len(dates)].id
            story.send(
                c.MoveDate(inbox=story.inbox(), case=story.case.id, date=date, on=later, by="ana")
                if what == "move"
                else c.RemoveDate(inbox=story.inbox(), case=story.case.id, date=date, by="ana")
            )
    except Refusal:
        pass


def lives(steps: list[tuple[str, object, int]]) -> Story:
    story = a_case()
    for step in steps:
        happens(story, step)
        assert due_at(story.case) is not None
        assert all(date.next_at is not None for date in story.case.dates)
    return story


@settings(max_examples=30, deadline=None)
@given(steps=st.lists(acts, max_size=12))
def test_no_check_is_made_twice_or_before_its_time(steps: list[tuple[str, object, int]]) -> None:
    story = lives(steps).after(days=45)

    seen: set[tuple[str, datetime, int]] = set()
    on: dict[str, datetime] = {}
    since: dict[str, int] = {}
    moves = 0
    for fact in story.facts:
        if isinstance(fact, f.DateSet | f.DateMoved):
            on[fact.date] = fact.on
            moves += 1
            since[fact.date] = moves
        elif isinstance(fact, f.DateRemoved | f.DatePassed):
            del on[fact.date]
        elif isinstance(fact, f.DateChecked):
            assert fact.due_at == on[fact.date] + timedelta(seconds=fact.check)
            assert fact.at >= fact.due_at
            once = (fact.date, fact.due_at, since[fact.date])
            assert once not in seen
            seen.add(once)
    assert not story.case.dates, "45 days later every date lies behind"


@settings(max_examples=20, deadline=None)
@given(there=st.lists(HOURS, min_size=1, max_size=6), kind=KINDS)
def test_a_date_moved_to_and_fro_is_checked_as_if_it_had_always_been_there(
    there: list[int], kind: DateKind
) -> None:
    start = a_case()
    now, last = start.now, start.now + timedelta(hours=there[-1])
    moved, still = a_case(), a_case()
    happens(moved, ("add", kind, 17 * 24))
    for hours in there:
        happens(moved, ("move", 0, hours))
    happens(still, ("add", kind, there[-1]))
    moved.until(now + timedelta(days=45))
    still.until(now + timedelta(days=45))

    def checked(story: Story) -> list[tuple[int, datetime, bool, tuple[TrackName, ...]]]:
        return [(x.check, x.at, x.satisfied, x.uncovered) for x in story.of(f.DateChecked)]

    assert checked(moved) == checked(still)
    (passed,) = moved.of(f.DatePassed)
    assert passed.on == last and passed.at == over_at(kind, last)


@settings(max_examples=20, deadline=None)
@given(steps=st.lists(acts, max_size=8), kind=KINDS, hours=HOURS)
def test_a_date_that_was_removed_owes_nothing(
    steps: list[tuple[str, object, int]], kind: DateKind, hours: int
) -> None:
    story = lives(steps)
    before = {date.id for date in story.case.dates}
    happens(story, ("add", kind, hours))
    for date in [date for date in story.case.dates if date.id not in before]:
        story.send(c.RemoveDate(inbox=story.inbox(), case=story.case.id, date=date.id, by="ana"))
        gone = len(story.facts)
        story.after(days=45)
        assert not [x for x in story.facts[gone:] if getattr(x, "date", "") == date.id]
        assert not [t for t in story.case.tasks if t.detail == date.id]


@settings(max_examples=20, deadline=None)
@given(steps=st.lists(acts, max_size=12))
def test_a_case_with_dates_is_the_same_when_it_is_replayed_or_stored(
    steps: list[tuple[str, object, int]],
) -> None:
    story = lives(steps)

    replayed = Case(id=story.case.id, around=story.case.around)
    for fact in story.facts:
        replayed = evolve(replayed, f.load_fact(f.dump_fact(fact)))

    assert replayed == story.case
    stored = load_case(dump_case(story.case))
    assert (stored.dates, stored.tracks) == (story.case.dates, story.case.tracks)


@settings(max_examples=20, deadline=None)
@given(kind=KINDS, hours=HOURS, known=st.integers(0, 39 * 24))
@example(kind=DateKind.HEARING, hours=72, known=0)
def test_every_check_ahead_is_made_at_its_minute_and_none_behind_is_made_late(
    kind: DateKind, hours: int, known: int
) -> None:
    story = a_case()
    story.after(hours=known)
    now = story.now
    happens(story, ("add", kind, hours))
    on = now + timedelta(hours=hours)
    story.until(on + timedelta(days=1))

    due = [on + check for check in checks_of(kind) if on + check > now]
    assert [fact.at for fact in story.of(f.DateChecked)] == due
    (known_fact,) = story.of(f.DateSet)
    assert len(known_fact.past) == len(checks_of(kind)) - len(due)


def test_a_resolved_case_is_asked_about_no_date() -> None:
    story = a_case()
    happens(story, ("add", DateKind.HEARING, 16 * 24))
    story.proposed().confirmed().after(days=20)

    assert story.case.status is CaseStatus.MONITORED
    assert not story.of(f.DateChecked)
