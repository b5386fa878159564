"""Small forms that steer a case: a ladder, duty called, a hand-over, somebody added."""

from typing import get_args

from engine.access import Permission
from engine.case import commands as c
from engine.web.console.case_page import Loaded
from engine.web.console.fields import choice
from engine.web.console.gate_forms import Asked, Page, worded
from engine.web.forms import Form
from engine.web.words.states import TRACK
from engine.web.words.steering import WHY_STEERED, step_words
from schemas.codes import TrackName
from schemas.facts import WhySteered

_WHY = Asked(name="why", words="Why?", options=worded(WHY_STEERED))


def _ladder(found: Loaded, track: str) -> tuple[Asked, ...]:
    state = found.file.case.track(TrackName(track)) if track else None
    options: list[tuple[str, str]] = []
    if state is not None and track != TrackName.DUTY:
        ahead = list(enumerate(state.track.steps))[state.step :]
        options += [
            (f"jump:{step}", f"Go on to step {step + 1} now: {step_words(rung)}")
            for step, rung in ahead
        ]
        options += [
            (f"skip:{step}", f"Leave step {step + 1} out: it does not come again")
            for step, _ in ahead[:1]
        ]
        if state.anchor_at is not None or state.released_by:
            options.append(("back", "Take the release back: nothing further leaves"))
    options = options or [("", "There is nothing to steer now")]
    return (Asked(name="what", words="What shall it do?", options=tuple(options)), _WHY)


def _steer(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    why, (what, _, step) = form.get("why"), form.get("what").partition(":")
    if why not in get_args(WhySteered):
        return None
    case, name = found.file.row.id, TrackName(track)
    if what == "back":
        return c.WithdrawRelease(
            inbox=inbox, case=case, track=name, by=me, note=note,
            why=why,  # type: ignore[arg-type]  # one of the literals, as was just looked at
        )  # fmt: skip
    if not step.isdecimal():
        return None
    make = c.JumpStep if what == "jump" else c.SkipStep
    return make(
        inbox=inbox, case=case, track=name, step=int(step), by=me, note=note,
        why=why,  # type: ignore[arg-type]  # likewise
    )  # fmt: skip


def _call(found: Loaded, track: str) -> tuple[Asked, ...]:
    duty = found.file.case.track(TrackName.DUTY)
    rungs = () if duty is None else duty.track.steps
    options = tuple(
        (str(step), f"{', '.join(r.replace('_', ' ') for r in rung.roles)}, and on from there")
        for step, rung in enumerate(rungs)
    )
    return (Asked(name="step", words="Whom first?", options=options),)


def _escalate(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    step = form.get("step")
    if not step.isdecimal():
        return None
    return c.Escalate(inbox=inbox, case=found.file.row.id, by=me, step=int(step))


def _colleagues(found: Loaded, track: str) -> tuple[Asked, ...]:
    people = sorted(found.names.people.items(), key=lambda each: each[1])
    return (
        Asked(
            name="to",
            words="To whom?",
            options=tuple(people),
            hint="They are told now. Until they take it, it is a task that escalates.",
        ),
    )


def _hand(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    to = form.get("to")
    if to not in found.names.people:
        return None
    return c.HandOver(inbox=inbox, case=found.file.row.id, by=me, to=to, note=note)


def _whom(found: Loaded, track: str) -> tuple[Asked, ...]:
    tracks = [s.track.name for s in found.file.case.tracks if s.track.name is not TrackName.DUTY]
    return (
        Asked(
            name="party",
            words="Whom?",
            hint="The id of a party in the registry, as its page shows it.",
        ),
        Asked(name="track", words="Asked as what?", options=worded({t: TRACK[t] for t in tracks})),
        _WHY,
    )


def _add(
    found: Loaded, inbox: c.Inbox, me: str, form: Form, note: str, track: str
) -> c.Command | None:
    name, why = choice(form.get("track"), TrackName), form.get("why")
    if name is None or why not in get_args(WhySteered):
        return None
    return c.AddRecipient(
        inbox=inbox, case=found.file.row.id, track=name, party=form.get("party")[:128], by=me,
        note=note,
        why=why,  # type: ignore[arg-type]  # likewise
    )  # fmt: skip


STEERING_PAGES = (
    Page(
        path="steer/{track}",
        title="Steer this track",
        intro="Nobody who was told hears of it again, and what is due later keeps its time. To "
        "wait for a while, place a hold instead.",
        button="Do it",
        asks=_ladder,
        make=_steer,
        needs=Permission.RELEASE,
        did="steer",
    ),
    Page(
        path="call",
        title="Call duty now",
        intro="Whoever has the case: duty is called at once, and again until somebody takes it.",
        button="Call",
        asks=_call,
        make=_escalate,
        needs=Permission.TAKE_TASKS,
        did="call",
        words=False,
    ),
    Page(
        path="hand",
        title="Hand the case over",
        intro="What it owes is theirs from then on. Check-ins stay with whom the contact protocol "
        "names.",
        button="Hand it over",
        asks=_colleagues,
        make=_hand,
        needs=Permission.TAKE_TASKS,
        did="hand",
    ),
    Page(
        path="add",
        title="Add somebody",
        intro="The release of the track tells them, by as many people as ever. Whoever may not "
        "know is not added.",
        button="Add",
        asks=_whom,
        make=_add,
        needs=Permission.RELEASE,
        did="add",
    ),
)
