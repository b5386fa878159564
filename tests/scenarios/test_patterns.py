"""Patterns: investors hear of many people, never of so few that somebody could be picked out."""

from tests.harness.people import faro
from tests.harness.reports import Report, report
from tests.harness.story import Story, given
from tests.harness.towns import loto, rulebook

PATTERN = (
    '{id: pattern, when: event.code == "pattern", policy: quiet, tell: ['
    "{track: investors, walk: investors}]}"
)
ASKED = "please answer reference"


def pattern(people: int, *, id: str) -> Report:
    """Threats against so many people who organise in one country's garment factories."""
    many = {"kind": "group", "pseudonym": "subject-1", "count": people}
    found = report(
        "pattern", id=id, country="QR", sector="garments", consents=["investors"],
        parties={"loto-garments": "alleged_perpetrator"},
    )  # fmt: skip
    return Report(id=id, event={**found.event, "subjects": [many]})


async def _looked_at(story: Story) -> None:
    ana = story.phone("Ana").expects("Tocsin")
    await story.advance(minutes=5)
    await ana.replies("1")
    await story.finish("first_contact", by="Ana")


async def test_a_pattern_of_four_reaches_duty_and_nobody_else() -> None:
    async with given(registry=loto(), rulebook=rulebook(PATTERN), roster=faro()) as story:
        await story.publish(pattern(4, id="p1"))
        await _looked_at(story)
        await story.release("investors", by="Ana")
        await story.advance(hours=23)

        story.withheld("fjord-pension", reason="small_cell")
        story.mail("Fjord").expects_nothing()


async def test_a_pattern_of_five_is_told_once_somebody_releases_it() -> None:
    async with given(registry=loto(), rulebook=rulebook(PATTERN), roster=faro()) as story:
        await story.publish(pattern(5, id="p1"))
        await _looked_at(story)
        story.mail("Fjord").expects_nothing()

        await story.release("investors", by="Ana")

        story.mail("Fjord").expects(ASKED)


async def test_a_pattern_that_grew_waits_for_a_person_to_release_it() -> None:
    async with given(registry=loto(), rulebook=rulebook(PATTERN), roster=faro()) as story:
        await story.publish(pattern(4, id="p1"))
        await _looked_at(story)

        await story.publish(pattern(12, id="p2"))
        await story.advance(minutes=5)
        story.mail("Fjord").expects_nothing()
        await story.release("investors", by="Ana")

        story.mail("Fjord").expects(ASKED)


async def test_a_pattern_that_turned_out_small_stops_what_was_not_sent_yet() -> None:
    async with given(registry=loto(), rulebook=rulebook(PATTERN), roster=faro()) as story:
        await story.publish(pattern(9, id="p1"))
        await _looked_at(story)
        async with story.sending_stopped():
            await story.release("investors", by="Ana")
            await story.publish(pattern(2, id="p2"))
        await story.advance(hours=48)

        story.withheld("fjord-pension", reason="small_cell")
        story.mail("Fjord").expects_nothing()
        story.mail("Brightwater").expects_nothing()
