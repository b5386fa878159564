"""Too many messages for one person: what comes together, what waits, and what never does."""

from schemas.projection import Purpose
from tests.harness.people import faro
from tests.harness.reports import report
from tests.harness.story import Story, given
from tests.harness.towns import EVERYTHING, cerro, rulebook

GUARD = {"guardia-sur": "alleged_perpetrator"}
MANY = 6


async def _reports(story: Story, code: str, *, times: int) -> None:
    for n in range(times):
        name = f"{code}-{n}"
        await story.publish(report(code, id=name, situation=name, subject=name, parties=GUARD))


async def test_six_lesser_cases_in_one_evening_are_three_pages_and_one_for_the_rest() -> None:
    async with given(
        registry=cerro(), rulebook=rulebook(EVERYTHING), roster=faro(), storm=3
    ) as story:
        await _reports(story, "smear", times=MANY)
        for _ in range(3):
            story.phone("Ana").expects("Tocsin elevated", "new case", at="22:00")
        assert len(story.sent("ana.sms")) == 3

        await story.until("22:01")

        story.phone("Ana").expects("Tocsin elevated: 3 cases need you", at="22:01")
        assert set(story.states()["sms:ana.sms"]) == {"handed_off"}


async def test_six_grave_cases_in_one_evening_are_six_pages_at_once() -> None:
    async with given(
        registry=cerro(), rulebook=rulebook(EVERYTHING), roster=faro(), storm=3
    ) as story:
        await _reports(story, "abduction", times=MANY)

        for _ in range(MANY):
            story.phone("Ana").expects("TOCSIN CRITICAL", "new case", at="22:00")
        pages = [each.message for each in story.sent("ana.sms")]
        assert {page.purpose for page in pages} == {Purpose.PAGE}
        assert all(page.reply_code for page in pages)


async def test_a_grave_case_is_paged_at_once_in_the_midst_of_lesser_ones() -> None:
    async with given(
        registry=cerro(), rulebook=rulebook(EVERYTHING), roster=faro(), storm=1
    ) as story:
        await _reports(story, "smear", times=MANY)
        await _reports(story, "abduction", times=1)

        story.phone("Ana").expects("Tocsin elevated", at="22:00")
        story.phone("Ana").expects("TOCSIN CRITICAL", at="22:00")
        await story.until("22:01")
        story.phone("Ana").expects("Tocsin elevated: 5 cases need you", at="22:01")
