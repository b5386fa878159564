"""Commands by which a case stands, is linked, and is looked back at."""

from typing import Annotated

import typer

from engine.cli.asking import ask
from engine.cli.cases import Note, Ref, moment
from engine.cli.command import command
from engine.cli.exits import CommandError, Exit
from engine.cli.terminal import Terminal, table


def declare(case: typer.Typer) -> None:
    """Register them beside the other commands about cases."""

    @command(case, "standing")
    async def standing(
        terminal: Terminal,
        ref: Ref,
        why: Annotated[
            str | None,
            typer.Option(
                help="sentence, detention, proceedings, hiding, exile, disappearance, other"
            ),
        ] = None,
        review: Annotated[
            str | None,
            typer.Option(metavar="TIME", help="At most 30 days ahead if grave, else 90."),
        ] = None,
        end: Annotated[bool, typer.Option("--end", help="Open it again, alone.")] = False,
        note: Note = "",
    ) -> None:
        """Let a case stand: propose with --why and --review; somebody else agrees without."""
        if end:
            await ask(terminal, "stand.end", case=ref)
            terminal.done({}, ["Done. If it stood, it is open again, and it is yours."])
        elif why is None and review is None:
            result = await ask(terminal, "stand.agree", case=ref)
            terminal.done(result, [f"It stands. It is looked at again {result['review_at']}."])
        elif why is None or review is None:
            raise CommandError(
                Exit.USAGE,
                "A proposal needs a reason and a time.",
                next_step=f"tocsin case standing {ref} --why sentence --review TIME",
            )
        else:
            result = await ask(
                terminal, "stand.propose", case=ref, why=why, review=moment(review), note=note
            )
            terminal.done(result, [f"Proposed. Another person agrees: tocsin case standing {ref}"])

    @command(case, "link")
    async def link(
        terminal: Terminal,
        ref: Ref,
        other: Annotated[str, typer.Argument(metavar="OTHER", help="The other case.")],
    ) -> None:
        """Say that two cases are about the same. The stricter of both counts from now on."""
        result = await ask(terminal, "case.link", case=ref, other=other)
        said = [f"Linked with {', '.join(result['linked'])}. Nobody is stood down for it."]
        if result["frozen"]:
            said.append("Some of its tracks are frozen; see: tocsin case show " + ref)
        terminal.done(result, said)

    @command(case, "unlink")
    async def unlink(
        terminal: Terminal,
        ref: Ref,
        why: Annotated[
            str, typer.Option(help="another_person, another_place, another_event, mistake")
        ],
        note: Note = "",
    ) -> None:
        """Say that a case is about something else. It widens, so it takes two people."""
        result = await ask(terminal, "case.unlink", case=ref, why=why, note=note)
        waits = "Recorded. It stays linked until somebody else runs the same command."
        done = "Unlinked. What its own people allow counts again; nobody is told by itself."
        terminal.done(result, [waits if result["linked"] else done])

    @command(case, "attempt")
    async def attempt(
        terminal: Terminal,
        ref: Ref,
        way: Annotated[
            str, typer.Option(help="safe_channel, representative, family, visit, other")
        ],
        at: Annotated[str | None, typer.Option(metavar="TIME", help="When; else now.")] = None,
        note: Note = "",
    ) -> None:
        """Document that you tried to reach the consent holder, and could not."""
        result = await ask(terminal, "case.attempt", case=ref, way=way, at=moment(at), note=note)
        count = result["attempts"]
        terminal.done(result, [f"Documented. {count} since anybody last spoke to them."])

    @command(case, "review")
    async def review(
        terminal: Terminal,
        ref: Ref,
        lesson: Annotated[
            str | None,
            typer.Option(help="Record it: went_well, too_late, too_little, did_harm, mixed"),
        ] = None,
        spill_over: Annotated[
            bool,
            typer.Option("--spill-over", help="With --lesson: what one did moved others as well."),
        ] = False,
        note: Note = "",
    ) -> None:
        """Look back: how long help took, what was promised, what was kept. Names nobody."""
        if lesson is not None:
            result = await ask(
                terminal, "review.record", case=ref, lesson=lesson, spill_over=spill_over, note=note
            )
            terminal.done(result, ["Recorded. Nothing else of the case is owed by it."])
            return
        if spill_over:
            raise CommandError(
                Exit.USAGE,
                "Spill-over is part of what is learned.",
                next_step=f"tocsin case review {ref} --lesson went_well --spill-over",
            )
        found = await ask(terminal, "case.review", case=ref)
        said = table((f"  {what}", how) for what, how in found["lines"])
        if found["lesson"] is None and found["status"] == "monitored":
            said += ["", f"Say what is learned: tocsin case review {ref} --lesson went_well"]
        terminal.done(found, [f"{found['case']}  {found['status']}", *said])
