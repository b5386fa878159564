"""The look back: lengths to the minute, promises kept and missed, nobody's name."""

import json
from dataclasses import replace
from datetime import timedelta

from engine.case.lookback import KINDS, LookBack, look_back
from schemas import facts as f
from schemas.codes import ActionKind, Effect, TrackName
from schemas.responses import RefusedBecause
from tests.unit.engine.case.builders import a_case, a_told_case, at

MINUTE = timedelta(minutes=1)


def test_it_says_how_long_help_took_and_what_became_of_promises() -> None:
    story = a_case(now=at("Mon 22:00")).when("Mon 22:07").page_answered()
    story.when("Mon 23:40").finish("first_contact").finish("triage")
    story.when("Mon 23:50").release(TrackName.MISSIONS).handed_off("lea", "desk")
    story.when("Tue 08:30").promises("lea", ActionKind.VISIT, due="Wed 14:00")
    story.when("Wed 18:20").acts("lea", Effect.POSITIVE)
    story.promises("desk", ActionKind.LETTER, due="Thu 12:00").when("Thu 16:01")
    story.when("Fri 09:00").proposed().when("Fri 11:00").confirmed()
    story.reviewed()

    seen = look_back(story.facts)

    assert seen == LookBack(
        opened_at=at("Mon 22:00"),
        taken_after=7 * MINUTE,
        first_contact_after=100 * MINUTE,
        triage_after=100 * MINUTE,
        first_release_after=110 * MINUTE,
        first_told_after=110 * MINUTE,
        resolved_after=timedelta(days=3, hours=13),
        outcome="freed",
        residual_risk="low",
        told=1,
        promised=2,
        kept=1,
        late=seen.late,
        missed=1,
        check_ins_missed=seen.check_ins_missed,
        check_ins_kept=0,
        lesson=f.Lesson.WENT_WELL,
    )


def test_what_never_came_is_said_to_have_never_come() -> None:
    seen = look_back(a_case().facts)
    assert seen.taken_after is seen.first_contact_after is seen.first_release_after is None
    assert seen.promised == seen.told == 0
    assert look_back(()) == LookBack()


def test_it_needs_no_other_facts_than_it_names() -> None:
    story = a_told_case().proposed().confirmed().reviewed()
    assert look_back(x for x in story.facts if x.kind in KINDS) == look_back(story.facts)


def test_a_review_is_owed_once_and_only_at_the_end() -> None:
    story = a_told_case()
    assert story.refused(story.a_review()).reason is RefusedBecause.NOT_OPEN
    story.proposed().confirmed()
    assert story.task("review").due_at == story.case.monitored_until
    assert "learned" in story.refused(story.a_finish("review")).detail
    story.reviewed()
    assert story.refused(story.a_review()).reason is RefusedBecause.NOT_OPEN


def test_an_unreviewed_case_calls_its_owner_and_is_not_archived() -> None:
    story = a_told_case().proposed().confirmed()
    story.until(story.now + timedelta(days=33))
    assert story.pages()[-1][1] in {"ana", "ben", "chi", "dia"}
    assert not story.of(f.Archived)
    story.reviewed()
    assert story.of(f.Archived, last=True)


def test_reopening_ends_what_was_to_be_looked_back_at() -> None:
    story = a_told_case().proposed().confirmed().reopened()
    assert not story.owes("review")
    assert look_back(story.facts).reopened == 1


def test_that_others_were_moved_as_well_is_kept_and_changes_nothing_else() -> None:
    """A foreign buyer spoke up for one defender, and local firms followed (row L10)."""
    silent = a_told_case().proposed().confirmed().reviewed()
    said = a_told_case().proposed().confirmed().reviewed(spill_over=True)

    assert look_back(said.facts).spill_over
    assert not look_back(silent.facts).spill_over
    assert said.case == silent.case
    assert replace(look_back(said.facts), spill_over=False) == look_back(silent.facts)


def test_a_review_that_was_stored_before_spill_over_was_known_reads_as_none() -> None:
    fact = f.Reviewed(by="ana", at=at("Mon 22:00"), lesson=f.Lesson.MIXED, spill_over=True)
    body = json.loads(f.dump_fact(fact))
    assert body.pop("spill_over") is True

    old = f.load_fact(json.dumps(body).encode())

    assert isinstance(old, f.Reviewed)
    assert old == replace(fact, spill_over=False)
    assert not look_back((old,)).spill_over
    assert look_back((old, fact)).spill_over, "the last review counts"
    assert not look_back((fact, old)).spill_over
