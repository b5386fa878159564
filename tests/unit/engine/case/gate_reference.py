"""A second reading of the gates, written plainly and without the production code.

It looks at what people did and when, and says whether a track may tell anybody now.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Gate:
    """What was done about one track, in order."""

    needs: int
    """Different people."""
    proposer: str = ""
    given: list[tuple[str, datetime | None]] = field(default_factory=list)
    """(who, until) of records that were taken, since the gate was last shut."""
    opened: bool = False
    until: datetime | None = None

    def release(self, who: str, until: datetime | None, *, now: datetime) -> bool:
        """One person's whole record; whether it is taken."""
        self.pass_time(now)
        if until is not None and until <= now:
            return False
        if who == self.proposer or who in [person for person, _ in self.given]:
            return False
        self.given.append((who, until))
        if len({person for person, _ in self.given}) >= self.needs:
            ends = [end for _, end in self.given if end is not None]
            if ends or not self.opened:
                self.until = min(ends) if ends else None
            self.opened, self.given = True, []
        return True

    def joint(self, who: str) -> None:
        """Somebody proposes joint action: everything begins anew, and takes two others."""
        self.needs, self.proposer = 2, who
        self.given, self.opened, self.until = [], False, None

    def pass_time(self, now: datetime) -> None:
        """What ran out by now is gone."""
        if self.until is not None and self.until <= now:
            self.opened, self.until, self.given = False, None, []
        if any(end is not None and end <= now for _, end in self.given):
            self.given = []


@dataclass
class Need:
    """Necessity: who decided it when, and who else agreed."""

    critical: bool
    by: list[str] = field(default_factory=list)
    since: datetime | None = None
    """When it was put in force."""

    def decide(self, who: str, now: datetime) -> bool:
        """Whether the decision is taken."""
        self.pass_time(now)
        if who in self.by or len(self.by) > 1:
            return False
        self.by.append(who)
        if self.since is None and (self.critical or len(self.by) > 1):
            self.since = now
        return True

    def withdraw(self) -> bool:
        """Whether there was anything to take back."""
        was = bool(self.by)
        self.by, self.since = [], None
        return was

    def pass_time(self, now: datetime) -> None:
        """Two hours without a second person, and it is gone."""
        if self.since is not None and len(self.by) < 2 and now - self.since >= timedelta(hours=2):
            self.by, self.since = [], None

    @property
    def holds(self) -> bool:
        """Whether protection may be asked without consent."""
        return self.since is not None
