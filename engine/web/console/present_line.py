"""One line of a story, and the small words between names."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.web.words.sentence import Name, Said, Tone
from engine.web.words.states import TRACK
from schemas.codes import TrackName


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one fact. `tone` is for the eye only: the words say the same."""

    said: Said
    tone: Tone = "plain"
    more: Said = ()


def listed(names: Sequence[Name]) -> Said:
    """`A`, `A and B`, `A, B and C`."""
    said: list[str | Name] = []
    for index, name in enumerate(names):
        if index:
            said.append(" and " if index == len(names) - 1 else ", ")
        said.append(name)
    return tuple(said)


def tracks(names: Sequence[TrackName]) -> str:
    """`Embassies, Companies`."""
    return ", ".join(TRACK[name] for name in names)


def channel(endpoint: str) -> str:
    """The way a `channel:endpoint id` goes, as people call it."""
    name = endpoint.partition(":")[0]
    return {"email": "e-mail", "sms": "SMS", "outbox": "the outbox"}.get(name, name)
