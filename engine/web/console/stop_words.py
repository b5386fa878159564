"""What is stopped, since when, by whom, and how it goes on: one line for every page."""

from zoneinfo import ZoneInfo

from engine.access import PersonRole
from engine.store.board import Head
from engine.store.stopping import BY_FILE, BY_RESTORE
from engine.web.words.times import short_moment

_ROLE = {
    PersonRole.HANDLER.value: "handler",
    PersonRole.SECOND.value: "second person",
    PersonRole.READER.value: "reader",
}


def stop_words(head: Head, *, zone: str) -> str:
    """Empty while nothing is stopped."""
    stop = head.stop
    if not stop.on:
        return ""
    since = "" if stop.since is None else f" since {short_moment(stop.since, zone=ZoneInfo(zone))}"
    said = [f"Outgoing is stopped{since}{_by(stop.by, head)}. Only duty is told anything."]
    if stop.files:
        said.append("The file STOP lies in a data directory: remove it there first.")
    if stop.agreed:
        said.append(f"{_who(stop.agreed, head)} agreed to switch on; one more person is needed.")
    else:
        said.append("Two people switch on again.")
    return " ".join(said)


def _by(person: str, head: Head) -> str:
    if not person:
        return ""
    if person == BY_RESTORE:
        return ": the database is older than it was, from a backup"
    return ", by the file STOP" if person == BY_FILE else f", by {_who(person, head)}"


def _who(person: str, head: Head) -> str:
    role = _ROLE.get(head.roles.get(person, ""), "")
    return head.people.get(person, person) + (f" ({role})" if role else "")
