"""The world as it is in force: rulebook, registry and roster, swapped as a whole."""

from dataclasses import dataclass, field
from datetime import datetime

from rules import candidates, duty
from rules.graph import Registry
from rules.rulebook import Rulebook
from schemas.codes import FieldName, Severity, TrackName
from schemas.plan import Track
from schemas.roster import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What planning, the guard and duty's ladder look at. Immutable; a change is another world."""

    rulebook: Rulebook | None = None
    """None until one is activated: every event then gets the built-in duty plan."""
    registry: Registry = field(default_factory=Registry)
    roster: Roster = field(default_factory=lambda: Roster(version=""))
    looked_at: datetime | None = None
    """When somebody last stood for the registry as a whole: by an import, or by having looked."""
    versions: tuple[str, ...] = ()
    """What the store called them when they were read (`saving.versions`): another process may have
    put others into force since."""

    @property
    def rules(self) -> candidates.World | None:
        """What `rules.candidates` takes; None while there is no rulebook."""
        if self.rulebook is None:
            return None
        return candidates.World(
            rulebook=self.rulebook, registry=self.registry, looked_at=self.looked_at
        )

    def ladder(self, severity: Severity) -> Track:
        """Duty's ladder: the rulebook's, or the built-in one where there is none."""
        if self.rulebook is None:
            return duty.built_in(severity)
        return self.rulebook.duty_track(severity)


class WorldHolder:
    """The world in force now. Read it once per piece of work and keep what was read."""

    def __init__(self, world: World | None = None) -> None:
        self._world = world or World()

    @property
    def current(self) -> World:
        """The newest world."""
        return self._world

    def swap(self, world: World) -> None:
        """Put another world into force."""
        self._world = world

    def registry(self) -> Registry:
        """The newest registry."""
        return self._world.registry

    def rules(self) -> candidates.World | None:
        """Rulebook and registry as they are now; None without a rulebook."""
        return self._world.rules

    def overtaken(self, newest: tuple[str, ...]) -> bool:
        """Whether the store has another one in force by now, under these names (`in_force`)."""
        return bool(self._world.versions) and self._world.versions != newest

    def field_class(self, audience: TrackName) -> frozenset[FieldName]:
        """What an audience may ever be shown; nothing without a rulebook."""
        rulebook = self._world.rulebook
        return frozenset() if rulebook is None else rulebook.field_class(audience)

    def duty_track(self, severity: Severity) -> Track | None:
        """The rulebook's ladder for our own people; None without a rulebook."""
        rulebook = self._world.rulebook
        return None if rulebook is None else rulebook.duty_track(severity)
