"""What we answered to somebody's question: on their own page, and nowhere else.

Only a page that the guard opens shows it; each showing is written down, as every opening of what is
sealed is.
"""

from zoneinfo import ZoneInfo

from engine.web.answer.fields import View
from engine.web.services import Services
from engine.web.words.sentence import Name, Said
from engine.web.words.times import short_moment

_WHY = "Shown on the page of whoever asked."


async def replied(services: Services, view: View, *, contact: str, zone: str) -> tuple[Said, ...]:
    """The answers to this contact's questions, the oldest first; one that is erased is left out."""
    said: list[Said] = []
    for reply in view.alert.replies if view.alert else ():
        if reply.contact != contact:
            continue
        words = await services.sealing.reveal(reply.note, by=f"contact:{contact}", reason=_WHY)
        if words is None:
            continue
        at = short_moment(reply.at, zone=ZoneInfo(zone))
        said.append((f"You asked. Our answer, of {at}:",))
        said += [(Name(line),) for line in words.splitlines() if line.strip()]
    return tuple(said)
