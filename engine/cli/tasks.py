"""Commands about tasks: what duty owes, and who has it."""

from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.cases import Note, Ref
from engine.cli.command import command, group
from engine.cli.terminal import Terminal, table

task = group("See what is owed, take it, finish it.")
TaskId = Annotated[str, typer.Argument(metavar="TASK", help="As `task list` shows it.")]


@command(task, "list")
async def list_tasks(terminal: Terminal) -> None:
    """Everything duty owes, as the board has it: grave and overdue first, nobody's before ours."""
    found = await ask(terminal, "task.list")
    rows = [
        (
            t["case"],
            t["id"],
            "CRITICAL" if t["critical"] else t["severity"],
            t["kind"].replace("_", " "),
            t["detail"],
            ("OVERDUE " if t["overdue"] else "due ") + t["due_at"][:16].replace("T", " "),
            t["owner"].removeprefix("person:") or "nobody",
        )
        for t in found["tasks"]
    ]
    untaken = [
        f"{c['case']}  {c['severity']}  Nobody has taken this case yet: tocsin respond {c['case']}"
        for c in found["untaken"]
    ]
    terminal.done(found, [*untaken, *table(rows)] or ["Nothing is owed."])


@command(task, "take")
async def take(terminal: Terminal, ref: Ref, task_id: TaskId) -> None:
    """Make a task yours."""
    result = await ask(terminal, "task.take", case=ref, task=task_id)
    terminal.done(result, ["The task is yours."])


@command(task, "done")
async def done(
    terminal: Terminal,
    ref: Ref,
    task_id: TaskId,
    result: Annotated[
        str, typer.Option(help="done, not_possible, no_sign, obtained, still_sought, yes, no")
    ] = "done",
    heard: Annotated[
        str | None,
        typer.Option(help="Of a check-in: safe_channel, relative, lawyer or no_sign."),
    ] = None,
    note: Note = "",
) -> None:
    """Finish a task with its result."""
    answer = await ask(
        terminal, "task.done", case=ref, task=task_id, result=result, heard=heard, note=note
    )
    terminal.done(answer, ["The task is finished."])
