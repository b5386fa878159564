"""The journal as a story: newest first, plumbing folded away, deliveries beside what was told."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from engine.store.case_file import CaseFile, NoticeRow
from engine.web.console.names import Names
from engine.web.console.present import tell_fact
from engine.web.console.present_line import channel
from engine.web.words.sentence import Said, Tone
from engine.web.words.states import DELIVERY
from engine.web.words.times import clock_time, day
from schemas import facts as f

_FOLDED = (f.HandedOff, f.Delivered, f.StepFired, f.HoldExtended, f.ExclusionsJoined)
"""Shown elsewhere, or of use to the engine alone."""
_QUIET_CANCELS = ("acknowledged", "answered", "promised", "acted", "declined", "resolved")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One line; `day` is set where a new day begins."""

    day: str
    time: str
    said: Said
    tone: Tone
    more: Said
    note: str
    """Vault id of what was written in words; empty when nothing was."""


def story_lines(file: CaseFile, *, names: Names) -> tuple[StoryLine, ...]:
    """What happened, newest first."""
    zone = ZoneInfo(names.zone)
    states = {row.key: row for row in file.notices}
    lines: list[StoryLine] = []
    last_day = ""
    for entry in file.entries:
        fact = entry.fact
        if _folded(fact, names):
            continue
        line = tell_fact(fact, names)
        more = line.more
        if isinstance(fact, (f.Told, f.Rerouted)):
            more = (*more, *_deliveries(fact, states))
        today = day(entry.at, zone=zone)
        lines.append(
            StoryLine(
                day=today if today != last_day else "",
                time=clock_time(entry.at, zone=zone),
                said=line.said,
                tone=line.tone,
                more=more,
                note=str(getattr(fact, "note", "")),
            )
        )
        last_day = today
    return tuple(lines)


def _folded(fact: f.Fact, names: Names) -> bool:
    """Whether another line says it already, or it is of use to the engine alone."""
    if isinstance(fact, f.NoticesCancelled):
        return fact.reason in _QUIET_CANCELS
    if isinstance(fact, f.TaskDone):
        return fact.by == "engine" and fact.result == "not_needed"
    if isinstance(fact, f.Answered):  # `took the case` follows
        return names.is_duty(fact.alert) and fact.answer == "acknowledged"
    return isinstance(fact, _FOLDED)


def _deliveries(fact: f.Told | f.Rerouted, states: dict[str, NoticeRow]) -> Said:
    said: list[str] = []
    for notice in fact.notices:
        row = states.get(notice.key)
        if row is not None:
            state = DELIVERY.get(row.state, row.state.replace("_", " "))
            said.append(f"{channel(notice.endpoint)}: {state}")
    text = "; ".join(dict.fromkeys(said))
    return (f"{text[:1].upper()}{text[1:]}.",) if said else ()
