"""Acts by which a person steers a running case by hand."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from engine.admin.deciding import in_force
from engine.admin.errors import NotCarriedOutError
from engine.admin.handing import inbox, kept, submit
from engine.admin.house import House
from engine.admin.linkage import the_one
from engine.admin.operation import Asked
from engine.admin.reading import OneCase, loaded
from engine.case import commands as c
from engine.case.replanning import Difference, difference
from engine.case.state import Case
from engine.web.planning import ladder, planned_now
from engine.web.words.steering import differences, in_words
from schemas.codes import TrackName
from schemas.facts import WhySteered
from schemas.plan import Candidates

_Note = Field(default="", max_length=10_000)


class OnTrack(OneCase):
    """Which track, and why."""

    track: TrackName
    why: WhySteered = "other"
    note: str = _Note


class OnStep(OnTrack):
    """Which step, counted from 1; none: the next one."""

    step: int | None = Field(default=None, ge=1, le=100)


class Calling(OneCase):
    """From which step of duty's ladder on, counted from 1."""

    step: int = Field(default=1, ge=1, le=100)


class Handing(OneCase):
    """To whom, and which tasks; none: the case."""

    to: str = Field(max_length=64)
    tasks: tuple[str, ...] = Field(default=(), max_length=50)
    note: str = _Note


class Adding(OnTrack):
    """Whom: an id, or a name that one party has."""

    party: str = Field(max_length=200)


class Replanning(OneCase):
    """The difference as it was shown."""

    difference: str = Field(max_length=64)


async def jump(house: House, asked: Asked, args: OnStep) -> Mapping[str, Any]:
    """Let a ladder go on to a step now."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.JumpStep(
            inbox=inbox(asked, args), case=case.id, track=args.track, step=_step(case, args),
            by=asked.by, why=args.why, note=await kept(house, args.note),
        ),
    )  # fmt: skip


async def skip(house: House, asked: Asked, args: OnStep) -> Mapping[str, Any]:
    """Leave the next step out."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.SkipStep(
            inbox=inbox(asked, args), case=case.id, track=args.track, step=_step(case, args),
            by=asked.by, why=args.why, note=await kept(house, args.note),
        ),
    )  # fmt: skip


async def withdraw(house: House, asked: Asked, args: OnTrack) -> Mapping[str, Any]:
    """Take the release of a track back."""
    case = (await loaded(house, args.case)).file.case
    return await submit(
        house,
        c.WithdrawRelease(
            inbox=inbox(asked, args), case=case.id, track=args.track, by=asked.by, why=args.why,
            note=await kept(house, args.note),
        ),
    )  # fmt: skip


async def call(house: House, asked: Asked, args: Calling) -> Mapping[str, Any]:
    """Call duty now, from a step on."""
    case = (await loaded(house, args.case)).file.case
    command = c.Escalate(inbox=inbox(asked, args), case=case.id, by=asked.by, step=args.step - 1)
    return await submit(house, command)


async def hand_over(house: House, asked: Asked, args: Handing) -> Mapping[str, Any]:
    """Give the case, or tasks of it, to a colleague."""
    case = (await loaded(house, args.case)).file.case
    to = f"person:{args.to.removeprefix('person:')}"
    tasks = tuple(task if "." in task else f"{case.id}.{task}" for task in args.tasks)
    return await submit(
        house,
        c.HandOver(
            inbox=inbox(asked, args), case=case.id, by=asked.by, to=to, tasks=tasks,
            note=await kept(house, args.note),
        ),
    )  # fmt: skip


async def add(house: House, asked: Asked, args: Adding) -> Mapping[str, Any]:
    """Put a party of the registry on a track. Whoever may not know is not added, and why."""
    case = (await loaded(house, args.case)).file.case
    party = the_one(house.services.world.registry(), args.party)
    world, _ = house.world()
    command = c.AddRecipient(
        inbox=inbox(asked, args), case=case.id, track=args.track, party=party.id, by=asked.by,
        why=args.why, ladder=ladder(in_force(world), case, args.track),
        note=await kept(house, args.note),
    )  # fmt: skip
    try:
        return await submit(house, command)
    except NotCarriedOutError as error:
        told = in_words(error.what)
        if told is None:
            raise
        sentence, step = told
        raise NotCarriedOutError(
            "refused", f"{party.name} is not added. {sentence}", next_step=step
        ) from None


async def show_replan(house: House, asked: Asked, args: OneCase) -> Mapping[str, Any]:
    """What rulebook and registry of today would change. Changes nothing."""
    found = await loaded(house, args.case)
    now = await _planned_now(house, found.file.case)
    shown = difference(found.file.case, now)
    registry = house.services.world.registry()
    return {
        "case": found.file.row.ref,
        "difference": shown.digest,
        "empty": shown.empty,
        "lines": list(differences(shown, found.file.case, registry)),
        **_as_data(shown),
    }


async def replan(house: House, asked: Asked, args: Replanning) -> Mapping[str, Any]:
    """Apply the difference that was shown; refused when the case moved meanwhile."""
    case = (await loaded(house, args.case)).file.case
    command = c.Replan(
        inbox=inbox(asked, args), case=case.id, by=asked.by,
        candidates=await _planned_now(house, case), difference=args.difference,
    )  # fmt: skip
    return await submit(house, command)


async def _planned_now(house: House, case: Case) -> Candidates:
    world, _ = house.world()
    found = await planned_now(house.services, in_force(world), case)
    if found is None:
        raise NotCarriedOutError(
            "refused", "No report led to this: nothing can be planned anew.",
            next_step="Look at the case: tocsin case show CASE",
        )  # fmt: skip
    return found


def _step(case: Case, args: OnStep) -> int:
    if args.step is not None:
        return args.step - 1
    state = case.track(args.track)
    return 0 if state is None else state.step


def _as_data(shown: Difference) -> Mapping[str, Any]:
    return {
        "tracks": [track.name.value for track in shown.tracks],
        "changed": [each.after.name.value for each in shown.changed],
        "parties": [{"track": track.value, "party": party} for track, party in shown.parties],
        "left_out": list(shown.left_out),
        "told_all_the_same": list(shown.told_all_the_same),
    }
