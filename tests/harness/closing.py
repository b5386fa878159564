"""An incident that two people close in a story."""

from engine.case import commands as c
from schemas.responses import Done
from tests.harness.story import Story


async def two_people_close(story: Story, case: str) -> None:
    """Ana proposes, Ben confirms; both are taken."""
    proposed = c.ProposeResolution(
        inbox=story.inbox(),
        case=case,
        by="person:ana",
        outcome="other",
        residual_risk="none",
        remedy="none_sought",
        heard="safe_channel",
    )
    confirmed = c.ConfirmResolution(inbox=story.inbox(), case=case, by="person:ben")
    for command in (proposed, confirmed):
        assert isinstance(await story.do(command), Done)
