"""Whatever is answered, judged and taken back, in whatever order: what must never come of it."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.case import commands as c
from engine.case.draft import Refusal
from engine.case.due import due_at
from engine.case.evolve import evolve
from engine.case.ledger import Standing, ledger
from engine.case.quiet import quiet
from engine.case.state import Alert, AlertStatus, Case, CaseStatus
from schemas import facts as f
from schemas.codes import ActionKind, Effect, Proviso, TrackName
from schemas.responses import AnswerClass, Response, ResponseKind, Way, WithdrawnBecause
from tests.unit.engine.case.builders import Story, a_told_case

TRACKS = (TrackName.MISSIONS, TrackName.NHRIS, TrackName.INVESTORS)
GOT_IT = (
    ResponseKind.ACKNOWLEDGED,
    ResponseKind.ALREADY_ACTING,
    ResponseKind.ASKS,
)
CONTACTS = ("lea", "desk", "nhri-mail", "fjord-mail", "bright-mail")


@dataclass(frozen=True)
class Said:
    """One answer, judgement or withdrawal, and how long after the one before."""

    by: str
    kind: ResponseKind | AnswerClass | WithdrawnBecause
    minutes: int
    due: int
    action: ActionKind | None
    effect: Effect
    to: str
    condition: Proviso | None


def said(kinds: st.SearchStrategy[object]) -> st.SearchStrategy[list[Said]]:
    one = st.builds(
        Said,
        by=st.sampled_from(CONTACTS),
        kind=kinds,  # type: ignore[arg-type]
        minutes=st.sampled_from((0, 0, 30, 239, 240, 1_440, 3_000)),
        due=st.sampled_from((-5, 30, 600, 4_000)),
        action=st.sampled_from((None, ActionKind.VISIT, ActionKind.LETTER)),
        effect=st.sampled_from(Effect),
        to=st.sampled_from(("", "desk", "guardia", "somebody")),
        condition=st.sampled_from((None, None, Proviso.TEXT_CLEARED)),
    )
    return st.lists(one, max_size=6)


ANYTHING = said(
    st.one_of(
        st.sampled_from(ResponseKind),
        st.sampled_from(AnswerClass),
        st.sampled_from(WithdrawnBecause),
    )
)


@cache
def _told() -> Story:
    return a_told_case(*TRACKS)


def told_case() -> Story:
    """A case whose parties were told, made once: it is the same each time."""
    made, story = _told(), Story()
    story.case, story.now, story.facts = made.case, made.now, list(made.facts)
    return story


def command_of(story: Story, one: Said) -> c.CaseCommand:
    alert = story.alert_of_contact(one.by)
    if isinstance(one.kind, AnswerClass):
        return c.ClassAnswer(
            inbox=story.inbox(), case=story.case.id, alert=alert.id, by="ana", answer_class=one.kind
        )
    if isinstance(one.kind, WithdrawnBecause):
        return c.WithdrawPromise(
            inbox=story.inbox(), case=story.case.id, alert=alert.id, by="ana", reason=one.kind
        )
    response = Response(
        kind=one.kind,
        way=Way.PAGE,
        by=one.by,
        due=story.now + timedelta(minutes=one.due),
        action=one.action,
        effect=one.effect,
        passed_on_to=one.to,
        condition=one.condition,
    )
    return c.Respond(inbox=story.inbox(), alert=alert.id, response=response)


def play(story: Story, one: Said) -> tuple[Case, Case] | None:
    """Let time pass and say it; the case before and after, or None when it was refused."""
    story.after(minutes=one.minutes)
    before = story.case
    try:
        story.send(command_of(story, one))
    except Refusal:
        assert story.case is before
        return None
    return before, story.case


def others(case: Case, party: str) -> dict[str, Alert]:
    return {a.id: a for a in case.alerts if a.party != party and a.track is not TrackName.DUTY}


@settings(max_examples=40, deadline=None)
@given(ANYTHING)
def test_an_answer_never_silences_anybody_but_its_own_party(answers: list[Said]) -> None:
    story = told_case()
    for one in answers:
        party = story.alert_of_contact(one.by).party
        done = play(story, one)
        if done is None:
            continue
        before, after = (others(case, party) for case in done)
        for id, alert in before.items():
            if alert.status not in (AlertStatus.PLANNED, AlertStatus.WITHHELD):
                assert after[id] == alert, one


@settings(max_examples=40, deadline=None)
@given(ANYTHING)
def test_no_sequence_of_answers_leaves_a_live_alert_without_a_future_time(
    answers: list[Said],
) -> None:
    story = told_case()
    for one in answers:
        play(story, one)
        case = story.case
        assert case.status is CaseStatus.OPEN
        due = due_at(case)
        assert due is not None
        assert due > story.now
        for alert in case.alerts:
            if alert.track is TrackName.DUTY or not alert.live:
                continue
            owed = [*(x.next_at for x in alert.calls), *(x.ask_at for x in alert.promises)]
            state = case.track(alert.track)
            assert state is not None
            if alert.status is AlertStatus.SILENT:
                about = {(t.alert, t.detail) for t in case.tasks}
                asked = any(alert.id == of or detail == alert.track for of, detail in about)
                assert asked or owed, "nobody answered, and nobody of ours was asked to call"
            else:
                assert owed
                assert state.frozen or min(owed) > story.now


@settings(max_examples=40, deadline=None)
@given(said(st.sampled_from(GOT_IT)))
def test_got_it_alone_never_satisfies_an_outward_track(answers: list[Said]) -> None:
    story = told_case()
    for one in answers:
        play(story, one)
        for name in TRACKS:
            assert not quiet(story.case, name)
    assert not any(a.status in (AlertStatus.ACTED, AlertStatus.PROMISED) for a in story.case.alerts)


@settings(max_examples=40, deadline=None)
@given(ANYTHING)
def test_what_is_worth_nothing_holds_nobody(answers: list[Said]) -> None:
    story = told_case()
    for one in answers:
        done = play(story, one)
        if done is None or not isinstance(one.kind, AnswerClass) or one.kind.quietens:
            continue
        (judged,) = story.of(f.AnswerClassed, last=True)
        alert = story.case.alert(judged.alert)
        assert alert is not None
        assert not any(p.holds for p in alert.promises if p.action == judged.action)
        assert not any(act.counts for act in alert.acts if act.action == judged.action)
        if alert.status is AlertStatus.ACTED:
            assert any(act.counts for act in alert.acts)


@settings(max_examples=40, deadline=None)
@given(ANYTHING)
def test_the_journal_alone_gives_the_same_case_and_a_ledger_that_knows_every_promise(
    answers: list[Said],
) -> None:
    story = told_case()
    for one in answers:
        play(story, one)
    again = Case(id=story.case.id, around=story.case.around)
    for fact in story.facts:
        again = evolve(again, fact)
    assert again == story.case
    entries = {entry.action: entry for entry in ledger(story.facts) if entry.action}
    assert set(entries) >= {fact.action for fact in story.of(f.Promised)}
    open_ones = {p.action for alert in story.case.alerts for p in alert.promises}
    still = {
        x for x, entry in entries.items() if entry.standing in (Standing.PROMISED, Standing.ASKED)
    }
    assert still == open_ones
