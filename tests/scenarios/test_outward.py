"""Those outside: declining, bouncing, promising, and keeping it or not."""

from collections.abc import Sequence

from notifiers.outcome import OutcomeReason
from schemas import facts as f
from schemas.responses import Refused
from tests.harness.people import faro
from tests.harness.reports import report, withdrawal
from tests.harness.story import Story, given
from tests.harness.towns import THREAT, loto, rulebook

PERPETRATOR = {"loto-garments": "alleged_perpetrator"}
EVERYBODY = ("investors", "companies", "missions")
OUR_PEOPLE = ("Ana", "Ben", "Chi", "Dia")


async def _threatened(story: Story, *, consents: Sequence[str] = EVERYBODY) -> None:
    """A death threat at the factory; Ana has it within five minutes."""
    await story.publish(
        report("death_threat", id="threat-1", country="QR", parties=PERPETRATOR, consents=consents)
    )
    ana = story.phone("Ana").expects("Tocsin HIGH")
    await story.advance(minutes=5)
    await ana.replies("1")
    await story.finish("first_contact", by="Ana")
    await story.advance(minutes=5)


async def test_a_decline_brings_the_next_investor_in_at_once_and_asks_never_again() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await _threatened(story)
        await story.release("investors", by="Ana")
        fjord = story.mail("Fjord").expects("please answer reference", at="22:10")
        await story.advance(hours=1)

        await fjord.answers("declined", reason="inside_information")

        story.mail("Brightwater").expects("please answer reference", at="23:10")
        story.mail("Brightwater").expects_nothing()
        story.told("fjord-pension", "22:10")
        story.told("brightwater", "23:10")


async def test_a_hard_bounce_moves_to_the_next_channel_in_the_same_minute() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await _threatened(story)
        story.bounces("noor.email")
        await story.release("companies", by="Ana", local_partner="union")
        await story.release("companies", by="Chi", local_partner="union")

        story.phone("Noor").expects("please answer", at="22:10")
        assert story.states()["email:noor.email"] == ["failed_permanent"]
        assert story.facts(f.Rerouted)[0].tell_no == story.facts(f.Told)[-1].tell_no
        story.withheld("loto-holdings", reason="controller_needs_two")


async def test_a_channel_that_stays_unclear_is_tried_eight_times_and_then_another_one() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await _threatened(story)
        story.mood("noor.email", OutcomeReason.CONNECTION_LOST_AFTER_DATA, times=20)
        await story.release("companies", by="Ana", local_partner="union")
        await story.release("companies", by="Chi", local_partner="union")
        await story.advance(hours=2)

        story.phone("Noor").expects("please answer", at="22:20")
        assert story.tries("email:noor.email") == [8]
        assert story.incidents() == ["channel_failing"]
        for name in OUR_PEOPLE:
            story.phone(name).ignores_everything()


async def test_a_kept_promise_asks_nobody_anything_more() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await _threatened(story, consents=["missions"])
        await story.release("missions", by="Ana")
        ines = story.mail("Ines").expects("please answer reference", at="22:10")
        await story.advance(hours=1)
        await ines.answers("committed", action="letter", due="Tue 12:00")
        await story.until("Tue 10:00")
        await ines.answers("acted", action="letter", effect="positive")
        await story.until("Tue 20:00")

        story.told("embassy-qs", "Mon 22:10")
        story.owes("check_in")


async def test_a_broken_promise_is_asked_for_and_then_the_next_contact_is_told() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await _threatened(story)
        await story.release("missions", by="Ana")
        ines = story.mail("Ines").expects("please answer reference", at="22:10")
        await ines.answers("committed", action="letter", due="Tue 01:00")
        await story.until("Tue 01:00")

        ines.expects("How did it go?", at="Tue 01:00")
        story.phone("Ana").expects("promise overdue", at="Tue 01:00")
        await story.until("Tue 04:59")
        assert not story.sent("capital-qs.email")
        await story.until("Tue 05:00")
        story.mail("Capital QS").expects("please answer reference", at="Tue 05:00")
        story.phone("Ana").ignores_everything()


async def test_silence_brings_in_the_partys_next_contact_at_its_answer_by_time() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await _threatened(story)
        await story.release("missions", by="Ana")
        story.mail("Ines").expects("please answer reference", at="22:10")
        await story.until("Tue 22:09")
        assert not story.sent("capital-qs.email")
        await story.until("Tue 22:10")

        story.mail("Capital QS").expects("please answer reference", at="Tue 22:10")
        await story.until("Wed 22:10")
        assert "phone_them" in [task.kind for task in story.case().tasks]
        story.phone("Ana").ignores_everything()
        for name in ("Ben", "Chi", "Dia"):
            story.phone(name).ignores_everything()


async def test_an_answer_that_runs_out_is_asked_for_again() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await _threatened(story)
        await story.release("missions", by="Ana")
        ines = story.mail("Ines").expects("please answer reference", at="22:10")
        await story.until("Tue 08:00")
        await ines.answers("acknowledged")
        await story.until("Wed 07:59")
        assert len(story.sent("ines.email")) == 1
        await story.until("Wed 08:00")

        ines.expects("please answer reference", at="Wed 08:00")
        for name in OUR_PEOPLE:
            story.phone(name).ignores_everything()


async def test_the_perpetrators_parent_answers_and_silences_nobody() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await _threatened(story)
        await story.release("missions", by="Ana")
        for by in ("Ana", "Chi"):
            await story.release(
                "companies", by=by, local_partner="union", controllers=("loto-holdings",)
            )
        parent = story.mail("Holdings HQ").expects("please answer reference", at="22:10")
        story.mail("Noor").expects("please answer reference", at="22:10")
        story.mail("Ines").expects("please answer reference", at="22:10")

        await parent.answers("acted", effect="positive")
        await story.until("Tue 22:10")

        story.mail("Capital QS").expects("please answer reference", at="Tue 22:10")
        await story.until("Wed 22:10")
        story.mail("Noor deputy").expects("please answer reference", at="Wed 22:10")
        for name in OUR_PEOPLE:
            story.phone(name).ignores_everything()


async def test_a_consent_withdrawn_before_the_message_leaves_stops_it() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await _threatened(story)
        async with story.sending_stopped():
            await story.release("missions", by="Ana")
            await story.publish(withdrawal(id="withdrawal-1"))
        await story.advance(minutes=1)

        assert not story.sent("ines.email")
        assert story.states()["email:ines.email"] == ["cancelled"]
        story.withheld("embassy-qs", reason="consent_revoked")
        result = await story.release("missions", by="Ana")
        await story.advance(minutes=1)
        assert not isinstance(result, Refused)
        assert not story.sent("ines.email")


async def test_a_consent_withdrawn_afterwards_stands_down_those_who_were_told() -> None:
    async with given(registry=loto(), rulebook=rulebook(THREAT), roster=faro()) as story:
        await _threatened(story)
        await story.release("missions", by="Ana")
        ines = story.mail("Ines").expects("please answer reference", at="22:10")
        await story.advance(hours=1)

        await story.publish(withdrawal(id="withdrawal-1"))

        ines.expects("nothing more is asked of you", purpose="stand_down", at="23:10")
        await ines.answers("acknowledged", refused=True)
        await story.until("Wed 10:00")
        assert len(story.sent("ines.email")) == 2
        for name in OUR_PEOPLE:
            story.phone(name).ignores_everything()
