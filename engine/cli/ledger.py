"""Commands about what was promised and done: the ledger, judging an answer, ending a promise."""

from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.command import command
from engine.cli.terminal import Terminal, table

Ref = Annotated[str, typer.Argument(metavar="CASE", help="Reference of the case: TC-4F2M9.")]
AlertRef = Annotated[str, typer.Option("--alert", metavar="REF", help="The alert: 7K3Q-92.")]
Action = Annotated[
    str, typer.Option(metavar="ID", help="Which promise or act, as the ledger shows it: p4.")
]
Words = Annotated[str, typer.Option("--note", metavar="TEXT", help="Goes into the vault.")]


def declare(case: typer.Typer) -> None:
    """Register the commands beside the others about cases."""

    @command(case, "ledger")
    async def ledger(terminal: Terminal, ref: Ref) -> None:
        """Who promised what by when, whether it was kept, and what it was worth."""
        found = await ask(terminal, "case.ledger", case=ref)
        rows = [
            (
                each["action"] or "-",
                each["state"] + (" late" if each["late"] else ""),
                each["who"],
                each["kind"].replace("_", " "),
                each["said"],
            )
            for each in found["ledger"]
        ]
        terminal.done(found, table(rows) or ["Nothing was promised or done yet."])

    @command(case, "judge")
    async def judge(
        terminal: Terminal,
        ref: Ref,
        alert: AlertRef,
        answer_class: Annotated[
            str,
            typer.Option("--class", help="assistance, pledged, token, counter_productive, none"),
        ],
        action: Action = "",
        note: Words = "",
    ) -> None:
        """Say what an answer is worth. The last three quieten nothing: the next one is told."""
        result = await ask(
            terminal, "answer.class", case=ref, alert=alert, answer_class=answer_class,
            action=action, note=note,
        )  # fmt: skip
        terminal.done(result, ["Recorded. See what follows: tocsin case show " + ref])

    @command(case, "withdraw")
    async def withdraw(
        terminal: Terminal,
        ref: Ref,
        alert: AlertRef,
        reason: Annotated[
            str, typer.Option(help="by_giver, at_our_request, condition_failed, mistake")
        ],
        action: Action = "",
        note: Words = "",
    ) -> None:
        """Record that a promise is none any more. Taken back by its giver, the next one is told."""
        result = await ask(
            terminal, "promise.withdraw", case=ref, alert=alert, reason=reason, action=action,
            note=note,
        )  # fmt: skip
        terminal.done(result, ["Recorded. See what follows: tocsin case show " + ref])
