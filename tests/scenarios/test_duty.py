"""Duty: what happens when nobody answers, when nobody is there, and when too much comes at once."""

from schemas import facts as f
from tests.harness.people import duty, faro
from tests.harness.reports import report
from tests.harness.story import given
from tests.harness.towns import ARREST, LIFE, cerro, rulebook

GUARD = {"guardia-sur": "alleged_perpetrator"}


async def test_nobody_answers_for_a_day_and_the_paging_never_ends() -> None:
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        await story.publish(report("arrest", id="arrest-1", parties=GUARD, consents=["missions"]))
        await story.advance(hours=24)

        ana = story.phone("Ana").expects(at="Mon 22:00")
        story.phone("Ben").expects(at="Mon 23:00")
        story.phone("Chi").expects(at="Mon 23:30")
        story.phone("Dia").expects(at="Mon 23:30")
        rounds = ("Tue 00:30", "Tue 01:30", "Tue 02:30", "Tue 03:30", "Tue 07:30")
        for moment in (*rounds, "Tue 11:30", "Tue 15:30", "Tue 19:30"):
            for name in ("Ana", "Ben", "Chi", "Dia"):
                story.phone(name).expects(at=moment)
        story.owes("triage", "first_contact", "release", "custody_check")
        story.told("embassy-qn")
        assert ana is not None


async def test_with_nobody_on_shift_the_floor_contact_is_told_on_both_channels() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=duty()) as story:
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))

        story.phone("Flo").expects("TOCSIN CRITICAL", at="22:00")
        story.mail("Flo").expects("TOCSIN CRITICAL", at="22:00")
        await story.advance(minutes=15)
        story.phone("Flo").expects(at="22:15")
        story.mail("Flo").expects(at="22:15")
        story.phone("Ana").expects_nothing()


async def test_with_nobody_at_all_the_case_stays_open_and_says_so() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=duty(floor=None)) as story:
        story.expects_broken("I23")
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))
        await story.advance(hours=2)

        assert story.facts(f.StepSkipped)
        assert story.due_at() is not None
        assert not story.facts(f.Told)


async def test_five_hundred_watch_reports_do_not_hold_up_one_critical() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        flood = [
            report("pattern", id=f"pattern-{n}", situation=f"pattern-{n}", subject=None)
            for n in range(500)
        ]
        critical = report("abduction", id="abduction-1", situation="abduction", parties=GUARD)
        async with story.sending_stopped():
            await story.publish_together([*flood[:250], critical, *flood[250:]])

        order = [sent.message.body for sent in story.post.sent]
        assert order[0].startswith("TOCSIN CRITICAL")
        assert len(order) == 501
        story.phone("Ana").ignores_everything()
