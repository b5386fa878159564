"""Who is who on a page: ids of parties, contacts and people, and what they are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.web.words.sentence import Name
from engine.web.words.states import TRACK
from engine.web.words.times import short_moment
from schemas.codes import TrackName


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Looked up once for a page. An id without a name is shown as itself, never hidden."""

    parties: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    alerts: Mapping[str, tuple[str, TrackName]] = field(default_factory=dict)
    """Alert id -> party (or person, on the duty track) and track."""
    zone: str = "UTC"

    def party(self, id: str) -> Name:
        """A party, or one of our own people on the duty track."""
        return Name(self.parties.get(id) or self.people.get(id) or id)

    def contact(self, id: str) -> Name:
        """A contact by its role label."""
        return Name(self.contacts.get(id) or self.people.get(id) or id)

    def person(self, id: str) -> Name:
        """One of our own people, a contact who answered, or the engine itself."""
        if id == "engine":
            return Name("Tocsin")
        return Name(self.people.get(id) or self.contacts.get(id) or self.parties.get(id) or id)

    def alert(self, id: str) -> Name:
        """The party behind an alert."""
        known = self.alerts.get(id)
        return Name("somebody") if known is None else self.party(known[0])

    def track_words(self, detail: str) -> str:
        """A track by its code; empty when it is none."""
        return TRACK[TrackName(detail)] if detail in set(TrackName) else ""

    def is_duty(self, id: str) -> bool:
        """Whether an alert pages our own people."""
        known = self.alerts.get(id)
        return known is not None and known[1] is TrackName.DUTY

    def time(self, value: datetime) -> str:
        """A moment in the board's zone, which the foot of each page names."""
        return short_moment(value, zone=ZoneInfo(self.zone))
