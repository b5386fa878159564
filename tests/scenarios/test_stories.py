"""The stories that must come true, to the minute: S1 to S6. The demo tells the same scripts."""

from engine.demo.stories.apparel import APPAREL
from engine.demo.stories.community import COMMUNITY
from engine.demo.stories.night_arrest import NIGHT_ARREST
from engine.demo.stories.outage import OUTAGE
from engine.demo.stories.scene import Scene
from engine.demo.stories.slapp import SLAPP
from engine.demo.stories.transit import TRANSIT
from tests.harness.story import given


async def _come_true(scene: Scene) -> None:
    async with given(
        registry=scene.place, rulebook=scene.rulebook, roster=scene.roster, at=scene.begins
    ) as story:
        story.strict = True
        await scene.tell(story)


async def test_a_night_arrest_is_followed_from_the_first_page_to_the_reprisal() -> None:
    await _come_true(NIGHT_ARREST)


async def test_a_threat_at_a_factory_reaches_the_line_the_brand_and_investors_in_turn() -> None:
    await _come_true(APPAREL)


async def test_a_lawsuit_is_watched_through_a_conflict_and_a_moved_hearing() -> None:
    await _come_true(SLAPP)


async def test_a_rower_held_on_the_way_home_has_an_embassy_that_is_kept_at_it() -> None:
    await _come_true(TRANSIT)


async def test_a_village_is_asked_first_and_what_two_hotlines_know_narrows_what_is_told() -> None:
    await _come_true(COMMUNITY)


async def test_after_an_outage_duty_is_told_at_once_and_nothing_stale_goes_out_by_itself() -> None:
    await _come_true(OUTAGE)
