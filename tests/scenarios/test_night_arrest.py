"""S1, the night arrest: hours, home embassy, home NHRI, remedy, reopening."""

from dataclasses import dataclass

from engine.case.state import CaseStatus
from schemas import facts as f
from schemas.codes import Severity, TrackName
from tests.harness.inbox import Inbox
from tests.harness.people import faro
from tests.harness.reports import report
from tests.harness.story import Story, given
from tests.harness.towns import ARREST, cerro, rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class _Who:
    """Everybody who is told something."""

    ana: Inbox
    lea: Inbox
    capital: Inbox
    nhri: Inbox


async def test_a_night_arrest_is_followed_from_the_first_page_to_the_reprisal() -> None:
    async with given(registry=cerro(), rulebook=rulebook(ARREST), roster=faro()) as story:
        who = _Who(
            ana=story.phone("Ana"),
            lea=story.mail("Lea"),
            capital=story.mail("Capital desk"),
            nhri=story.mail("NHRI QN mailbox"),
        )
        await _the_night(story, who)
        await _the_next_day(story, who)
        await _the_visit(story, who)
        await _the_end_and_after(story, who)


async def _the_night(story: Story, who: _Who) -> None:
    await story.publish(
        report(
            "arrest",
            id="arrest-1",
            parties={
                "police-qm": "alleged_perpetrator",
                "guardia-sur": "alleged_perpetrator",
                "cerro-pit": "site",
            },
            consents=["missions", "nhris"],
            mode="quiet",
            sector="mining",
        )
    )
    who.ana.expects("Tocsin HIGH", "new case")
    await story.until("22:07")
    await who.ana.replies("1")

    await story.until("23:40")  # 23:00 and 23:30 nobody is paged
    await story.finish("first_contact", by="Ana")
    await story.until("23:50")
    await story.release("missions", by="Ana")
    await story.release("nhris", by="Ana")
    who.lea.expects("please answer reference", at="23:50")
    who.capital.expects("please answer reference", at="23:50")
    who.nhri.expects("please answer reference", at="23:50")
    assert [t.kind for t in story.case().tasks if t.alert] == ["phone_at_opening"]

    story.withheld("guardia-sur", reason="perpetrator_closure")
    story.withheld("cerro-minera", reason="perpetrator_closure")
    story.withheld("cerro-pit", reason="perpetrator_closure")
    story.withheld("nordstein", reason="consent_audience")
    story.withheld("vik", reason="level")
    story.withheld("nhri-qm", reason="state_of_perpetrator")


async def _the_next_day(story: Story, who: _Who) -> None:
    await story.until("Tue 00:20")
    await who.capital.answers("passed_on", to="lea")
    await story.until("Tue 08:30")
    await who.lea.answers("committed", action="visit", due="Wed 14:00")
    await story.until("Tue 08:59")
    await story.finish("phone_at_opening", by="Ana")
    await story.until("Tue 09:00")
    await who.nhri.answers("asks")
    question = next(t for t in story.case().tasks if t.kind == "question")
    assert (question.owner, f"{question.due_at:%a %H:%M}") == ("person:ana", "Tue 13:00")
    await story.until("Tue 12:10")
    await story.finish("question", by="Ana")
    await story.until("Tue 12:40")
    await who.nhri.answers("committed", action="letter", due="Fri 12:00")
    await story.until("Tue 23:39")
    await story.finish("check_in", by="Ana")


async def _the_visit(story: Story, who: _Who) -> None:
    await story.until("Wed 18:00")
    who.lea.expects("How did it go?", purpose="ask_outcome", at="Wed 18:00")
    who.ana.expects("promise overdue", purpose="task", at="Wed 18:00")
    await story.until("Wed 18:20")
    await who.lea.answers("acted", action="visit", effect="positive")

    await story.until("Thu 10:00")
    await story.publish(report("released_from_custody", id="released-1"))
    assert story.case().status is CaseStatus.OPEN
    await story.until("Fri 11:00")
    await who.nhri.answers("acted", action="letter")


async def _the_end_and_after(story: Story, who: _Who) -> None:
    await story.until("Tue 9 Mar 23:38")
    await story.finish("check_in", by="Ana")
    await story.until("Wed 10 Mar 09:00")
    await story.propose(by="Ana", remedy="sought")
    await story.until("Wed 10 Mar 11:00")
    await story.confirm(by="Chi")
    assert f"{story.case().monitored_until:%d %b %H:%M}" == "09 Apr 11:00"
    story.owes("remedy")
    for inbox in (who.lea, who.capital, who.nhri):
        inbox.expects("nothing more is asked of you", purpose="stand_down")

    await story.until("Sat 20 Mar 07:00")
    await story.publish(report("summons", id="summons-1"))
    who.ana.expects("TOCSIN CRITICAL", purpose="page", at="Sat 20 Mar 07:00")
    case = story.case()
    assert case.status is CaseStatus.OPEN
    assert case.severity is Severity.CRITICAL
    assert all(t.frozen for t in case.tracks if t.track.name is not TrackName.DUTY)
    assert len(story.facts(f.ReprisalSuspected)) == 1
