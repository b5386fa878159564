"""What a story looks at: the case as it stands, and its history; never what only the code knows."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from engine.case.due import due_at
from engine.case.state import Alert, AlertStatus, Case, Task, load_case
from engine.demo.stories.failing import StoryError, expect
from engine.demo.stories.moments import last_moment, said_at
from engine.store.database import Database
from engine.store.holder_file import holder_file
from engine.store.tables import cases, events, journal, notifications
from engine.web.holder.view import HolderView, holder_view
from rules.graph import Registry
from schemas import facts as f


class Looking(ABC):
    """The reading half of a story. Whoever tells it says what time it is and what left."""

    database: Database
    registry: Registry
    began_by: dict[str, str]
    """Situation -> row id of the first event of it."""

    @property
    @abstractmethod
    def now(self) -> datetime:
        """What time it is in the story."""

    @abstractmethod
    def left_for(self, endpoint: str) -> int:
        """How many messages ever left for this address."""

    def case(self, situation: str = "") -> Case:
        """The only case that is no incident, or the one that this situation's events went to."""
        found = [case for case in self.cases() if case.kind == "case"]
        if situation:
            rows = self.read(
                select(events.c.case_id).where(events.c.id == self.began_by[situation])
            )
            found = [case for case in found if case.id == rows[0].case_id]
        if len(found) != 1:
            raise StoryError(f"{len(found)} cases, not one")
        return found[0]

    def cases(self) -> list[Case]:
        """All cases, in the order they were opened."""
        rows = self.read(select(cases.c.state).order_by(cases.c.opened_at, cases.c.id))
        return [load_case(row.state) for row in rows]

    def incidents(self) -> list[str]:
        """Codes of all incidents."""
        return [case.incident for case in self.cases() if case.kind == "incident"]

    def facts(self, *kinds: type, of: str = "") -> list[Any]:
        """The facts of the only case, or of this situation's, of these kinds."""
        query = select(journal.c.body).where(journal.c.stream == self.case(of).id)
        found = [f.load_fact(row.body) for row in self.read(query.order_by(journal.c.n))]
        return [fact for fact in found if not kinds or isinstance(fact, kinds)]

    def alert(self, party: str, *, of: str = "") -> Alert:
        """The alert of this party in the only case, or in this situation's."""
        found = [alert for alert in self.case(of).alerts if alert.party == party]
        if len(found) != 1:
            raise StoryError(f"{len(found)} alerts of {party}, not one")
        return found[0]

    def task(self, kind: str, *, party: str = "", due: str = "", of: str = "") -> Task:
        """The oldest open task of this kind; with `party`, of its alert; with `due`, for then."""
        case = self.case(of)
        alerts = {alert.id for alert in case.alerts if alert.party == party}
        for task in case.tasks:
            fits = not due or said_at(task.due_at) == due
            if task.kind == kind and fits and (not party or task.alert in alerts):
                return task
        raise StoryError(f"no open task {kind}; open are {[str(t.kind) for t in case.tasks]}")

    def told(self, party: str, *at: str, of: str = "") -> None:
        """This party was told at exactly these minutes, and at no other."""
        when = [fact.at for fact in self.facts(f.Told, of=of) if fact.party == party]
        wanted = [f"{last_moment(said, before=self.now):%a %H:%M}" for said in at]
        expect(
            [f"{x:%a %H:%M}" for x in when] == wanted,
            f"{party} was told at {[said_at(x) for x in when]}",
        )

    def withheld(self, who: str, *, reason: str, of: str = "") -> None:
        """This party or contact is shown as left out for this reason, and was never told."""
        shown = {
            (each.contact or each.party): each.reason.value
            for planned in self.facts(f.Planned, of=of)
            for each in planned.withheld
        }
        party_of = {alert.id: alert.party for alert in self.case(of).alerts}
        for fact in self.facts(f.AlertWithheld, f.AlertClosed, f.TellRefused, of=of):
            shown[party_of.get(fact.alert, "")] = fact.reason.value
        expect(
            shown.get(who) == reason,
            f"{who}: {shown.get(who)}, not {reason}; left out are {shown}",
        )
        one = self.registry.contact(who)
        for contact in [*self.registry.contacts(who), *([one] if one is not None else [])]:
            for endpoint in contact.endpoints:
                expect(not self.left_for(endpoint.id), f"{who} was told although it is left out")

    def read_to_holder(self, subject: str) -> HolderView:
        """What whoever holds this subject's consent reads now, the first part of it.

        Who was told what and when, and who was not; `subject` as `hotline-a/village`.
        """
        file = self.run(lambda conn: holder_file(conn, subject))
        return holder_view(file, part=0, zone=ZoneInfo("UTC"), now=self.now)

    def owes(self, *kinds: str, of: str = "") -> None:
        """The open tasks of the case are exactly these."""
        expect(self.owed(of=of) == sorted(kinds), f"owed are {self.owed(of=of)}")

    def owed(self, *, of: str = "") -> list[str]:
        """Kinds of the open tasks of the case, sorted."""
        return sorted(str(task.kind) for task in self.case(of).tasks)

    def closed(self, party: str, *, reason: str, of: str = "") -> None:
        """The page of this party is closed for this reason."""
        alert = self.alert(party, of=of)
        is_so = alert.status is AlertStatus.CLOSED and alert.reason == reason
        expect(is_so, f"{party} is {alert.status}, {alert.reason}")

    def in_conflict(self, party: str, *, of: str = "") -> None:
        """This party said that it has a conflict of interest, and is asked nothing any more."""
        expect(party in self.case(of).conflicts, f"in conflict are {self.case(of).conflicts}")
        self.closed(party, reason="conflict", of=of)

    def due_at(self, *, of: str = "") -> datetime | None:
        """When the case must next be looked at."""
        return due_at(self.case(of))

    def states(self) -> dict[str, list[str]]:
        """Endpoint -> delivery states of everything decided for it, oldest first."""
        found: dict[str, list[str]] = {}
        query = select(notifications.c.endpoint, notifications.c.state)
        for row in self.read(query.order_by(notifications.c.decided_at, notifications.c.key)):
            found.setdefault(row.endpoint, []).append(row.state)
        return found

    def tries(self, endpoint: str) -> list[int]:
        """How often each message for this endpoint (`email:lea.email`) was tried."""
        query = select(notifications.c.attempts).where(notifications.c.endpoint == endpoint)
        return [row.attempts for row in self.read(query.order_by(notifications.c.decided_at))]

    def addressed(self, key: str) -> tuple[str, str]:
        """Alert and contact of the notification with this key."""
        query = select(notifications.c.alert_id, notifications.c.contact)
        row = self.read(query.where(notifications.c.key == key))[0]
        return row.alert_id, row.contact

    def count_events(self) -> int:
        """How many events are stored."""
        return len(self.read(select(events.c.id)))

    def read(self, query: Any) -> list[Any]:
        """The rows of this query."""
        found: list[Any] = self.run(lambda conn: list(conn.execute(query).all()))
        return found

    def run(self, fn: Any) -> Any:
        """What this function of a connection finds."""
        conn: Connection = self.database.reader()
        try:
            return fn(conn)
        finally:
            conn.close()
