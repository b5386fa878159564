"""What those of a round promised and did, as the others of it read it: by kind, never by name."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from engine.case.ledger import Entry, Standing
from engine.web.words.states import ACTION
from engine.web.words.times import day, short_moment
from schemas.codes import TrackName

ONE: dict[TrackName, str] = {
    TrackName.MISSIONS: "An embassy or consulate",
    TrackName.NHRIS: "A human rights institution",
    TrackName.MSIS: "An initiative",
    TrackName.INVESTORS: "An investor or lender",
    TrackName.COMPANIES: "A company",
    TrackName.MECHANISMS: "A UN or regional mechanism",
    TrackName.SPORTS: "A sports body",
    TrackName.UNIONS: "A union",
}
NOTHING = "Nobody has promised or done anything so far that we may say."


def round_lines(entries: Iterable[Entry], *, own: str, zone: ZoneInfo) -> tuple[str, ...]:
    """A line for each promise and act; `own`: the reader's alert, whose own are said to be so."""
    lines = tuple(_line(entry, own=own, zone=zone) for entry in entries)
    return lines or (NOTHING,)


def _line(entry: Entry, *, own: str, zone: ZoneInfo) -> str:
    others = "Somebody" if entry.track is None else ONE.get(entry.track, "Somebody")
    who = "You" if entry.alert == own else others
    return f"{who}: {ACTION[entry.kind]}, {_standing(entry, zone)}."


def _standing(entry: Entry, zone: ZoneInfo) -> str:
    if entry.standing is Standing.DONE:
        return f"done on {day(entry.over_at or entry.at, zone=zone)}"
    if entry.due_at is None:
        return "under way"
    return f"promised for {short_moment(entry.due_at, zone=zone)}"
