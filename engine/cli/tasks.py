"""Commands about tasks: what duty owes, and who has it."""

from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.cases import Note, Ref, moment
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
    reply: Annotated[
        str,
        typer.Option(help="Of a question: your answer. Whoever asked reads it on their page."),
    ] = "",
) -> None:
    """Finish a task with its result."""
    answer = await ask(
        terminal, "task.done", case=ref, task=task_id, result=result, heard=heard, note=note,
        reply=reply,
    )  # fmt: skip
    told = " They are told that there is an answer." if reply else ""
    terminal.done(answer, ["The task is finished." + told])


@command(task, "add")
async def add(
    terminal: Terminal,
    ref: Ref,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="What must be done. Sealed.")],
    due: Annotated[str, typer.Option(metavar="TIME", help="2027-03-17T08:00+01:00")],
    owner: Annotated[
        str, typer.Option("--for", metavar="PERSON", help="None: whoever has the case.")
    ] = "",
    critical: Annotated[
        bool, typer.Option("--critical", help="They are called now, not only told.")
    ] = False,
) -> None:
    """Write down what must be done, by when, by whom. It escalates like all that is owed."""
    result = await ask(
        terminal, "task.add", case=ref, words=words, due=moment(due), owner=owner,
        critical=critical,
    )  # fmt: skip
    terminal.done(result, ["It stands on the board. See it: tocsin task list"])
