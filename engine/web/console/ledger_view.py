"""The ledger of a case in words and as data: who promised what by when, and what came. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.case.ledger import Entry, Standing
from engine.web.console.names import Names
from engine.web.words.sentence import Said, Tone
from engine.web.words.states import ACTION, EFFECT, PROVISO, TRACK, WITHDRAWN, WORTH

STANDING: Mapping[Standing, str] = {
    Standing.PROPOSED: "proposed",
    Standing.CLEARED: "agreed on",
    Standing.PROMISED: "promised",
    Standing.ASKED: "due, and asked for",
    Standing.DONE: "done",
    Standing.MISSED: "not kept",
    Standing.WITHDRAWN: "withdrawn",
    Standing.UNDERWAY: "said to be under way",
}
_TONES: Mapping[Standing, Tone] = {
    Standing.DONE: "good",
    Standing.MISSED: "warm",
    Standing.ASKED: "warm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One action as a line."""

    who: str
    what: str
    standing: str
    tone: Tone
    said: Said
    """When, with what effect, what it waits for, what it was worth."""


def ledger_lines(entries: Iterable[Entry], *, names: Names) -> tuple[LedgerLine, ...]:
    """Every action, in the order in which it was first heard of."""
    return tuple(
        LedgerLine(
            who=_who(entry, names),
            what=ACTION[entry.kind],
            standing=_standing(entry),
            tone=_TONES.get(entry.standing, "plain"),
            said=(f"{_more(entry, names)}.",),
        )
        for entry in entries
    )


def as_data(entries: Iterable[Entry], *, names: Names) -> list[dict[str, Any]]:
    """The same for a script."""
    return [
        {
            "action": entry.action.rpartition(".")[2],
            "who": _who(entry, names),
            "party": entry.party,
            "track": None if entry.track is None else entry.track.value,
            "kind": entry.kind.value,
            "state": entry.standing.value,
            "kept": entry.kept,
            "late": entry.late,
            "by": entry.by,
            "way": entry.way,
            "at": entry.at,
            "due_at": entry.due_at,
            "over_at": entry.over_at,
            "condition": _value(entry.condition),
            "condition_met": entry.condition_met,
            "effect": _value(entry.effect),
            "class": _value(entry.answer_class),
            "withdrawn": _value(entry.withdrawn),
            "for_date": entry.for_date,
            "said": _more(entry, names),
        }
        for entry in entries
    ]


def _who(entry: Entry, names: Names) -> str:
    if entry.party:
        return names.party(entry.party).text
    return "Together" if entry.track is None else f"{TRACK[entry.track]}, together"


def _standing(entry: Entry) -> str:
    late = " late" if entry.late else ""
    return f"{STANDING[entry.standing]}{late}"


def _more(entry: Entry, names: Names) -> str:
    said = [f"By {names.time(entry.due_at)}" if entry.due_at else f"Said {names.time(entry.at)}"]
    if entry.over_at is not None:
        said.append(f"over {names.time(entry.over_at)}")
    if entry.effect is not None:
        said.append(EFFECT[entry.effect])
    if entry.condition is not None:
        met = ", which came" if entry.condition_met else ""
        said.append(f"if {PROVISO[entry.condition]}{met}")
    if entry.withdrawn is not None:
        said.append(WITHDRAWN[entry.withdrawn])
    if entry.answer_class is not None:
        said.append(f"judged as {WORTH[entry.answer_class]}")
    return "; ".join(said)


def _value(code: Any) -> str | None:
    return None if code is None else str(code.value)
