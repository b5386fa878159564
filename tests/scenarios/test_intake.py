"""Reports that come twice, come back otherwise, or come late."""

from engine.case.state import CaseStatus
from engine.intake.door import Outcome
from schemas import facts as f
from schemas.codes import Severity
from tests.harness.people import faro
from tests.harness.reports import report, withdrawal
from tests.harness.story import given
from tests.harness.towns import ARREST, LIFE, cerro, rulebook

GUARD = {"guardia-sur": "alleged_perpetrator"}


async def test_the_same_report_three_times_is_one_case_and_one_page() -> None:
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        taken = await story.publish(report("arrest", id="arrest-1", parties=GUARD), times=3)

        assert taken.outcome is Outcome.REPEATED
        story.phone("Ana").expects("Tocsin HIGH", at="22:00")
        assert len(story.cases()) == 1
        assert story.count_events() == 1


async def test_the_same_id_with_other_content_changes_nothing_and_a_human_hears_of_it() -> None:
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        await story.publish(report("arrest", id="arrest-1", parties=GUARD))
        story.phone("Ana").expects("Tocsin HIGH", at="22:00")

        taken = await story.publish(report("abduction", id="arrest-1", parties=GUARD))

        assert taken.outcome is Outcome.EQUIVOCATION
        assert [fact.code for fact in story.facts(f.EventJoined)] == ["arrest"]
        assert story.incidents() == ["equivocation"]
        story.phone("Ana").expects("Tocsin INCIDENT", at="22:00")


async def test_a_new_event_reopens_a_monitored_case_and_wakes_duty() -> None:
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        await story.publish(report("arrest", id="arrest-1", parties=GUARD))
        await story.phone("Ana").expects("Tocsin HIGH").replies("1")
        await story.advance(minutes=30)
        await story.propose(by="Ana")
        await story.confirm(by="Chi")
        assert story.case().status is CaseStatus.MONITORED
        await story.advance(days=7)

        await story.publish(report("released_from_custody", id="released-1"))

        assert story.case().status is CaseStatus.OPEN
        story.phone("Ana").expects("open again", at="Mon 8 Mar 22:30")
        story.owes("triage", "first_contact")


async def test_after_monitoring_has_ended_the_same_situation_is_a_new_case() -> None:
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        await story.publish(report("arrest", id="arrest-1", parties=GUARD))
        await story.phone("Ana").expects("Tocsin HIGH").replies("1")
        await story.propose(by="Ana")
        await story.confirm(by="Chi")
        await story.look_back(by="Ana")
        await story.advance(days=30, minutes=1)

        await story.publish(report("arrest", id="arrest-2", parties=GUARD))

        first, second = story.cases()
        assert first.status is CaseStatus.CLOSED
        assert (second.status, second.generation) == (CaseStatus.OPEN, first.generation + 1)
        story.phone("Ana").expects("new case", at="22:01")


async def test_a_rule_that_errs_wakes_a_human_at_once() -> None:
    erring = (
        '{id: errs, when: event.sector == "mining", policy: quiet,'
        " tell: [{track: missions, walk: home_missions}]}"
    )  # nobody said which sector: the rule cannot say no
    async with given(registry=cerro(), rulebook=rulebook(erring, LIFE), roster=faro()) as story:
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))

        story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")
        assert "rule_erred" in story.facts(f.Planned)[0].troubles
        assert [t.detail for t in story.case().tasks if t.kind == "planning_trouble"]
        assert {t.track.name.value for t in story.case().tracks} >= {"duty", "missions"}


async def test_without_any_rulebook_duty_is_woken_all_the_same() -> None:
    async with given(registry=cerro(), rulebook=None, roster=faro()) as story:
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))

        story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")
        assert "planning_failed" in story.facts(f.Planned)[0].troubles


async def test_b11_what_came_too_early_opens_the_case_and_the_arrest_joins_it() -> None:
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        await story.publish(report("released_from_custody", id="released-1", parties=GUARD))
        assert story.case().status is CaseStatus.OPEN
        story.phone("Ana").expects("Tocsin", at="22:00")
        await story.advance(hours=2)

        await story.publish(report("arrest", id="arrest-1", parties=GUARD))

        assert len(story.cases()) == 1
        assert [fact.code for fact in story.facts(f.EventJoined)] == [
            "released_from_custody",
            "arrest",
        ]
        assert story.case().severity is Severity.HIGH
        story.phone("Ana").expects("Tocsin HIGH", at="Tue 00:00")
        story.withheld("guardia-sur", reason="perpetrator_closure")


async def test_consent_taken_back_before_anything_was_reported_holds_from_the_start() -> None:
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        await story.publish(withdrawal(id="revoked-1"))
        story.phone("Ana").expects("Tocsin", at="22:00")
        await story.advance(hours=1)

        await story.publish(report("arrest", id="arrest-1", parties=GUARD))

        story.withheld("embassy-qn", reason="consent_revoked")
        story.phone("Ana").expects("Tocsin HIGH", at="23:00")
        story.nothing_else_sent()


async def test_two_hotlines_that_report_the_same_are_compared_by_a_person() -> None:
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        await story.publish(report("arrest", id="a1", situation="s1", parties=GUARD))
        await story.publish(report("arrest", id="a2", situation="s2", parties=GUARD))
        await story.publish(
            report("arrest", id="b1", situation="t1", source="hotline-b.example", parties=GUARD)
        )

        story.phone("Ana").ignores_everything()
        ours, theirs = (story.case("s1"), story.case("s2")), story.case("t1")
        assert not any(task.kind == "likeness" for case in ours for task in case.tasks)
        asked = {task.detail for task in theirs.tasks if task.kind == "likeness"}
        assert asked == {case.ref for case in ours}, "a publisher tells its own apart"
        assert theirs.links == ()
