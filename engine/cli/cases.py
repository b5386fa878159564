"""Commands about cases: looking at them, and acting on them as a named person."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from engine.cli import forms, holders, ledger, proofs
from engine.cli.asking import ask
from engine.cli.command import OPERATE, command, group
from engine.cli.exits import CommandError, Exit
from engine.cli.records import released_on
from engine.cli.terminal import Terminal, table

Ref = Annotated[str, typer.Argument(metavar="CASE", help="Reference of the case: TC-4F2M9.")]
Track = Annotated[str, typer.Argument(metavar="TRACK", help="missions, nhris, companies …")]
Until = Annotated[
    str | None, typer.Option(metavar="TIME", help="With its offset: 2027-03-02T12:00+01:00.")
]
Note = Annotated[str, typer.Option(metavar="TEXT", help="In words; goes into the vault.")]

case = group("Look at cases.")
resolve = group("End a case: one person proposes, another confirms.")


@command(case, "list")
async def list_cases(
    terminal: Terminal,
    status: Annotated[
        list[str] | None, typer.Option(help="open, standing, monitored, closed; repeatable.")
    ] = None,
    severity: Annotated[
        list[str] | None, typer.Option(help="critical, high, elevated, watch; repeatable.")
    ] = None,
    most: Annotated[int, typer.Option(help="At most this many.")] = 50,
) -> None:
    """Cases, gravest first."""
    found = await ask(
        terminal, "case.list", status=status or None, severity=severity or None, most=most
    )
    rows = [
        (c["ref"], c["severity"], c["status"], _owner(c["owner"]), c["incident"] or "")
        for c in found["cases"]
    ]
    terminal.done(found, table(rows) or ["No such case."])


@command(case, "show")
async def show(terminal: Terminal, ref: Ref) -> None:
    """One case as a story: what it owes, who is left out and why, what happened."""
    found = await ask(terminal, "case.show", case=ref)
    terminal.done(found, _story(found))


@command(case, "erase")
async def erase(
    terminal: Terminal,
    ref: Ref,
    why: Annotated[str, typer.Option(help="asked, time_over or mistake.")],
) -> None:
    """Destroy what is sealed of a case that is over. Takes two people; nobody can undo it."""
    result = await ask(terminal, "case.erase", case=ref, why=why)
    waits = "Recorded. It is erased when somebody else runs the same command."
    done = "Erased. Nobody can read what was sealed again; what was decided stays."
    terminal.done(result, [done if result["erased"] else waits])


holders.declare(case)
ledger.declare(case)
proofs.declare(case)
forms.declare(case)


def declare(app: typer.Typer) -> None:
    """Register the acts that stand at the top level."""
    app.add_typer(case, name="case", rich_help_panel=OPERATE)

    @command(app, "respond", panel=OPERATE)
    async def respond(
        terminal: Terminal,
        ref: Ref,
        alert: Annotated[
            str, typer.Option(metavar="REF", help="The alert answered: 7K3Q-92. None: you take it.")
        ] = "",
        kind: Annotated[
            str, typer.Option(help="acknowledged, committed, acted, declined, asks, warns …")
        ] = "acknowledged",
        contact: Annotated[str, typer.Option(help="Who answered; else the first told.")] = "",
        action: Annotated[str | None, typer.Option(help="visit, call, letter …")] = None,
        due: Until = None,
        effect: Annotated[str | None, typer.Option(help="positive, none, negative")] = None,
        reason: Annotated[str | None, typer.Option(help="Why declined: not_us …")] = None,
        condition: Annotated[
            str | None,
            typer.Option(help="text_cleared, facts_confirmed, person_agrees, other"),
        ] = None,
        for_date: Annotated[
            str, typer.Option(metavar="ID", help="The date of the case that it is for.")
        ] = "",
        to: Annotated[str, typer.Option(help="To whom it was passed on: an id, or a name.")] = "",
        note: Note = "",
    ) -> None:
        """Take a case, or record what somebody answered by phone."""
        if not alert:
            result = await ask(terminal, "case.take", case=ref)
            terminal.done(
                result, ["You have it. Duty is quiet while all that is owed has an owner."]
            )
            return
        result = await ask(
            terminal, "respond", case=ref, alert=alert, kind=kind, contact=contact, action=action,
            due=moment(due), effect=effect, reason=reason, passed_on_to=to,
            note=note, condition=condition, for_date=for_date,
        )  # fmt: skip
        terminal.done(result, ["The answer is recorded."])

    @command(app, "freeze", panel=OPERATE)
    async def freeze(
        terminal: Terminal,
        ref: Ref,
        track: Annotated[
            list[str] | None, typer.Argument(metavar="[TRACK]...", help="None: all but duty.")
        ] = None,
        until: Until = None,
    ) -> None:
        """Stop tracks of a case, now."""
        result = await ask(terminal, "freeze", case=ref, tracks=track or [], until=moment(until))
        terminal.done(result, ["Frozen. Nothing further is told on these tracks."])

    @command(app, "lift", panel=OPERATE)
    async def lift(terminal: Terminal, ref: Ref, track: Track) -> None:
        """Agree that a frozen track goes on. It takes two people."""
        result = await ask(terminal, "lift", case=ref, track=track)
        waits = "Recorded. It stays frozen until somebody else lifts it too."
        terminal.done(result, [waits if result["frozen"] else "Lifted. The track goes on."])

    app.add_typer(resolve, name="resolve", rich_help_panel=OPERATE)


@command(resolve, "propose")
async def propose(
    terminal: Terminal,
    ref: Ref,
    outcome: Annotated[
        str, typer.Option(help="freed, safe, relocated, threat_ended, died, lost_contact, other")
    ],
    risk: Annotated[str, typer.Option(help="Risk left: none, low, medium, high, unknown")],
    remedy: Annotated[str, typer.Option(help="none_sought, sought, obtained")],
    heard: Annotated[
        str, typer.Option(help="safe_channel, representative, unreachable_documented")
    ],
    said: Annotated[str, typer.Option(help="What they said: agrees, informed, objects")] = (
        "informed"
    ),
    note: Note = "",
) -> None:
    """Say that a case is resolved. Somebody else has to confirm."""
    result = await ask(
        terminal, "resolve.propose", case=ref, outcome=outcome, risk=risk, remedy=remedy,
        heard=heard, said=said, note=note,
    )  # fmt: skip
    terminal.done(result, ["Proposed. Another person confirms: tocsin resolve confirm " + ref])


@command(resolve, "confirm")
async def confirm(terminal: Terminal, ref: Ref) -> None:
    """Agree that a case is resolved, as the second person."""
    result = await ask(terminal, "resolve.confirm", case=ref)
    terminal.done(result, ["Resolved. Those who were told are asked nothing more."])


@command(resolve, "reopen")
async def reopen(terminal: Terminal, ref: Ref) -> None:
    """Open a monitored case again, or take a proposal back."""
    result = await ask(terminal, "resolve.reopen", case=ref)
    terminal.done(result, ["Done."])


def _owner(person: str) -> str:
    return person.removeprefix("person:") or "nobody"


def moment(text: str | None) -> str | None:
    """A time with its offset, as it travels. Raises CommandError on anything else."""
    if text is None:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or value.tzinfo is None:
        raise CommandError(
            Exit.USAGE,
            f"{text!r} is not a time with its offset.",
            next_step="Write it as 2027-03-02T12:00+01:00, or with Z for UTC.",
        )
    return value.astimezone(UTC).isoformat()


def _story(found: dict[str, Any]) -> list[str]:
    lines = [
        f"{found['ref']}  {found['severity']}  {found['status']}",
        found["summary"],
        *found["notes"],
    ]
    if found["person"]:
        lines.append(found["person"])
    if found["clocks"]:
        lines += ["", "Three clocks:"]
        lines += table(("  " + each["clock"], each["next"]) for each in found["clocks"])
    if found["tasks"]:
        lines += ["", "Owed:"]
        lines += table(("  " + t["id"], t["what"], t["left"], t["owner"]) for t in found["tasks"])
    lines += released_on(found["records"])
    if found["left_out"]:
        lines += ["", *holders.not_told(found["left_out"])]
    lines += ["", "What happened, newest first:"]
    for line in found["story"]:
        if line["day"]:
            lines.append(f"  {line['day']}")
        lines.append(f"  {line['time']}  {line['said']}")
        if line["more"]:
            lines.append(f"         {line['more']}")
    return lines
