"""What a network reports about a text it took: it reached the phone, or it never will."""

from engine.case import commands as c
from notifiers.outcome import OutcomeReason
from schemas import facts as f
from schemas.projection import Purpose
from tests.harness.people import duty, faro
from tests.harness.reports import report, withdrawal
from tests.harness.story import Story, given
from tests.harness.towns import LIFE, THREAT, cerro, loto, rulebook

GUARD = {"guardia-sur": "alleged_perpetrator"}


async def _companies_told(story: Story) -> None:
    """The buyer's Noor is told by text, since her mailbox refuses."""
    await story.publish(
        report(
            "death_threat",
            id="threat-1",
            country="QR",
            parties={"loto-garments": "alleged_perpetrator"},
            consents=["companies"],
        )
    )
    await story.phone("Ana").expects("Tocsin HIGH").replies("1")
    await story.finish("first_contact", by="Ana")
    story.bounces("noor.email")
    for name in ("Ana", "Chi"):
        await story.release("companies", by=name, local_partner="union")


async def _takes_everything(story: Story, *, by: str) -> None:
    """Somebody who saw the case on the board takes all that it owes."""
    case = story.case()
    for task in case.tasks:
        inbox = c.Inbox(source="board", id=f"take-{task.id}", digest=task.id)
        await story.do(c.TakeTask(inbox=inbox, case=case.id, task=task.id, by=by))


async def test_a_page_that_the_network_could_not_deliver_rings_the_next_phone_at_once() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))
        ana = story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")
        await story.advance(minutes=2)

        await story.reported(ana.last, delivered=False)

        story.phone("Flo").expects("TOCSIN CRITICAL", at="22:02")
        story.mail("Flo").expects("CRITICAL", at="22:02")
        assert story.states()["sms:ana.sms"] == ["failed_permanent"]


async def test_a_page_that_reached_the_phone_still_waits_for_its_answer() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))
        ana = story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")

        await story.reported(ana.last, delivered=True)
        await story.advance(minutes=20)

        assert story.states()["sms:ana.sms"][0] == "delivered"
        story.phone("Ben").expects("TOCSIN CRITICAL", at="22:15")


async def test_what_arrived_stays_arrived_whatever_is_reported_afterwards() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))
        ana = story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")

        for delivered in (True, True, False, True):
            await story.reported(ana.last, delivered=delivered)

        assert story.states()["sms:ana.sms"] == ["delivered"]
        assert len(story.facts(f.Delivered)) == 1
        story.phone("Flo").expects_nothing()


async def test_a_phone_that_was_off_for_two_days_rings_the_last_resort_once_not_for_each_page() -> (
    None
):
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))
        await story.advance(hours=3, minutes=7)
        pages = story.sent("ana.sms")
        for name in ("Ana", "Ben", "Chi", "Dia", "Flo"):
            story.phone(name).ignores_everything()
        assert len(pages) > 3

        for page in pages:
            await story.reported(page, delivered=False)

        story.phone("Flo").expects().expects_nothing()
        story.mail("Flo").ignores_everything()


async def test_a_case_somebody_took_alarms_nobody_when_its_text_is_reported_lost_afterwards() -> (
    None
):
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))
        ana = story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")
        await story.advance(minutes=6)
        await ana.replies("1")

        await story.reported(ana.last, delivered=False)
        await story.advance(minutes=6)

        assert story.states()["sms:ana.sms"] == ["failed_permanent"]
        await story.keeps_every_promise()
        story.phone("Flo").expects_nothing()


async def test_a_reminder_that_reaches_nobody_is_missed_although_somebody_took_the_case() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))
        ana = story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")
        await story.advance(minutes=9)
        await ana.replies("1")
        await story.reported(ana.last, delivered=False)
        for channel in ("sms", "email"):
            story.post.broken[channel] = OutcomeReason.UNREACHABLE

        await story.until("23:06")  # due at 23:00, and taken until 23:09

        assert [fact.purpose for fact in story.facts(f.Told)][-1] is Purpose.TASK
        story.expects_broken("I23")


async def test_a_case_taken_for_a_while_with_nobody_on_shift_is_missed_again_afterwards() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=duty(floor=None)) as story:
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))
        await story.advance(minutes=6)
        await _takes_everything(story, by="person:ana")
        await story.keeps_every_promise()

        await story.advance(hours=12)

        story.expects_broken("I23")


async def test_a_text_that_did_not_arrive_moves_to_the_next_contact_in_the_same_minute() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await _companies_told(story)
        noor = story.phone("Noor").expects("please answer")
        await story.advance(minutes=3)

        await story.reported(noor.last, delivered=False)

        story.mail("Noor Deputy").expects("please answer", at="22:03")
        assert [fact.contact for fact in story.facts(f.ContactSilent)] == ["noor"]


async def test_a_late_report_about_somebody_who_has_answered_asks_nobody_else() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await _companies_told(story)
        noor = story.phone("Noor").expects("please answer")
        await noor.answers("acknowledged")
        before = len(story.facts(f.Told))

        await story.reported(noor.last, delivered=False)

        assert len(story.facts(f.Told)) == before
        assert not story.facts(f.ContactSilent)


async def test_a_text_of_unknown_outcome_that_arrived_is_not_sent_again() -> None:
    async with given(registry=cerro(), rulebook=rulebook(LIFE), roster=faro()) as story:
        story.mood("ana.sms", OutcomeReason.NO_ANSWER_AFTER_DATA)
        await story.publish(report("abduction", id="abduction-1", parties=GUARD))
        ana = story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")
        assert story.states()["sms:ana.sms"] == ["unknown"]

        await story.reported(ana.last, delivered=True)
        await story.advance(minutes=5)

        assert story.states()["sms:ana.sms"] == ["delivered"]
        story.phone("Ana").expects_nothing()


async def test_a_text_that_arrived_after_its_consent_was_taken_back_is_stood_down() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        story.mood("noor.sms", OutcomeReason.NO_ANSWER_AFTER_DATA)
        await _companies_told(story)
        noor = story.phone("Noor").expects("please answer")
        assert story.states()["sms:noor.sms"] == ["unknown"]
        async with story.sending_stopped():
            await story.publish(withdrawal(id="no-more"))

            await story.reported(noor.last, delivered=True)

        story.phone("Noor").expects(purpose="stand_down").expects_nothing()
