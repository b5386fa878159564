"""A story as a whole: where it is, who is on duty, when it begins, and how it goes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.resources import files

from engine.demo.stories.places import Place
from engine.demo.stories.teller import Teller
from rules.rulebook import Rulebook, load
from schemas.roster import Roster

ASKED = "please answer reference"
"""Of every message that asks something of somebody outside."""
_BEGINS, _ENDS = "\nrules:\n", "\n# The most that an audience may ever be shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One story. `tell` fails with StoryError where it does not come true."""

    name: str
    title: str
    """One line for whoever chooses."""
    begins: str
    """`2027-03-01 22:00`, UTC."""
    place: Place
    rules: str
    """The text of its rulebook."""
    roster: Roster
    tell: Callable[[Teller], Awaitable[None]]

    @property
    def rulebook(self) -> Rulebook:
        """Its rulebook, read."""
        return load(self.rules, filename=f"{self.name}.yaml")


def shipped_with(*rules: str) -> str:
    """The shipped rulebook with these rules, each a YAML item, in place of its own: the figures
    that the stories are told by are those that every desk begins with."""
    text = files("rules.packs").joinpath("default.yaml").read_text("utf-8")
    begin, end = text.index(_BEGINS) + len(_BEGINS), text.index(_ENDS)
    return text[:begin] + "".join(f"  - {rule}\n" for rule in rules) + text[end:]
