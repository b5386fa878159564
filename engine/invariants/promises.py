"""The twenty-five promises in words: what each says, who can judge it, what a person does.

One table for whoever asks: the page of an incident, the command line, the documents and their test.
"""

from dataclasses import dataclass
from enum import StrEnum


class Judged(StrEnum):
    """From what it can be told whether a promise holds."""

    TABLES = "tables"
    """From the store alone, so the auditor judges it in production."""
    BOTH = "both"
    """The store shows some breaches; others only somebody who watched outside can name."""
    OUTSIDE = "outside"
    """Only with a record of what happened outside: the tests, the simulator, the crash runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One invariant."""

    id: str
    """`I1` to `I25`."""
    says: str
    """The promise, in one sentence."""
    judged: Judged
    by: tuple[str, ...]
    """Modules of this package that look for a breach of it."""
    do: str
    """What a person does first when it is broken."""


_PHONE = "Open the case, look who was not told, and phone them."
_MEND = "Open the case and work it by hand; report this with the log, the code has to be mended."
_T, _B, _O = Judged.TABLES, Judged.BOTH, Judged.OUTSIDE


def _promise(id: str, says: str, judged: Judged, by: str, do: str) -> Promise:
    return Promise(id=id, says=says, judged=judged, by=tuple(by.split()), do=do)


PROMISES = (
    _promise(
        "I1",
        "Whatever was accepted is in exactly one case, or in quarantine with somebody told.",
        _B,
        "accepting strays",
        "Ask its source to send the report again, and work it by hand meanwhile.",
    ),
    _promise(
        "I2",
        "Whoever was told that a report is taken can rely on it.",
        _O,
        "accepting",
        "Ask the publisher to send it again; check disk and backups.",
    ),
    _promise(
        "I3",
        "The same report counts once; other content under its id is told to a person.",
        _B,
        "accepting strays",
        "Ask the source which content is right.",
    ),
    _promise(
        "I4",
        "What is due is decided within half a minute.",
        _T,
        "lateness",
        "Restart the process with the timers; phone through the open cases meanwhile.",
    ),
    _promise("I5", "Nothing is decided or told before its time.", _B, "replay departures", _MEND),
    _promise(
        "I6",
        "Each round of telling is decided once.",
        _T,
        "replay decided delivering strays",
        _MEND,
    ),
    _promise("I7", "No step is passed over in silence.", _T, "replay", _PHONE),
    _promise(
        "I8", "Nothing goes out after it was stopped.", _T, "replay decided delivering", _MEND
    ),
    _promise(
        "I9", "An answer stops nobody but whom it came from.", _T, "replay decided causes", _PHONE
    ),
    _promise("I10", "An answer runs out, and then the ladder goes on.", _T, "replay", _PHONE),
    _promise(
        "I11",
        "No message is given up in silence: it leaves, or another way or a person takes over.",
        _B,
        "delivering decided",
        _PHONE,
    ),
    _promise(
        "I12",
        "A message comes again only after a try of unknown outcome, and seldom.",
        _B,
        "delivering",
        "Nobody was missed. Tell the recipient that it was one message; look at the channel.",
    ),
    _promise(
        "I13", "What became of a message only moves forward.", _B, "delivering decided", _PHONE
    ),
    _promise(
        "I14",
        "Only one engine works on a thing at a time.",
        _T,
        "replay delivering",
        "Look whether two engines run over this store; stop one of them.",
    ),
    _promise(
        "I15",
        "Two different people end a case, and nobody else.",
        _T,
        "replay",
        "Open the case again on its page.",
    ),
    _promise(
        "I16",
        "Nobody outside reads what their class and the consents do not allow.",
        _B,
        "reading departures",
        "Freeze the track, tell the director: somebody may have read what was not theirs.",
    ),
    _promise(
        "I17",
        "Nobody tied to the perpetrator is told.",
        _B,
        "replay departures",
        "Freeze the case's tracks, tell the director and the consent holder at once.",
    ),
    _promise(
        "I18",
        "Who somebody is stands nowhere in clear.",
        _O,
        "clear_text",
        "Take that place offline, tell the director; keep what it held for who looks into it.",
    ),
    _promise(
        "I19",
        "Every change has its leaf in the journal, and the chain holds.",
        _T,
        "journal replay projected strays",
        "Stop the engine, keep a copy of the database, compare it with the newest backup.",
    ),
    _promise(
        "I20",
        "What was erased cannot be read again.",
        _T,
        "erased",
        "Stop the engine, destroy the rows named, and look for the copy they came from.",
    ),
    _promise(
        "I21",
        "A flood of lesser reports does not delay the gravest.",
        _O,
        "lanes",
        "Work grave cases from the board; stop the source that floods.",
    ),
    _promise(
        "I22",
        "What cannot be read is put aside, told to a person, and holds up nothing else.",
        _B,
        "poison strays",
        "Read the quarantine; ask the source what it meant to say.",
    ),
    _promise(
        "I23",
        "Of every open case somebody on duty knows.",
        _T,
        "reaching replay",
        "Take it on the board now, and look which channels fail.",
    ),
    _promise(
        "I24",
        "After a backup is put back nothing leaves before a person says so.",
        _O,
        "restored",
        "Stop outgoing, and compare with what the providers say they sent.",
    ),
    _promise(
        "I25",
        "Nothing can be loaded that leaves a grave case with nobody to wake.",
        _T,
        "config replay",
        "Put the last rulebook and roster back that worked.",
    ),
)

BY_ID = {promise.id: promise for promise in PROMISES}
