"""The engine itself was away: nothing is lost, nothing is doubled, nothing stale goes out."""

from notifiers.outcome import OutcomeReason
from schemas import facts as f
from schemas.projection import Purpose
from tests.harness.people import faro
from tests.harness.reports import report
from tests.harness.story import given
from tests.harness.towns import LIFE, THREAT, cerro, loto, rulebook

GUARD = {"guardia-sur": "alleged_perpetrator"}


async def test_after_six_hours_down_duty_is_told_at_once_and_told_once() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))
        story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")

        await story.restart(hours=6)

        for name in ("Ana", "Ben", "Chi", "Dia"):
            story.phone(name).expects("TOCSIN CRITICAL", at="Tue 04:00")
        assert {fact.reason for fact in story.facts(f.StepSuperseded)} == {"superseded_by_later"}


async def test_an_answer_before_the_outage_still_holds_after_it() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await story.publish(
            report(
                "death_threat",
                id="threat-1",
                country="QR",
                parties={"loto-garments": "alleged_perpetrator"},
                consents=["missions"],
            )
        )
        await story.phone("Ana").expects("Tocsin HIGH").replies("1")
        await story.finish("first_contact", by="Ana")
        await story.release("missions", by="Ana")
        ines = story.mail("Ines").expects("please answer reference", at="22:00")
        await ines.answers("committed", action="letter", due="Tue 12:00")

        await story.restart(hours=6)
        await story.until("Tue 11:59")

        story.told("embassy-qs", "Mon 22:00")


async def test_an_outward_step_that_is_a_day_late_waits_for_a_person() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await story.publish(
            report(
                "death_threat",
                id="threat-1",
                country="QR",
                parties={"loto-garments": "alleged_perpetrator"},
                consents=["missions"],
            )
        )
        await story.phone("Ana").expects("Tocsin HIGH").replies("1")
        await story.finish("first_contact", by="Ana")
        await story.release("missions", by="Ana")
        story.mail("Ines").expects("please answer reference", at="22:00")

        await story.restart(hours=38)

        assert not story.sent("capital-qs.email")
        assert "still_right" in [task.kind for task in story.case().tasks]
        for name in ("Ana", "Ben", "Chi", "Dia"):
            story.phone(name).ignores_everything()


async def test_a_crash_while_a_message_is_under_way_sends_it_again_under_the_same_key() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        with story.every_send_hangs():
            await story.publish(report("abduction", id="abduction-1", parties=GUARD))
        assert story.states() == {"sms:ana.sms": ["sending"]}

        await story.crash(seconds=5)

        story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")
        assert story.tries("sms:ana.sms") == [2]


async def test_a_channel_that_is_down_for_an_hour_delivers_when_it_is_back() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        story.post.broken["sms"] = OutcomeReason.UNREACHABLE
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))
        await story.advance(minutes=14)
        assert not story.sent("ana.sms")
        del story.post.broken["sms"]
        await story.advance(minutes=5)

        assert len([s for s in story.sent("ana.sms") if s.message.purpose is Purpose.PAGE]) == 1
        assert story.incidents() == ["channel_failing"]
        for name in ("Ana", "Ben"):
            story.phone(name).ignores_everything()


async def test_three_cases_overdue_after_an_outage_are_one_message_to_each_person() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        for n in range(3):
            await story.publish(
                report("abduction", id=f"abduction-{n}", situation=f"night-{n}", parties=GUARD)
            )
        for _ in range(3):
            story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")

        await story.restart(hours=6)

        for name in ("Ana", "Ben", "Chi", "Dia"):
            story.phone(name).expects("Tocsin CRITICAL: 3 cases overdue", at="Tue 04:00")
        assert set(story.states()["sms:ben.sms"]) == {"handed_off"}
        assert story.tries("sms:ben.sms") == [1, 1, 1]


async def test_a_crash_while_one_message_tells_of_three_cases_tells_all_of_them_again() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        for n in range(3):
            situation = f"night-{n}"
            await story.publish(
                report("abduction", id=situation, situation=situation, parties=GUARD)
            )
            story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")
        with story.every_send_hangs():
            await story.restart(hours=6)

        await story.crash(seconds=5)

        for name in ("Ana", "Ben", "Chi", "Dia"):
            story.phone(name).expects("Tocsin CRITICAL: 3 cases overdue", at="Tue 04:00")
        assert story.tries("sms:dia.sms") == [2, 2, 2]


async def test_somebody_who_refused_a_message_of_three_cases_brings_in_the_floor_contact() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        for n in range(3):
            situation = f"night-{n}"
            await story.publish(
                report("abduction", id=situation, situation=situation, parties=GUARD)
            )
            story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")
        story.post.broken["sms"] = OutcomeReason.REFUSED_ADDRESS

        await story.restart(hours=6)

        assert set(story.states()["sms:ben.sms"]) == {"failed_permanent"}
        for n in range(3):
            failed = story.facts(f.DeliveryFailed, of=f"night-{n}")
            assert "sms:ben.sms" in {fact.endpoint for fact in failed}
        del story.post.broken["sms"]
        for name in ("Ana", "Ben", "Chi", "Dia"):
            story.phone(name).ignores_everything()
        story.mail("Flo").expects("TOCSIN CRITICAL", at="Tue 04:00").ignores_everything()
