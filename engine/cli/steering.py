"""Commands that steer a running case: steps, a release taken back, hand-over, re-plan."""

from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.cases import Note, Ref, Track
from engine.cli.command import command
from engine.cli.terminal import Terminal

Why = Annotated[
    str,
    typer.Option(help="faster, already_done, not_useful, would_harm, wish, new_facts, other"),
]
StepNo = Annotated[
    int | None, typer.Option("--step", metavar="N", help="Counted from 1; none: the next one.")
]


async def jump(
    terminal: Terminal, ref: Ref, track: Track, why: Why, step: StepNo = None, note: Note = ""
) -> None:
    """Let a released track go on to a step now. Steps between are passed over."""
    result = await ask(terminal, "step.jump", case=ref, track=track, step=step, why=why, note=note)
    terminal.done(result, ["Done. Whom it is for is told now; later steps keep their times."])


async def skip(
    terminal: Terminal, ref: Ref, track: Track, why: Why, step: StepNo = None, note: Note = ""
) -> None:
    """Leave the next step of a track out. It does not come again."""
    result = await ask(terminal, "step.skip", case=ref, track=track, step=step, why=why, note=note)
    terminal.done(result, ["Left out. Later steps keep their times."])


async def take_back(terminal: Terminal, ref: Ref, track: Track, why: Why, note: Note = "") -> None:
    """Take a release back, before it starts or later. What has not left is cancelled."""
    result = await ask(terminal, "release.withdraw", case=ref, track=track, why=why, note=note)
    terminal.done(result, ["Taken back. Nobody further is told until people release it again."])


async def call(
    terminal: Terminal,
    ref: Ref,
    step: Annotated[int, typer.Option("--step", metavar="N", help="Of duty's ladder, from 1.")] = 1,
) -> None:
    """Call duty now, from a step of its ladder on, whoever has the case."""
    result = await ask(terminal, "duty.call", case=ref, step=step)
    terminal.done(result, ["Duty is called now, and again until somebody takes it."])


async def hand(
    terminal: Terminal,
    ref: Ref,
    to: Annotated[str, typer.Argument(metavar="PERSON", help="A colleague on the roster.")],
    task: Annotated[
        list[str] | None, typer.Option(help="Only this task, as t3; repeatable. None: the case.")
    ] = None,
    note: Note = "",
) -> None:
    """Hand a case, or tasks of it, to a colleague. They are told now; untaken, it escalates."""
    result = await ask(terminal, "case.hand", case=ref, to=to, tasks=task or [], note=note)
    terminal.done(result, [f"Handed to {to}, who is told now. Until they take it, it is a task."])


async def add(
    terminal: Terminal,
    ref: Ref,
    track: Track,
    party: Annotated[str, typer.Argument(metavar="PARTY", help="Its id, or its name.")],
    why: Why,
    note: Note = "",
) -> None:
    """Put a party of the registry on a track. Its release tells it; whoever may not know is not
    added, and it is said why."""
    result = await ask(
        terminal, "recipient.add", case=ref, track=track, party=party, why=why, note=note
    )
    terminal.done(result, [f"Added. Release the track to tell it: tocsin release {ref} {track}"])


async def replan(
    terminal: Terminal,
    ref: Ref,
    apply: Annotated[
        str, typer.Option(metavar="DIFFERENCE", help="The one that was shown; applies it.")
    ] = "",
) -> None:
    """Show what the rules and registry of today would change of a case, or apply it."""
    if apply:
        result = await ask(terminal, "replan", case=ref, difference=apply)
        terminal.done(result, ["Planned anew. Nobody was told by this; new ones wait for release."])
        return
    found = await ask(terminal, "replan.show", case=ref)
    if found["empty"]:
        terminal.done(found, [*found["lines"], "Nothing would change."])
        return
    step = f"Apply exactly this: tocsin case replan {ref} --apply {found['difference']}"
    terminal.done(found, [*found["lines"], "", step])


def declare(case: typer.Typer) -> None:
    """Register them below `tocsin case`."""
    command(case, "jump")(jump)
    command(case, "skip")(skip)
    command(case, "take-back")(take_back)
    command(case, "call")(call)
    command(case, "hand")(hand)
    command(case, "add")(add)
    command(case, "replan")(replan)
